"""Accounts by name: jobs carry the name, and what is secret stays on the worker."""

import inspect
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from .._client import AsyncClient
from .._errors import invalid
from .._public import public_in

public = public_in("plivo_async.engines")

MakeClient = Callable[[], AsyncClient]
"""Makes a client in the worker that needs it."""


@public
class Accounts:
    """The accounts that a worker can work for.

        accounts = Accounts({"main": AsyncClient(), "eu": lambda: AsyncClient(EU_ID, read_token())})

    Jobs, histories and tables hold the name of an account and nothing else of it. A client that is given stays yours;
    one that is made here, when its account is first asked for, is closed when the block is left.
    """

    given: dict[str, AsyncClient | MakeClient]
    """What was given, by name."""

    def __init__(self, accounts: "Mapping[str, AsyncClient | MakeClient] | Accounts") -> None:
        """Get ready; no client is made.

        Args:
            accounts: By name: clients, or functions without arguments that make one. A client is of one event loop.

        Raises:
            InvalidArgumentError, TypeError: There is none, or one is neither.
        """
        given: object = accounts.given if isinstance(accounts, Accounts) else accounts
        if not isinstance(given, Mapping):
            raise TypeError(f"accounts must be a mapping from names to clients, not {type(given).__name__}")
        if not given:
            raise invalid("accounts", "must have at least one account")
        for name, one in given.items():
            if not isinstance(name, str):
                raise TypeError(f"the name of an account must be a str, not {type(name).__name__}")
            if not isinstance(one, AsyncClient) and (not callable(one) or inspect.iscoroutinefunction(one)):
                what = type(one).__name__
                raise TypeError(
                    f"account {name!r} must be an AsyncClient, or a plain function that makes one, not {what}"
                )
        self.given = dict(given)
        self._made: dict[str, AsyncClient] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called, in order."""
        return tuple(sorted(self.given))

    def client(self, name: str) -> AsyncClient:
        """The client of an account; made now if it is one that is made.

        Raises:
            InvalidArgumentError: This worker has no such account; the message names those that it has. Trying again
                on this worker doesn't help.
            TypeError: A function made something else.
        """
        one = self._made.get(name) or self.given.get(name)
        if one is None:
            known = ", ".join(map(repr, self.names))
            raise invalid("account", f"{name!r} is unknown to this worker, which has {known}: start it with accounts=")
        if not isinstance(one, AsyncClient):
            made = one()
            if not isinstance(made, AsyncClient):
                raise TypeError(f"the function of account {name!r} made no AsyncClient, but {type(made).__name__}")
            one = self._made[name] = made
        return one

    async def aclose(self) -> None:
        """Close those clients that were made here."""
        while self._made:
            _, client = self._made.popitem()
            await client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<Accounts {', '.join(self.names)}>"
