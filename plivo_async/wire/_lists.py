"""Lists: of conferences, and of the participants of one."""

from collections.abc import Mapping
from functools import partial
from typing import Literal, get_args

from ..policy import Effect
from ._checks import call_uuid as checked_call_uuid
from ._checks import choice, integer
from ._encoding import query
from ._filters import PAGE, Check, bounded, filtered, friendly_name, sub_account, time
from ._messages import Request
from ._names import Conference, only_live

Status = Literal["initialized", "active", "ended"]
"""The state of a conference, as it is asked for."""


_TIMES = ("end_time", "creation_time")
_CHECKS: dict[str, Check] = {
    "sub_account": sub_account,
    "friendly_name": friendly_name,
    "status": partial(choice, allowed=get_args(Status)),
    "termination_cause_code": partial(integer, least=0),
    **bounded("end_time", time),
    **bounded("creation_time", time),
    **PAGE,
}
FILTERS = tuple(_CHECKS)
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
    return filtered("List MPCs", "MultiPartyCall/", filters, _CHECKS, _TIMES)


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
        "limit": None if limit is None else PAGE["limit"]("limit", limit),
        "offset": None if offset is None else PAGE["offset"]("offset", offset),
    }
    path = f"MultiPartyCall/{conference.segment}/Participant/"
    asked = query(arguments, path)
    return Request("List participants", conference.label, Effect.SAFE, "GET", path, None, asked, only_live(conference))
