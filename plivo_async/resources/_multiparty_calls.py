"""Multiparty calls (MPCs): the methods people call."""

from collections.abc import AsyncIterable, Iterable
from typing import overload
from uuid import UUID

from .._options import Options, seconds
from .._unset import UNSET, Unset
from ..batch import Activation, ActivationReport, ActivationStream, ConferenceId, Exchanger, Names
from ..policy import Confirm
from ..wire import Account, room, room_by_uuid
from ._activating import Activator, OnOutcome, check_on_outcome


class MultiPartyCalls:
    """`client.mpc`: the multiparty calls of the account."""

    def __init__(self, exchange: Exchanger, options: Options, width: int, account: Account) -> None:
        """Made by the client.

        Args:
            exchange: Makes the attempts.
            options: Timeouts and retries.
            width: How many attempts a batch may have under way.
            account: Whose they are.
        """
        self._activator = Activator(exchange, options, width)
        self._account = account

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
    ) -> Activation | ActivationReport:
        """Activate one conference, or many: move each from Initialized to Active.

        It works on conferences that were created with waiting participants (`start_mpc_on_enter` false). Idempotent: an
        attempt whose answer was lost is repeated, and whatever then stays in doubt is settled by a look at the
        conference, never guessed. Source: Plivo docs, Multiparty Call, "Start an MPC": 204, or 404 if none is waiting.

        One (`start("name")`, `start(uuid=…)`) returns its `Activation` if the conference is live, and raises otherwise.

        Many (`start(names)`) returns an `ActivationReport` with one `Activation` for each item, in input order, and
        raises for no outcome. All names are read and checked before anything is sent. A conference that is given twice
        is activated once and reported twice. A report takes about 0.5 kB for each item; for inputs without end there is
        `start_each`. A refused credential (401) ends the run: the rest is `not_attempted`.

        Args:
            name: A friendly name (`str`), an MPC UUID (`uuid.UUID`), or an iterable or async iterable of those.
            uuid: The MPC UUID of one conference, instead of `name`.
            confirm: Which 404s are settled by one GET: "always"; "ambiguous": only after an answer was lost, so that
                `already_active` is reported as `not_found`; "never": doubt ends as `unknown`.
            wait_for: Seconds for which a conference that isn't waiting yet is tried again, while people dial in.
            deadline: Seconds for all of it, waits included; None for no bound.
            on_outcome: Called with each `Activation` of many the moment it is known, also under cancellation; an
                exception that it raises ends the run.

        Raises:
            ValueError, TypeError: An argument is wrong, or a name is empty, has control characters or is no name;
                nothing was sent.
            NotFoundError: No such conference is waiting (one; as all below).
            OutcomeUnknownError: It may be live: an answer was lost and looking did not settle it.
            NotSentError: It was not carried out: no connection, or the deadline passed before. Repeating is safe.
            RateLimitError: It was not carried out: 429, and all attempts are used up.
            ResponseError: Plivo refused it.
        """
        rules = self._activator.rules(confirm, wait_for)
        ends = seconds("deadline", deadline)
        if (name is UNSET) == (uuid is UNSET):
            raise TypeError("start() takes a name, names, or uuid=: exactly one of them")
        if uuid is UNSET and not isinstance(name, str | UUID):
            check_on_outcome(on_outcome)
            assert name is not UNSET  # noqa: S101  (for the type checker; checked above)
            return await self._activator.many(name, rules, ends, on_outcome)
        one = room(name) if uuid is UNSET else room_by_uuid(uuid)
        if on_outcome is not None:
            raise TypeError("on_outcome is for many: start() of one conference returns its Activation")
        return await self._activator.one(one, rules, ends)

    def start_each(
        self,
        names: Iterable[ConferenceId] | AsyncIterable[ConferenceId],
        *,
        confirm: Confirm = "always",
        wait_for: float = 0.0,
        deadline: float | None = None,
        on_outcome: OnOutcome | None = None,
    ) -> ActivationStream:
        """Activate conferences and yield each `Activation` as it finishes, in constant memory for inputs of any length.

        Names are pulled from the input only as fast as they are sent, and no faster than the loop takes the outcomes.
        A name that is refused (empty, control characters, no name) is yielded as `rejected`, with the `ValueError` or
        `TypeError` as its `error`; nothing was sent for it. A conference that is given twice is activated once only
        while its first activation is under way; later it is activated anew, and then mostly `already_active`.

        When the deadline passes or a credential is refused (401), what is left of the input is yielded as
        `not_attempted`. (An async generator that the deadline interrupts ends there.) If the input raises, what is
        under way is finished and yielded first. An async generator is closed when the run ends.

        Leaving the loop early stops the run; what was not sent is not sent. To know that it has stopped:

            async with client.mpc.start_each(names) as activations:
                async for activation in activations:
                    ...

        Idempotent, as `start`. The arguments are those of `start`; `on_outcome` is told of those too that leaving early
        or a cancellation cuts short.

        Raises:
            ValueError, TypeError: An argument is wrong; nothing was sent.
        """
        rules = self._activator.rules(confirm, wait_for)
        ends = seconds("deadline", deadline)
        check_on_outcome(on_outcome)
        return self._activator.each(names, rules, ends, on_outcome)
