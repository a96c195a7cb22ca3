"""Phone calls: those that are made, go on, and are over."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal, Unpack
from uuid import UUID

from .._public import public
from ..models import Call, CallIds, MadeCall
from ..wire import (
    CallFilters,
    CallOptions,
    LiveCallFilters,
    cancel_request,
    list_calls,
    list_ids,
    make_call,
    rest_of_ids,
)
from ..wire import call_uuid as checked_call_uuid
from ._call_handle import CallHandle
from ._ending_calls import end_call
from ._legs import Patience, checked_legs
from ._many_legs import CallOutcomes
from ._operation import Operations
from ._pages import Pages
from ._request_options import spelt_out

_MADE = (
    "client.calls.live(to_number=…) shows whether it rings, client.calls.list(to_number=…, "
    "end_time__gte=error.started_at) whether it is over; that neither shows it proves nothing for the first minute"
)
_CANCELLED = "client.calls(request_uuid).get_queued() finds it while it is queued"


@public
class Calls:
    """`client.calls`: the phone calls of the account.

    A call is given by its UUID, `client.calls(uuid)`. What a conference needs of phone calls it does by itself
    (`client.mpc(…).add_participant`); the UUIDs of those calls work here as well, which is inferred from documents and
    unverified.
    """

    def __init__(self, operations: Operations) -> None:
        """Made by the client."""
        self._operations = operations

    def __call__(self, call_uuid: str | UUID) -> CallHandle:
        """A handle on one call; no request is made.

        Args:
            call_uuid: Its UUID.

        Raises:
            InvalidArgumentError, TypeError: It is no UUID.
        """
        return CallHandle(self._operations, checked_call_uuid(call_uuid))

    @spelt_out(CallOptions)
    async def make(
        self,
        *,
        from_: str,
        to: str | Sequence[str],
        answer_url: str,
        deadline: float | None = None,
        **options: Unpack[CallOptions],
    ) -> MadeCall:
        """Make a phone call, or one to each of several numbers.

            made = await client.calls.make(from_="+14151234567", to="+14157654321", answer_url="https://example.com/a")

        Neither safe nor idempotent, for a phone must not ring twice: it is repeated only where the attempt before can't
        have done anything (429, connection never made). That it returns means that Plivo has accepted it: it is
        dialled later, two a second unless the account's CPS was raised; `calls(uuid).outcome()` tells what becomes of
        it. Source: Plivo docs, Call, "Make a call".

        Args:
            from_: The caller ID: a number that is the account's, or verified.
            to: Whom to call: a number, a `sip:` URI, or several of them, at most 1000.
            answer_url: Asked for the XML that the call runs when it is answered.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.
            options: Any of `CallOptions`.

        Raises:
            OutcomeUnknownError: The phone may ring; look before dialling again.
            InvalidArgumentError, TypeError: An argument is wrong, or they don't go together; nothing was sent.
            NotSentError: Nothing reached Plivo; with `RateLimit.dials_per_second` also that it would have rung after
                the deadline.
            PlivoError: It was refused, or the answer can't be read.
        """
        request = make_call(from_, to, answer_url, options)
        return await self._operations.run(request, MadeCall, deadline, how=_MADE)

    async def cancel(self, request_uuid: str, *, deadline: float | None = None) -> None:
        """Take a call that is still queued out of the queue, so that it never rings. Idempotent.

        When an answer was lost and the repetition finds nothing, its record decides, if there is one: whether a
        cancelled call has one is unverified. Source: Plivo's SDKs.

        Args:
            request_uuid: As `make` answered (`MadeCall.request_uuids`).
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError: It isn't queued.
            OutcomeUnknownError: It may be cancelled, and no look has settled it.
            InvalidArgumentError, TypeError: It can't be an identifier; nothing was sent.
            PlivoError: It was not sent, or refused.
        """
        request = cancel_request(request_uuid)
        await end_call(self._operations, request, checked_call_uuid(request_uuid), deadline, _CANCELLED)

    @spelt_out(CallFilters)
    def list(self, *, deadline: float | None = None, **filters: Unpack[CallFilters]) -> Pages[Call]:
        """List the records of calls that are over: iterate (`async for`), or `await` the first page. Safe.

        Without a filter on `end_time` Plivo looks back seven days; calls older than 90 days have no record. A record is
        there some seconds after the end. Source: Plivo docs, Call, "Retrieve all calls".

        Args:
            deadline: Seconds for each page, attempts and waits included; None takes the client's.
            filters: Any of `CallFilters`; all of them must hold.

        Raises:
            InvalidArgumentError, TypeError: A filter is wrong; nothing was sent.
            PlivoError: It was not sent, refused, or the answer can't be read; raised by what fetches a page.
        """
        return self._operations.pages(Call, list_calls(filters), deadline)

    @spelt_out(LiveCallFilters)
    async def live(self, *, deadline: float | None = None, **filters: Unpack[LiveCallFilters]) -> CallIds:
        """List the UUIDs of the calls that ring or go on. Safe.

        A list of exactly 20 is asked for more, since whether it comes in pages is unverified. Source: Plivo docs, Call,
        "Retrieve all live calls".

        Args:
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.
            filters: Any of `LiveCallFilters`; all of them must hold.

        Raises:
            InvalidArgumentError, TypeError: A filter is wrong; nothing was sent.
            PlivoError: It was not sent, refused, or the answer can't be read.
        """
        return await self._ids("live", filters, deadline)

    @spelt_out(LiveCallFilters)
    async def queued(self, *, deadline: float | None = None, **filters: Unpack[LiveCallFilters]) -> CallIds:
        """List the UUIDs of the calls that Plivo has accepted and not dialled yet. Safe.

        Source: Plivo docs, Call, "Retrieve all queued calls".

        Args:
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.
            filters: Any of `LiveCallFilters`; all of them must hold.

        Raises:
            InvalidArgumentError, TypeError: A filter is wrong; nothing was sent.
            PlivoError: It was not sent, refused, or the answer can't be read.
        """
        return await self._ids("queued", filters, deadline)

    def outcomes(
        self,
        call_uuids: Iterable[str | UUID],
        *,
        interval: float = 2.0,
        patience: float = 30.0,
        until_ended: bool = False,
        deadline: float | None = None,
    ) -> CallOutcomes:
        """Look how many calls ended, or that they were answered, and tell of each as it is known. Safe.

            async for end in client.calls.outcomes(uuids):
                print(end.call_uuid, end.outcome)

        However many there are it costs at most three requests a second: a list of the live, one of the queued, and
        pages of records for those that are in neither; what is left of them goes into single looks, at those that may
        have been answered for example. So with hundreds under way it may take minutes until an answer is known, and
        seconds until an end is. A 404 never means `failed`: a call that is nowhere to be seen for `patience` seconds is
        `unknown`. Begin soon after the dials: what ended more than a minute before is found by single looks only.

        Args:
            call_uuids: Their UUIDs; each is told of once.
            interval: Seconds from one look to the next, 1 or more.
            patience: Seconds for which a call may be neither queued, nor live, nor on record.
            until_ended: Wait for the records also of calls that go on: where a key must be pressed, or a machine is
                not to count, that somebody has picked up is no outcome.
            deadline: Seconds for all of it, after which the rest is `unknown`. None: the client's.

        Raises:
            InvalidArgumentError, TypeError: An argument is wrong.
        """
        legs = checked_legs(call_uuids)
        wait = Patience.checked(interval, patience, until_ended=until_ended)
        return CallOutcomes(self._operations, legs, wait, self._operations.options.within(deadline))

    async def _ids(
        self, status: Literal["live", "queued"], filters: LiveCallFilters, deadline: float | None
    ) -> CallIds:
        clock = self._operations.exchange.clock
        ends = clock() + self._operations.options.within(deadline)
        found: CallIds | None = None
        offset: int | None = 0
        while offset is not None:
            request = list_ids(status, filters, offset)
            page = await self._operations.run(request, CallIds, max(0.0, ends - clock()))
            before = () if found is None else found.call_uuids
            offset = rest_of_ids(offset, page.call_uuids, before)
            merged = tuple(dict.fromkeys([*before, *page.call_uuids]))
            found = replace(page, call_uuids=merged)
        assert found is not None  # noqa: S101  (for the type checker)
        return found

    def __repr__(self) -> str:
        return f"<Calls of account {self._operations.account.auth_id[:2]}…>"
