"""Who of a conference is meant, and how that becomes one segment of a path."""

import re
from dataclasses import dataclass

from .._errors import InvalidArgumentError
from ._checks import shown
from ._names import Conference

_ID = re.compile(r"[A-Za-z0-9._~-]{1,100}", re.ASCII)
_LONGEST = 4_000  # characters of a segment: beside the longest name of a conference it still fits into a URL


@dataclass(frozen=True, slots=True)
class Members:
    """One participant, several, or all.

    Attributes:
        segment: The path segment: `355`, `355,356` or `all`. No character of it needs to be encoded.
        label: What it is called in messages: `participant 355`, `participants 355, 356` or `all participants`.
        single: Whether it is one.
        everyone: Whether it is all.
    """

    segment: str
    label: str
    single: bool
    everyone: bool


def member(member_id: object) -> Members:
    """Read the member id of one participant.

    Plivo's are decimal digits; whatever else it may issue is taken as it is, as long as it means nothing to a path.
    Source: Plivo docs, Multiparty Call, "Retrieve a participant"; that ids are digits is seen in captures.

    Raises:
        TypeError: It is neither an `int` nor a `str`.
        InvalidArgumentError: It is negative, empty, `all`, several ids in one text, or has characters that no id has.
    """
    if isinstance(member_id, str) and member_id.strip().casefold() == "all":
        raise InvalidArgumentError(
            "a member id can't be 'all'; for all participants there is members(\"all\")", argument="member_id"
        )
    segment = _id(member_id, "the member id", "member_id")
    return Members(segment, f"participant {segment}", single=True, everyone=False)


def members(*member_ids: object) -> Members:
    """Read the member ids of several participants, or the one word `all`.

    Raises:
        TypeError: One is neither an `int` nor a `str`.
        InvalidArgumentError: There is none, one is given twice, or one is no member id; `all` stands beside others.
    """
    if member_ids == ("all",):
        return Members("all", "all participants", single=False, everyone=True)
    if not member_ids:
        raise _wrong('members() takes one or more member ids, or "all"')
    if len(member_ids) == 1 and isinstance(member_ids[0], list | tuple | set):
        raise TypeError("members() takes ids one by one, as members(355, 356); for a list write members(*ids)")
    ids = [_id(one, f"member id [{index}]", "member_ids") for index, one in enumerate(member_ids)]
    for index, one in enumerate(ids):
        if one.casefold() == "all":
            raise _wrong(f'member id [{index}] is {one!r}: for all participants give nothing but "all"')
        if one in ids[:index]:
            raise _wrong(f"member ids [{ids.index(one)}] and [{index}] are the same; give each once")
    if len(ids) == 1:
        return member(ids[0])
    if len(segment := ",".join(ids)) > _LONGEST:
        raise _wrong(f"members() takes ids of at most {_LONGEST:,} characters in all, not {len(segment):,}")
    return Members(segment, f"participants {', '.join(ids)}", single=False, everyone=False)


def target(conference: Conference, members: Members) -> str:
    """What an operation is for, in messages: `support-4812, participant 355`."""
    return f"{conference.label}, {members.label}"


def only_one(members: Members, operation: str) -> None:
    """Refuse several where an operation takes one.

    Raises:
        InvalidArgumentError: It is not one.
    """
    if not members.single:
        raise _wrong(f"{operation} takes one participant, not {members.label}")


def _wrong(message: str, argument: str = "member_ids") -> InvalidArgumentError:
    return InvalidArgumentError(message, argument=argument)


def _id(value: object, name: str, argument: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(f"{name} must be an int or a str, not {type(value).__name__}")
    if isinstance(value, int):
        if not 0 <= value < 10**100:
            raise _wrong(f"{name} must be a whole number from 0 on, of at most 100 digits", argument)
        return str(int(value))
    if "," in value:
        raise _wrong(f"{name} must be one id; give several one by one, as members(355, 356)", argument)
    if value in {"", ".", ".."} or not _ID.fullmatch(value):
        raise _wrong(
            f"{name} must be 1 to 100 letters, digits, '-', '.', '_' or '~', such as 355, not {shown(value)}", argument
        )
    return value
