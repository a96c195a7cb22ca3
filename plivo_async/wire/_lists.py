"""Lists: of conferences, and of the participants of one."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal, get_args

from .._errors import invalid
from ..policy import Effect
from ._checks import call_uuid as checked_call_uuid
from ._checks import choice, in_utc, integer, known, shown, text
from ._encoding import query
from ._messages import Request
from ._names import Conference, conference, only_live

Status = Literal["initialized", "active", "ended"]
"""The state of a conference, as it is asked for."""

_SUB_ACCOUNT = re.compile(r"SA[A-Z0-9]{18}", re.ASCII)
_TIMES = ("end_time", "creation_time")
_BOUNDS = ("gt", "gte", "lt", "lte")
_TIME_FILTERS = tuple(f"{field}__{bound}" for field in _TIMES for bound in _BOUNDS)
FILTERS = ("sub_account", "friendly_name", "status", "termination_cause_code", *_TIME_FILTERS, "limit", "offset")
"""The names of the filters, in the order in which they are sent."""


def list_conferences(filters: Mapping[str, object]) -> Request:
    """List conferences. Safe.

    Source: Plivo docs, Multiparty Call, "List all MPCs"; `sub_account`: Plivo's SDKs.

    Args:
        filters: By name, of `FILTERS`; None stands for "not given". Times are aware `datetime`s.

    Raises:
        TypeError: A filter is unknown or of a wrong type.
        InvalidArgumentError: A value isn't allowed, or two bounds leave no time between them.
    """
    known(filters, FILTERS, "filter")
    given = {name: _filter(name, filters[name]) for name in FILTERS if filters.get(name) is not None}
    for field in _TIMES:
        _check_bounds(field, filters)
    path = "MultiPartyCall/"
    asked = query(given, path)
    return Request("List MPCs", path, Effect.SAFE, "GET", path, None, asked, page=True)


def list_participants(
    conference: Conference, *, call_uuid: object = None, limit: object = None, offset: object = None
) -> Request:
    """List the participants of a conference. Safe.

    Source: Plivo docs, Multiparty Call, "List all participants"; the filter `call_uuid`: Plivo's SDKs.

    Raises:
        TypeError: An argument is of a wrong type.
        InvalidArgumentError: `call_uuid` is no UUID, or `limit` or `offset` is out of range.
    """
    arguments = {
        "call_uuid": None if call_uuid is None else checked_call_uuid(call_uuid),
        "limit": None if limit is None else _limit(limit),
        "offset": None if offset is None else _offset(offset),
    }
    path = f"MultiPartyCall/{conference.segment}/Participant/"
    asked = query(arguments, path)
    return Request("List participants", conference.label, Effect.SAFE, "GET", path, None, asked, only_live(conference))


def _filter(name: str, value: object) -> object:
    if name in _TIME_FILTERS:
        return _time(name, value)
    match name:
        case "limit":
            return _limit(value)
        case "offset":
            return _offset(value)
        case "status":
            return choice(name, value, get_args(Status))
        case "termination_cause_code":
            return integer(name, value, 0)
        case "sub_account":
            return _sub_account(value)
        case _:
            return _friendly_name(value)


def _limit(value: object) -> int:
    return integer("limit", value, 1, 20, " on a page")


def _offset(value: object) -> int:
    return integer("offset", value, 0)


def _friendly_name(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"friendly_name must be a str, not {type(value).__name__}")
    return conference(value, " in friendly_name", "friendly_name").label


def _sub_account(value: object) -> str:
    if not _SUB_ACCOUNT.fullmatch(text("sub_account", value)):
        raise invalid(
            "sub_account",
            "must be a subaccount's Auth ID: SA and 18 capital letters or digits, "
            f"such as SAXXXXXXXXXXXXXXXXXX, not {shown(value)}",
        )
    return str(value)


def _time(name: str, value: object) -> str:
    """In UTC, without an offset, which is how Plivo reads it. Source: Plivo docs; format of the SDKs' checks."""
    return in_utc(name, value).replace(tzinfo=None).isoformat(sep=" ")


def _check_bounds(field: str, filters: Mapping[str, object]) -> None:
    """Refuse bounds between which there is no time: nothing could ever be found."""
    for lower in ("gt", "gte"):
        for upper in ("lt", "lte"):
            after, before = filters.get(f"{field}__{lower}"), filters.get(f"{field}__{upper}")
            if not isinstance(after, datetime) or not isinstance(before, datetime):
                continue
            if after > before or (after == before and (lower, upper) != ("gte", "lte")):
                raise invalid(f"{field}__{lower}", f"must be before {field}__{upper}; there is no time between them")
