"""Whose resources are meant."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """One account at one server.

    Attributes:
        base_url: Scheme, host and port of the server, and a path in front of `/v1` if it has one; no slash at the end.
        auth_id: The account's Auth ID.
    """

    base_url: str
    auth_id: str
