"""JSON to models. Pure.

Nothing is lost: every key of an object ends in a field or in `extra`. For a field that may be None, null and "null" are
None, and so is "" unless it is text; what can't be read is None too, and stays in `extra`.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from ._lists import PageMeta
from ._participants import ParticipantUpdate
from ._reading import READERS, lower, member_id, one_or_several, status

T = TypeVar("T")

_NAMES = {
    "Call.duration": ("bill_duration",),
    "Call.stir_attestation": ("stir_attestation", "Stir_attestation"),
    "CallIds.call_uuids": ("calls",),
    "MadeCall.request_uuids": ("request_uuid",),
    "Recording.recording_url": ("recording_url", "url"),
    "count": ("count", "total_count"),
    "exit_cause": ("exit_cause", "participant_exit_cause"),
    "from_": ("from",),
    "mpc_member_id": ("mpcMemberId",),
    "mpc_name": ("mpcName",),
    "mpc_uuid": ("mpc_uuid", "multiparty_call_uuid"),
}
"""What fields are called on the wire if it isn't their own name, the usual name first; of one model, or of all."""

_READERS: dict[str, Callable[[object], Any]] = {
    "member_id": member_id,
    "request_uuids": one_or_several,
    "role": lower,
    "status": status,
}
"""How fields are read if their type doesn't tell."""

_NEVER_KEPT = ("auth_token", "new_auth_token")  # subaccounts have them in clear: no model, repr or log is to
_MESSAGES = ("mute", "hold", "coach_mode")


def decode(cls: type[T], data: object) -> T:
    """Make an instance of a model.

    Args:
        cls: One of the models.
        data: A decoded JSON object.

    Raises:
        ValueError: It is no object, or a required field is missing or can't be read; a line that says which. It
            repeats no value.
    """
    if not isinstance(data, dict):
        raise ValueError(f"{cls.__name__} must be an object, not {_kind(data)}")
    left = _unnested(data) if cls is ParticipantUpdate else dict(data)
    for secret in _NEVER_KEPT:
        left.pop(secret, None)
    model: Any = cls
    made: T = model(**{one.name: one.take(left) for one in _plan(model)}, extra=left)
    return made


def decode_page(cls: type[T], data: object) -> tuple[PageMeta, tuple[T, ...]]:
    """Make one page of a list: what it says of the list, and its objects.

    What stands beside `meta` counts as if it stood in it: the `api_id` does, and whatever Plivo adds.

    Raises:
        ValueError: It is no page, or one of its objects can't be read.
    """
    if not isinstance(data, dict):
        raise ValueError(f"a page must be an object, not {_kind(data)}")
    objects, meta = data.get("objects"), data.get("meta")
    if not isinstance(objects, list):
        raise ValueError(f"objects must be an array, not {_kind(objects)}")
    if not isinstance(meta, dict | NoneType):
        raise ValueError(f"meta must be an object, not {_kind(meta)}")
    rest = {key: value for key, value in data.items() if key not in ("objects", "meta")}
    return decode(PageMeta, rest | (meta or {})), tuple(_object(cls, index, one) for index, one in enumerate(objects))


def _object(cls: type[T], index: int, data: object) -> T:
    try:
        return decode(cls, data)
    except ValueError as error:
        raise ValueError(f"objects[{index}]: {error}") from None


@dataclass(frozen=True, slots=True)
class _Field:
    """How one field is taken from an object."""

    name: str
    owner: str
    names: tuple[str, ...]
    read: Callable[[object], Any]
    default: Any
    blank: tuple[str, ...]

    def take(self, left: dict[str, Any]) -> Any:
        """Its value, which is removed from what is left; a value that can't be read stays there."""
        there = [name for name in self.names if name in left]
        key = next((name for name in there if left[name] is not None), there[0] if there else None)
        if key is None:
            return self._instead("is missing")
        raw = left[key]
        if self.default is not MISSING and (raw is None or (isinstance(raw, str) and raw in self.blank)):
            del left[key]
            return self.default
        try:
            value = self.read(raw)
        except ValueError as error:
            return self._instead(f"must be {error}, not {_kind(raw)}")
        del left[key]
        return value

    def _instead(self, problem: str) -> Any:
        if self.default is MISSING:
            raise ValueError(f"{self.owner}.{self.name} {problem}")
        return self.default


@cache
def _plan(cls: type[Any]) -> tuple[_Field, ...]:
    types = get_type_hints(cls)
    found = []
    for one in fields(cls):
        if one.name == "extra":
            continue
        kind = next(part for part in _parts(types[one.name]) if part is not NoneType)
        found.append(
            _Field(
                name=one.name,
                owner=cls.__name__,
                names=_NAMES.get(f"{cls.__name__}.{one.name}") or _NAMES.get(one.name, (one.name,)),
                read=_READERS.get(one.name) or _reader(kind),
                default=one.default,
                blank=("null",) if kind is str else ("null", ""),
            )
        )
    return tuple(found)


def _parts(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) is UnionType else (kind,)


def _reader(kind: Any) -> Callable[[object], Any]:
    """How values of a type are read. Tuples are of models, or of member ids."""
    if kind in READERS:
        return READERS[kind]
    element = get_args(kind)[0]

    def several(raw: object) -> tuple[Any, ...]:
        if not isinstance(raw, list):
            raise ValueError("an array")
        return tuple(member_id(one) if element is str else decode(element, one) for one in raw)

    return several


def _unnested(data: Mapping[str, Any]) -> dict[str, Any]:
    """The messages of an update that are nested under `message`, beside the others; the rest stays where it is."""
    nested = data.get("message")
    if not isinstance(nested, dict):
        return dict(data)
    moved = {key: nested[key] for key in _MESSAGES if key in nested and key not in data}
    rest = {key: value for key, value in nested.items() if key not in moved}
    return {key: value for key, value in data.items() if key != "message"} | moved | ({"message": rest} if rest else {})


def _kind(data: object) -> str:
    """What a JSON value is, for messages: without the value, which may be a phone number."""
    match data:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "text" if data else "empty text"
        case list():
            return "an array"
        case _:
            return "an object"
