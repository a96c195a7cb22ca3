"""Parameters to events. Pure.

Nothing is lost: every parameter stays in `raw`, and each that no field takes is in `extra` unless it is empty. What a
field can't read refuses the whole: nothing but what is well formed becomes an event.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from .._errors import MalformedCallbackError
from ..models._reading import READERS, lower, timestamp
from ._call_events import ActionRequested, CallEnded, CallEvent, CallRinging, CallStatusChanged
from ._event import Event
from ._mpc_events import ExitActionRequested, MpcEvent
from ._other_events import AsyncResult, UnknownEvent
from ._recording_events import CallRecorded, ParticipantRecordingEvent, Transcribed
from ._wire_names import BY_EVENT, BY_EVENT_NAME, CONFERENCE, LAST_STATUSES, NAMES, OF_ACTIONS, TOLD_ONLY

Pairs = tuple[tuple[str, str], ...]
Parameters = Mapping[str, str | list[str] | tuple[str, ...] | None] | Iterable[tuple[str, str] | list[str]]
"""Parameters: a mapping of names to a text, or to several, or pairs of both."""


def parse_trusted(params: Parameters) -> Event:
    """The event that parameters tell, without any check of whence they come: for your own queue, and for tests.

    What comes from outside goes through `Receiver.unwrap`.

    Args:
        params: As Plivo sent them: a mapping of names to a text or to several, or pairs, as in `Event.raw`.

    Raises:
        MalformedCallbackError: There are none, or they are no event that is well formed.
    """
    return read(pairs(params))


def pairs(params: Parameters) -> Pairs:
    """Parameters as pairs of text; None is left out.

    Raises:
        MalformedCallbackError: They are something else.
    """
    found: list[tuple[str, str]] = []
    for pair in params.items() if isinstance(params, Mapping) else params if isinstance(params, Iterable) else (None,):
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise MalformedCallbackError("the parameters are neither a mapping nor pairs of text")
        name, value = pair
        values = value if isinstance(value, list | tuple) else () if value is None else (value,)
        if not isinstance(name, str) or not all(isinstance(one, str) for one in values):
            raise MalformedCallbackError("a parameter's name or value is no text")
        found += [(name, str(one)) for one in values]
    return tuple(found)


def read(params: Pairs, query: Pairs = ()) -> Event:
    """The event that parameters tell.

    Args:
        params: What Plivo sent: a body's fields, or a query's.
        query: Of a POST: the query of the URL, which Plivo has from its user. It tells nothing of the event.

    Raises:
        MalformedCallbackError: There are no parameters, or they are no event that is well formed.
    """
    if not params:
        raise MalformedCallbackError("there are no parameters; was the body read before?")
    given = _given(params)
    cls: Any = _class(given)
    if issubclass(cls, MpcEvent) and not (issubclass(cls, ParticipantRecordingEvent) or given.keys() & CONFERENCE):
        raise MalformedCallbackError("MPCUUID is missing or empty, and so is MPCName", parameter="MPCUUID")
    values: dict[str, object] = {}
    for one in _plan(cls):
        value = one.take(given)
        if value is not None:
            values[one.name] = value
    if cls is UnknownEvent and (named := given.get("EventName") or given.get("Event")):
        values["event_name"] = named[0]
    extra = {name: texts[0] for name, texts in given.items()}
    known = {name for name, _ in params}
    for name, text in query:
        if name not in known and text:
            extra.setdefault(name, text)
    event: Event = cls(**values, extra=extra, raw=params)
    return event


def _given(params: Pairs) -> dict[str, list[str]]:
    """What isn't empty, by its name: each different text once."""
    given: dict[str, dict[str, None]] = {}
    for name, text in params:
        if text:
            given.setdefault(name, {})[text] = None
    return {name: list(texts) for name, texts in given.items()}


def _class(given: Mapping[str, list[str]]) -> type[Event]:
    """What it is of."""
    if "EventName" in given:
        return BY_EVENT_NAME.get(_only(given, "EventName"), UnknownEvent)
    if "MPCFriendlyName" in given or ("MPCUUID" in given and "ParticipantEndTime" in given):
        return ExitActionRequested
    if "CallUUID" in given:
        return _class_of_call(given)
    if "transcription" in given or "transcription_rate" in given or "transcription_charge" in given:
        return Transcribed
    if "record_url" in given:
        return CallRecorded
    return AsyncResult if "api_id" in given and "Event" not in given else UnknownEvent


def _class_of_call(given: Mapping[str, list[str]]) -> type[Event]:
    if given.keys() & OF_ACTIONS and ("Event" not in given or _only(given, "Event") not in TOLD_ONLY):
        return ActionRequested
    if "Event" in given:
        return BY_EVENT.get(_only(given, "Event"), UnknownEvent)
    if "CallStatus" not in given:
        return UnknownEvent
    status = _only(given, "CallStatus")
    if status in LAST_STATUSES:
        return CallEnded
    return CallRinging if status == "ringing" else CallStatusChanged


def _only(given: Mapping[str, list[str]], name: str) -> str:
    texts = given[name]
    if len(texts) > 1:
        raise MalformedCallbackError(f"{name} is there with {len(texts)} different values", parameter=name)
    return texts[0]


@dataclass(frozen=True, slots=True)
class _Field:
    """How one field is taken from the parameters."""

    name: str
    wire: str
    read: Callable[[object], Any]
    required: bool

    def take(self, given: dict[str, list[str]]) -> Any:
        """Its value, which is removed from what is given; None if it is absent."""
        if self.wire not in given:
            if self.required:
                raise MalformedCallbackError(f"{self.wire} is missing or empty", parameter=self.wire)
            return None
        text = _only(given, self.wire)
        try:
            value = self.read(text)
        except ValueError as error:
            raise MalformedCallbackError(f"{self.wire} must be {error}", parameter=self.wire) from None
        del given[self.wire]
        return value


@cache
def _plan(cls: type[Event]) -> tuple[_Field, ...]:
    if cls is UnknownEvent:  # read by nobody: all of it stays in `extra`
        return ()
    types = get_type_hints(cls)
    names = {field: wire for base in reversed(cls.__mro__) for field, wire in NAMES.get(base, {}).items()}
    own = [one for one in fields(cls) if one.name not in ("extra", "raw") and _there(cls, one.name)]
    return tuple(
        _Field(one.name, names.get(one.name, one.name), _reader(one.name, types[one.name]), one.default is MISSING)
        for one in own
    )


def _there(cls: type[Event], name: str) -> bool:
    """Whether it has a place on the wire: events without a name of their own have none for that."""
    return name != "event_name" or issubclass(cls, MpcEvent | CallEvent)


def _reader(name: str, kind: Any) -> Callable[[object], Any]:
    if name == "role":
        return lower
    if name.endswith("_local"):
        return _local
    parts = get_args(kind) if get_origin(kind) is UnionType else (kind,)
    return READERS[next(part for part in parts if part is not NoneType)]


def _local(raw: object) -> datetime:
    """A time as it is on the clock of wherever, without a zone; an offset, which none has had yet, is left out."""
    timestamp(raw)
    return datetime.fromisoformat(str(raw).upper()).replace(tzinfo=None)
