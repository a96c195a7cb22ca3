"""The one place where a request is carried out and its answer becomes what the caller gets."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from .._errors import DecodeError, NotFoundError, OutcomeUnknownError, PlivoError
from .._exchange import Exchange
from .._options import Options
from ..models import Accepted, decode
from ..policy import Effect
from ..wire import Account, Answer, Callback, Request, callback, server_time
from ._pages import Pages
from ._settle import REFUSALS, Proof, Settling, add_words, earliest, refusal, settled

T = TypeVar("T")

OPTIONS = ("deadline", "callback_url", "callback_method")
"""What every operation takes beside its own arguments."""


@dataclass(frozen=True, slots=True)
class Given:
    """The options of one operation, read.

    Attributes:
        deadline: Seconds for all of it; `math.inf` for no bound.
        callback: Where the result goes; None if it is returned.
    """

    deadline: float
    callback: Callback | None


def read_options(method: Callable[..., object], options: Mapping[str, Any]) -> Given:
    """Read what every operation takes.

    Args:
        method: What was called, for the error message.
        options: What was given beside its own arguments.

    Raises:
        TypeError: One is unknown, or of a wrong type.
        InvalidArgumentError: A value isn't allowed, or there is a `callback_method` without a `callback_url`.
    """
    unknown = [name for name in options if name not in OPTIONS]
    if unknown:
        own = [one.name for one in inspect.signature(method).parameters.values() if one.kind is not one.VAR_KEYWORD]
        raise TypeError(f"{method.__name__}() has no option {unknown[0]!r}; it takes {', '.join([*own, *OPTIONS])}")
    where = callback(options.get("callback_url"), options.get("callback_method"))
    owner: Any = getattr(method, "__self__")  # noqa: B009  (whose method it is)
    client: Options = owner._operations.options
    return Given(client.within(options.get("deadline")), where)


@dataclass(frozen=True, slots=True, eq=False)
class Operations:
    """Carries out operations for the resources of one client.

    Attributes:
        exchange: Makes the attempts.
        options: Timeouts and retries.
        account: Whose resources they are.
    """

    exchange: Exchange
    options: Options
    account: Account

    async def answer(self, request: Request, deadline: float) -> Answer:
        """Carry it out and return the answer as it is."""
        return await self.exchange.run(request, self.options, deadline)

    async def value(self, cls: type[T], request: Request, deadline: float = float("inf"), *, how: str = "") -> T:
        """Carry it out and return what Plivo answers as an instance of `cls`.

        Args:
            cls: A model.
            request: What to carry out.
            deadline: Seconds for all of it.
            how: How the caller can look whether it was carried out, for the error that says to do so.
        """
        started_at = datetime.now(UTC)
        try:
            answer = await self.answer(request, deadline)
        except OutcomeUnknownError as doubt:
            add_words(doubt, how)
            raise
        return decoded(cls, request, answer, started_at)

    async def model(self, cls: type[T], request: Request, given: Given, *, how: str = "") -> T | Accepted:
        """As `value`; `Accepted` if the result goes elsewhere."""
        if given.callback is not None:
            return await self.value(Accepted, request, given.deadline, how=how)
        return await self.value(cls, request, given.deadline, how=how)

    def pages(self, cls: type[T], request: Request, given: Given) -> Pages[T] | Awaitable[Accepted]:
        """The pages of a list, which are fetched later; what gives `Accepted` if they go elsewhere."""
        if given.callback is not None:
            return self.value(Accepted, request, given.deadline)
        return Pages(cls, request, partial(self.answer, deadline=given.deadline), self.account)

    async def nothing(
        self, request: Request, given: Given, *, settling: Settling | None = None, how: str = ""
    ) -> Accepted | None:
        """Carry out what answers nothing but a yes; `Accepted` if the result goes elsewhere.

        Args:
            request: What to carry out.
            given: Its options.
            settling: How to find out whether it was carried out when an unclear attempt was followed by a refusal.
            how: As in `value`.

        Raises:
            PlivoError: It did not succeed, or that isn't known.
        """
        if given.callback is not None:
            return await self.value(Accepted, request, given.deadline, how=how)
        began = self.exchange.clock()
        try:
            await self.answer(request, given.deadline)
        except OutcomeUnknownError as error:
            doubt = error
        else:
            return None
        if settling is None or doubt.status_code not in REFUSALS or isinstance(doubt.__cause__, DecodeError):
            add_words(doubt, how)
            raise doubt
        await self._settle(doubt, settling, how, began, given.deadline)
        return None

    async def _settle(
        self, doubt: OutcomeUnknownError, settling: Settling, how: str, began: float, deadline: float
    ) -> None:
        """Look once, with what is left of the deadline; return if it was carried out, and raise otherwise."""
        clock = self.exchange.clock
        answer: Answer | None = None
        try:
            answer = await self.answer(settling.look, max(0.0, deadline - (clock() - began)))
        except PlivoError as error:
            if not isinstance(error, NotFoundError):
                add_words(doubt, how, f"A look failed as well: {error.message}")
                raise doubt from doubt.__cause__
        now = (server_time(answer.headers) if answer is not None else None) or datetime.now(UTC)
        finding = settled(settling, answer, earliest(now, clock() - began))
        match finding.proof:
            case Proof.REFUSED:
                raise refusal(doubt, finding.seen) from doubt
            case Proof.UNKNOWN:
                add_words(doubt, how, f"A look shows: {finding.seen}")
                raise doubt


def decoded(cls: type[T], request: Request, answer: Answer, started_at: datetime) -> T:
    """The answer as an instance of `cls`.

    An empty yes to something that was carried out is one with nothing in it: to say that it failed would have it
    repeated.

    Raises:
        DecodeError: It can't be read.
    """
    data = answer.json()
    changes = request.effect is not Effect.SAFE
    if data is None and (changes or cls is Accepted):
        data = {}
    try:
        return decode(cls, data)
    except ValueError as error:
        what = f"{request.operation} {request.target!r} was answered {answer.status_code}"
        so = ". It was carried out; don't repeat it" if changes else ""
        raise DecodeError(
            f"{what}, but the answer can't be read: {error}{so}",
            operation=request.operation,
            target=request.target,
            status_code=answer.status_code,
            api_id=answer.api_id,
            detail=answer.beginning,
            started_at=started_at,
        ) from None
