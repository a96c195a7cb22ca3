"""How an emulator sends callbacks, as its user says it, and the same once it is checked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ._mishaps import Mishap, Mishaps
from .calling_back._courier import PostalRules, Start
from .calling_back._destinations import checked_hosts
from .calling_back._in_process import AsgiApp, ToFunction, to_app
from .calling_back._letters import Deliver
from .calling_back._network import Network, Verify, context_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """How callbacks are sent, as a user says it; see `Emulator`."""

    to: str | Collection[str]
    deliver: Deliver | None
    app: AsgiApp | None
    verify: Verify
    tokens: Collection[str]
    keep: int

    def rules(self, token: str, shares: Mapping[Mishap, float], late_by: float, seed: int, start: Start) -> PostalRules:
        """The same, checked.

        Raises:
            ValueError: An argument out of its range or form, or both a function and an application.
            OSError: There is no such file of certificates.
        """
        if self.deliver is not None and self.app is not None:
            raise ValueError("deliver, callbacks_app: one or the other")
        if self.keep < 1:
            raise ValueError(f"keep_deliveries: {self.keep} is less than 1")
        if isinstance(self.tokens, str) or not all(self.tokens):
            raise ValueError("callback_tokens: not a collection of tokens")
        function = to_app(self.app, start) if self.app is not None else self.deliver
        verify = context_of(self.verify) if isinstance(self.verify, str) else self.verify
        hosts = checked_hosts(self.to)
        return PostalRules(
            carrier=Network(verify) if function is None else ToFunction(function),
            hosts=hosts if function is None else None,
            mishaps=Mishaps(shares, seed),
            late_by=late_by,
            keep=self.keep,
            tokens=(token, *(one for one in self.tokens if one != token)),
            seed=seed,
        )
