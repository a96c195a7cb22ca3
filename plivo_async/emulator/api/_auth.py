"""Credentials: the account's own, and those that a request brings."""

import base64
import binascii
import re
import secrets
import string
from dataclasses import dataclass, field

_AUTH_ID = re.compile(r"(MA|SA)[A-Z0-9]{18}")


@dataclass(frozen=True, slots=True)
class Account:
    """An account: an Auth ID and its token. The token stays out of the repr.

    Raises:
        ValueError: The Auth ID is not MA or SA and 18 of A-Z and 0-9, or the token is empty.
    """

    auth_id: str
    auth_token: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _AUTH_ID.fullmatch(self.auth_id):
            raise ValueError(f"auth_id: {self.auth_id!r} is not MA or SA followed by 18 of A-Z and 0-9")
        if not self.auth_token:
            raise ValueError("auth_token is empty")

    def accepts(self, authorization: str | None) -> bool:
        """Whether the value of an `Authorization` header is HTTP Basic with this account's ID and token."""
        scheme, _, credentials = (authorization or "").partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            given = base64.b64decode(credentials.strip(), validate=True)
        except (binascii.Error, ValueError):
            return False
        return secrets.compare_digest(given, f"{self.auth_id}:{self.auth_token}".encode())


def made_up(auth_id: str | None, auth_token: str | None) -> Account:
    """An account of the right form, with whatever is not given made up.

    Not from the seed: two emulators in one process are two accounts, or a client that keeps one budget per account
    would carry it from one test into the next.
    """
    letters = string.ascii_uppercase + string.digits
    return Account(
        "MA" + "".join(secrets.choice(letters) for _ in range(18)) if auth_id is None else auth_id,
        secrets.token_hex(20) if auth_token is None else auth_token,
    )
