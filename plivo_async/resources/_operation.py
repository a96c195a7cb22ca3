"""The one place where a request is carried out and its answer becomes what the caller gets."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeVar

from .._errors import DecodeError, OutcomeUnknownError
from .._options import Options
from ..exchange._exchange import Exchange
from ..models import Accepted, decode
from ..observing._announcer import Watched
from ..policy import Effect
from ..wire import Account, Answer, Request
from ._pages import Pages
from ._settle import add_words

if TYPE_CHECKING:
    from .following import Hub

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Operations:
    """Carries out operations for the resources of one client.

    Attributes:
        exchange: Makes the attempts.
        options: Timeouts, retries, and the deadline of what is given none.
        account: Whose resources they are.
        waits: Where callbacks come in, and who waits for them; None for resources of which nothing is waited for.
    """

    exchange: Exchange
    options: Options
    account: Account
    waits: "Hub | None" = None

    @property
    def hub(self) -> "Hub":
        """Where callbacks come in, and who waits for them."""
        assert self.waits is not None  # noqa: S101  (conferences and participants have one)
        return self.waits

    async def run(
        self,
        request: Request,
        model: type[T],
        deadline: float | None = None,
        *,
        how: str = "",
        part_of: Watched | None = None,
    ) -> T:
        """Carry it out and return what Plivo answers.

        Args:
            request: What to carry out.
            model: What the answer is read as: a model; `NoneType` for a yes; `Answer` for the answer as it is.
            deadline: Seconds for all of it; None for the client's own.
            how: How the caller can look whether it was carried out, for the error that says to do so.
            part_of: The operation that it is a part of; None if it is one of its own.
        """
        exchange, within = self.exchange, self.options.within(deadline)
        began = exchange.clock()
        try:
            answer = await exchange.run(request, self.options, within, part_of=part_of)
        except OutcomeUnknownError as doubt:
            add_words(doubt, how)
            raise
        return decoded(model, request, answer, exchange.wall_at(began))

    def pages(self, model: type[T], request: Request, deadline: float | None) -> Pages[T]:
        """The pages of a list, which are fetched later."""
        fetch = partial(self.run, model=Answer, deadline=self.options.within(deadline))
        return Pages(model, request, fetch, self.account)


def decoded(model: type[T], request: Request, answer: Answer, started_at: datetime) -> T:
    """What an answer says, as an instance of `model`.

    Raises:
        DecodeError: It can't be read.
    """
    plain: Any = answer if model is Answer else None
    if model in (Answer, NoneType):
        return plain  # type: ignore[no-any-return]
    data = answer.json()
    changes = request.effect is not Effect.SAFE
    if data is None and (changes or model is Accepted):
        data = {}
    try:
        return decode(model, data)
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
