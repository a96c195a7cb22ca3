"""Multiparty calls (MPCs): the methods people call."""

from collections.abc import AsyncIterable, Collection, Iterable
from typing import Unpack, overload
from uuid import UUID

from .._options import Options
from .._public import public
from .._unset import UNSET, Unset
from ..batch import Activation, ActivationReport, ActivationStream, ConferenceId, Names
from ..exchange._exchange import Exchange
from ..models import MultiPartyCall
from ..policy import ActivationOutcome, Confirm
from ..wire import Account, HttpMethod, callback, conference, conference_by_uuid, list_conferences, retrieve
from ._activating import Activator, OnOutcome, OnReport, check_callback
from ._conference_handle import MultiPartyCallHandle, stop
from ._deferred import DeferredMultiPartyCalls, Sender
from ._earlier import JournalPath, MaybeSent, earlier
from ._operation import Operations
from ._pages import Pages
from ._request_options import ConferenceFilters, spelt_out, which
from .following import Hub


@public
class MultiPartyCalls:
    """`client.mpc`: the multiparty calls of the account.

    A conference is given by its friendly name (`str`), or by its MPC UUID (`uuid.UUID`, or text as `uuid=`); the two
    are never guessed from the text.
    """

    def __init__(
        self, exchange: Exchange, options: Options, width: int, account: Account, hub: Hub | None = None
    ) -> None:
        """Made by the client.

        Args:
            exchange: Makes the attempts.
            options: Timeouts and retries.
            width: How many attempts a batch may have under way.
            account: Whose they are.
            hub: Where callbacks come in, shared by the copies of a client; None for one of its own.
        """
        self._activator = Activator(exchange, options, width, account)
        hub = hub if hub is not None else Hub(Operations(exchange, options, account))
        self._operations = Operations(exchange, options, account, hub)

    @overload
    def __call__(self, name: str | UUID) -> MultiPartyCallHandle: ...
    @overload
    def __call__(self, *, uuid: str | UUID) -> MultiPartyCallHandle: ...
    def __call__(self, name: str | UUID | Unset = UNSET, *, uuid: str | UUID | Unset = UNSET) -> MultiPartyCallHandle:
        """A handle on one conference; no request is made.

            mpc = client.mpc("support-4812")

        Args:
            name: A friendly name (`str`), or an MPC UUID (`uuid.UUID`).
            uuid: The MPC UUID, instead of `name`.

        Raises:
            TypeError: Neither or both are given, or it is of another type.
            InvalidArgumentError: The name is empty, too long, or has a control character; `uuid` is none.
        """
        return MultiPartyCallHandle(self._operations, self._activator, which("client.mpc()", name, uuid))

    def deferred(self, callback_url: str, *, method: HttpMethod | None = None) -> DeferredMultiPartyCalls:
        """The same operations in Plivo's asynchronous form: carried out later, with the result sent to a URL.

            later = client.mpc.deferred("https://example.com/done")
            accepted = await later("support-4812").stop()

        No request is made here. Source: Plivo docs, "Asynchronous requests".

        Args:
            callback_url: Where Plivo sends the result: an http:// or https:// URL.
            method: How: `GET` or `POST`; None leaves it to Plivo, which documents `POST`.

        Raises:
            InvalidArgumentError, TypeError: An argument is wrong.
        """
        return DeferredMultiPartyCalls(Sender(self._operations, callback(callback_url, method)))

    async def get(
        self, name: str | UUID | Unset = UNSET, *, uuid: str | UUID | Unset = UNSET, deadline: float | None = None
    ) -> MultiPartyCall:
        """Look at one conference. Safe. As `get` of its handle.

        By name only while it is live. Source: Plivo docs, Multiparty Call, "Retrieve an MPC".

        Args:
            name: A friendly name (`str`), or an MPC UUID (`uuid.UUID`).
            uuid: The MPC UUID, instead of `name`.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            InvalidArgumentError, TypeError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such conference, or no live one of that name.
            PlivoError: It was not sent, refused, or the answer can't be read.
        """
        request = retrieve(which("get()", name, uuid))
        return await self._operations.run(request, MultiPartyCall, deadline)

    async def stop(
        self, name: str | UUID | Unset = UNSET, *, uuid: str | UUID | Unset = UNSET, deadline: float | None = None
    ) -> None:
        """End one conference. Idempotent by UUID, by name neither. As `stop` of its handle.

        When an answer was lost, a look decides whether it was ended; by name it is never repeated blindly, so that it
        doesn't end the next conference of that name. Source: Plivo docs, Multiparty Call, "End an MPC".

        Args:
            name: A friendly name (`str`), or an MPC UUID (`uuid.UUID`).
            uuid: The MPC UUID, instead of `name`.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            InvalidArgumentError, TypeError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such live conference, and this hasn't ended it.
            OutcomeUnknownError: It may have ended, and no look has settled it.
            PlivoError: It was not sent, or refused.
        """
        await stop(self._operations, which("stop()", name, uuid), deadline)

    @spelt_out(ConferenceFilters)
    def list(self, *, deadline: float | None = None, **filters: Unpack[ConferenceFilters]) -> Pages[MultiPartyCall]:
        """List conferences: iterate (`async for`) over them, or `await` the first page. Safe.

            waiting = [mpc async for mpc in client.mpc.list(status="initialized")]

        Pages are fetched as they are needed. The newest comes first (seen in captures). Without a filter on `end_time`
        Plivo looks back seven days, with one on one side thirty days from there. Source: Plivo docs, Multiparty Call,
        "List all MPCs".

        Args:
            deadline: Seconds for each page, attempts and waits included; None takes the client's.
            filters: All of them must hold: `status` (`initialized`, `active`, `ended`), `friendly_name`, `sub_account`
                (an Auth ID), `termination_cause_code`, and `creation_time` and `end_time` with `__gt`, `__gte`, `__lt`
                or `__lte` (aware datetimes). `limit`: 1 to 20 on a page; `offset`: how many to leave out.

        Raises:
            InvalidArgumentError, TypeError: A filter is wrong; nothing was sent.
            PlivoError: It was not sent, refused, or the answer can't be read; raised by what fetches a page.
        """
        return self._operations.pages(MultiPartyCall, list_conferences(filters), deadline)

    @overload  # a str is an iterable of str as well; what comes first counts
    async def start(  # type: ignore[overload-overlap]
        self,
        name: str | UUID,
        *,
        confirm: Confirm = ...,
        wait_for: float = ...,
        deadline: float | None = ...,
    ) -> Activation: ...
    @overload
    async def start(
        self,
        *,
        uuid: str | UUID,
        confirm: Confirm = ...,
        wait_for: float = ...,
        deadline: float | None = ...,
    ) -> Activation: ...
    @overload
    async def start(
        self,
        name: Iterable[ConferenceId] | AsyncIterable[ConferenceId],
        *,
        confirm: Confirm = ...,
        wait_for: float = ...,
        deadline: float | None = ...,
        on_outcome: OnOutcome | None = ...,
        on_report: OnReport | None = ...,
        journal: JournalPath | None = ...,
        resume: Collection[ActivationOutcome | str] | None = ...,
        maybe_sent: MaybeSent | None = ...,
    ) -> ActivationReport: ...
    async def start(
        self,
        name: ConferenceId | Names | Unset = UNSET,
        *,
        uuid: str | UUID | Unset = UNSET,
        confirm: Confirm = "always",
        wait_for: float = 0.0,
        deadline: float | None = None,
        on_outcome: OnOutcome | None = None,
        on_report: OnReport | None = None,
        journal: JournalPath | None = None,
        resume: Collection[ActivationOutcome | str] | None = None,
        maybe_sent: MaybeSent | None = None,
    ) -> Activation | ActivationReport:
        """Activate one conference, or many: move each from Initialized to Active.

        It works on conferences that were created with waiting participants (`start_mpc_on_enter` false). Idempotent: an
        attempt whose answer was lost is repeated, and whatever then stays in doubt is settled by a look at the
        conference, never guessed. Source: Plivo docs, Multiparty Call, "Start an MPC": 204, or 404 if none is waiting.

        One (`start("name")`, `start(uuid=…)`) returns its `Activation` if the conference is live, and raises otherwise.

        Many (`start(names)`) returns an `ActivationReport` with one `Activation` for each item, in input order, and
        raises for no outcome. All names are read and checked before anything is sent. A conference that is given twice
        is activated once and reported twice. A report takes 0.1 kB for each that was activated at the first attempt (a
        million of them 120 MB, names included) and some 1 kB for each other one; for inputs without end there is
        `start_each`. A refused credential (401) ends the run: the rest is `not_attempted`.

        Whatever ends it early, be it the deadline, a cancellation, `AsyncClient.aclose()` or an exception of yours,
        begins nothing more and gives what is in flight until the timeout of its attempt to come back, so that hardly
        anything stays `unknown`. Names that have to be awaited are read until the deadline; if there are more, those
        that came are reported as `not_attempted`.

        Args:
            name: A friendly name (`str`), an MPC UUID (`uuid.UUID`), or an iterable or async iterable of those.
            uuid: The MPC UUID of one conference, instead of `name`.
            confirm: Which 404s are settled by one GET: "always"; "ambiguous": only after an answer was lost, so that
                `already_active` is reported as `not_found`; "never": doubt ends as `unknown`.
            wait_for: Seconds for which a conference that isn't waiting yet is tried again, while people dial in.
            deadline: Seconds for all of it, waits included; None takes the client's, `math.inf` is no bound. Of many,
                what is in flight then has its `timeout` (10 s at most) to come back before the report is there.
            on_outcome: Called with each `Activation` of many the moment it is known, also under cancellation; an
                exception that it raises ends the run.
            on_report: Called with the report of many at the end, however it ends: also where a cancellation or an
                exception comes out, and nothing is returned.
            journal: A file in which an intent is on disk before an activation is sent, and an outcome before it is
                told. With the file of an earlier run that run goes on: what it settled is told and not sent again, what
                it may have sent is looked at first, and is not started where another one may have the name by now.
            resume: Outcomes of the journal that are tried again; None for `failed`, `unknown` and `not_attempted`.
            maybe_sent: Since when somebody may have sent activations of ours, where another queue repeats a batch: an
                aware datetime for all, or one for each. These are looked at first.

        Raises:
            InvalidArgumentError, TypeError: An argument is wrong, or a name is empty, has control characters or is no
                name; nothing was sent.
            NotFoundError: No such conference is waiting (one; as all below).
            JournalError: The journal is in use, of another input or account, damaged, or can't be written; nothing was
                sent, or, if that comes later, nothing more.
            OutcomeUnknownError: It may be live: an answer was lost and looking did not settle it.
            NotSentError: It was not carried out: no connection, or the deadline passed before. Repeating is safe.
            RateLimitError: It was not carried out: 429, and all attempts are used up.
            ResponseError: Plivo refused it.
        """
        rules = self._activator.rules(confirm, wait_for)
        ends = self._operations.options.within(deadline)
        if (name is UNSET) == (uuid is UNSET):
            raise TypeError("start() takes a name, names, or uuid=: exactly one of them")
        if uuid is UNSET and not isinstance(name, str | UUID):
            _check_callbacks(on_outcome, on_report)
            assert name is not UNSET  # noqa: S101  (for the type checker; checked above)
            before = earlier(journal, resume, maybe_sent)
            return await self._activator.many(name, rules, ends, before, on_outcome, on_report)
        one = conference(name) if uuid is UNSET else conference_by_uuid(uuid)
        for_many = {"on_outcome": on_outcome, "on_report": on_report, "journal": journal, "resume": resume}
        for argument, given in {**for_many, "maybe_sent": maybe_sent}.items():
            if given is not None:
                raise TypeError(f"{argument} is for many: start() of one conference returns its Activation")
        return await self._activator.one(one, rules, ends)

    def start_each(
        self,
        names: Iterable[ConferenceId] | AsyncIterable[ConferenceId],
        *,
        confirm: Confirm = "always",
        wait_for: float = 0.0,
        deadline: float | None = None,
        on_outcome: OnOutcome | None = None,
        journal: JournalPath | None = None,
        resume: Collection[ActivationOutcome | str] | None = None,
        maybe_sent: MaybeSent | None = None,
    ) -> ActivationStream:
        """Activate conferences and yield each `Activation` as it finishes, in constant memory for inputs of any length.

            async with client.mpc.start_each(names) as activations:
                async for activation in activations:
                    ...

        The batch runs from when the block is entered until it is left, in tasks that belong to it. Leaving early stops
        it: what was not sent is not sent, and after the block nothing is under way. Names are pulled from the input
        only as fast as they are sent, and no faster than the loop takes the outcomes. Giving up the wait for the next
        one (`with anyio.move_on_after(1): await anext(activations)`) loses none.

        A name that is refused (empty, control characters, no name) is yielded as `rejected`, with the
        `InvalidArgumentError` or `TypeError` as its `error`; nothing was sent for it. A conference that is given twice
        is activated once only while its first activation is under way; later it is activated anew, and then mostly
        `already_active`.

        When the deadline passes or a credential is refused (401), what is in flight is given until the timeout of its
        attempt to come back, and what is left of an iterable is yielded as `not_attempted`. An async iterable is not
        waited for any more: what it would have yielded is not taken from it. (An async generator that is interrupted
        ends there.) If the input raises, what is under way is finished and yielded first. An async generator is closed
        when the run ends.

        Leaving early, and a cancellation, give what is in flight the same time; `on_outcome` is told of it.

        With a `journal` names are written down as they are read; those that an earlier run has settled are yielded as
        well, in their place of the input.

        Idempotent, as `start`. The arguments are those of `start`.

        Raises:
            InvalidArgumentError, TypeError: An argument is wrong; nothing was sent. `TypeError` also when it is
                iterated without having been entered.
        """
        rules = self._activator.rules(confirm, wait_for)
        ends = self._operations.options.within(deadline)
        _check_callbacks(on_outcome)
        return self._activator.each(names, rules, ends, earlier(journal, resume, maybe_sent), on_outcome)


def _check_callbacks(on_outcome: object, on_report: object = None) -> None:
    check_callback("on_outcome", on_outcome, "to await something for each outcome, use start_each()")
    check_callback("on_report", on_report, "what is to be awaited comes after start()")
