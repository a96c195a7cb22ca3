"""What `add_participant` returns when it dials: the calls that are being made, and how they end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from ..._options import seconds
from ..._public import public
from ...models import AddedParticipant
from ...policy import CallOutcome
from ...wire import Conference, Destination
from .._legs import CallEnd, Patience
from .._operation import Operations
from ._hub import Hub
from ._waits import CallWait, together

_RINGS, _MARGIN = 45, 15.0
"""Seconds for which Plivo lets a phone ring, and seconds more after which a callback should have come (inferred)."""
_INTERVAL, _PATIENCE = 2.0, 30.0
"""Seconds from one look to the next, and for which a call may be nowhere."""


@dataclass(frozen=True, slots=True)
class Following:
    """How the calls of a dial are followed.

    Attributes:
        hub: Where callbacks come in, and looks are made.
        clock: Monotonic seconds.
        conference: Which they are to join.
        lease: Seconds for which their callbacks are waited for.
        has_url: Whether they were given a URL for them.
        until_ended: Whether that somebody has picked up is no outcome.
    """

    hub: Hub
    clock: Callable[[], float]
    conference: Conference
    lease: float
    has_url: bool
    until_ended: bool


def following(operations: Operations, conference: Conference, to: object, options: Mapping[str, Any]) -> Following:
    """How the calls of a dial with these options are followed."""
    several: Sequence[object] = [to] if isinstance(to, str | Destination) else list(to)  # type: ignore[call-overload]
    rings, delay = options.get("ring_timeout") or _RINGS, options.get("delay_dial") or 0
    own = [(one.ring_timeout, one.delay_dial) for one in several if isinstance(one, Destination)] or [(None, None)]
    longest = max((ring or rings) + (wait or delay) for ring, wait in [*own, (rings, delay)])
    has_url = bool(options.get("call_status_callback_url"))
    return Following(
        operations.hub,
        operations.exchange.clock,
        conference,
        longest + _MARGIN,
        has_url,
        until_ended=bool(options.get("confirm_key")),
    )


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class Dial(AddedParticipant):
    """The calls that are being made, each accepted and not yet answered; `outcome()` waits for how they end.

        dial = await mpc.add_participant(role="agent", from_="+14151234567", to="+14157654321")
        end = await dial.outcome(timeout=60)
        if end.outcome != "answered": ...

    It pickles and compares as an `AddedParticipant`; `outcome()` belongs to the client that has dialled.
    """

    _following: Following | None = field(default=None, repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain JSON types."""
        return {name: value for name, value in AddedParticipant.to_dict(self).items() if name != "_following"}

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, ({one.name: getattr(self, one.name) for one in fields(AddedParticipant)},)

    async def outcome(self, *, timeout: float | None = None) -> CallEnd:  # noqa: ASYNC109  (it is an operation's)
        """Wait until it is known how the call has ended, or that it was answered. Safe.

        A callback that is handed to `client.events` tells at once: of the call itself (`call_status_callback_url`), or
        that they have joined (`status_callback_url`). Where none comes, a few looks a second, shared by all who wait,
        tell; so do they when callbacks of the call were to be expected, and the longest time that it may ring is over.
        With a `confirm_key`, that somebody picked up is no outcome: that they join is, or the end.

        Of several destinations it is the outcome of the one who was answered, or, when all have ended, of the one that
        tells most.

        Args:
            timeout: Seconds after which it is `unknown`; None for no bound but that: `unknown` is also what 30 seconds
                without any trace of the call are.

        Raises:
            RuntimeError: This one was unpickled or made by hand: `client.calls(uuid).outcome()` looks.
            InvalidArgumentError, TypeError: The timeout is wrong.
            PlivoError: A look was refused for good, or none was answered for too long.
        """
        how = self._following
        if how is None:
            raise RuntimeError("this dial belongs to no client any more; client.calls(call_uuid).outcome() looks")
        return await outcome(self, how, seconds("timeout", timeout))


def _unpickled(values: dict[str, Any]) -> Dial:
    return Dial(**values)


def dialled(added: AddedParticipant, how: Following) -> Dial:
    """What was answered, with how it is followed."""
    return Dial(**{one.name: getattr(added, one.name) for one in fields(added)}, _following=how)


async def outcome(dial: AddedParticipant, how: Following, within: float) -> CallEnd:
    """Wait for the end of all of its calls, or for the first that is answered."""
    began = how.clock()
    uuids = [one.call_uuid for one in dial.calls if one.call_uuid] or [dial.request_uuid or ""]
    if uuids == [""]:
        return _unknown("", "Plivo named neither a call nor a request")
    patience = Patience(_INTERVAL, _PATIENCE, how.until_ended)
    waits = [
        CallWait(
            call_uuid=uuid.lower(),
            patience=patience,
            lease=how.lease,
            has_url=how.has_url,
            conference=how.conference,
            began=began,
        )
        for uuid in uuids
    ]
    await how.hub.wait(*waits, ends=began + within)
    return together([one.result or _unknown(one.call_uuid, "nothing has told in time") for one in waits])


def _unknown(call_uuid: str, seen: str) -> CallEnd:
    return CallEnd(call_uuid=call_uuid, outcome=CallOutcome.UNKNOWN, seen=seen)
