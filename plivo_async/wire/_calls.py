"""Phone calls: to make them, to look at them, to end them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Literal, TypedDict, get_args

from .._errors import invalid
from .._public import public
from ..policy import Effect
from ._call_options import OPTIONS
from ._checks import METHODS, call_uuid, choice, given_method, integer, known, text, url
from ._destinations import address, check_phone, check_twice
from ._encoding import body, query
from ._filters import PAGE, Check, bounded, filtered, sub_account, time
from ._ids import identifier
from ._messages import Request

MOST_DESTINATIONS = 1_000
"""Source: Plivo docs, Call, "Make a call" (2020 to 2024)."""

Direction = Literal["inbound", "outbound"]
"""Who called: somebody us, or we somebody."""
StirVerification = Literal["Verified", "Not Verified", "Not Applicable"]
"""What became of the check of the caller's number."""

PAGE_OF_IDS = 20
"""How many UUIDs a page of live or queued calls has, if they come in pages."""

_ONLY_ENDED = "Only a call that is over has a record, seconds after its end; get_live() and get_queued() look before"
_ONLY_LIVE = "A call that is over, or hasn't begun to ring, isn't live"
_ONLY_QUEUED = "A call that is dialled isn't queued any more"


@public
class CallFilters(TypedDict, total=False):
    """What `client.calls.list` can be limited to; what is left out or None limits nothing.

    Source: Plivo docs, Call, "Retrieve all calls": without a filter on `end_time`, the last seven days, and never more
    than 30 days at a time. There is none for a call's UUID or a conference's.
    """

    subaccount: str | None
    """Auth ID of the subaccount whose they are: `SA` and 18 letters or digits."""
    call_direction: Direction | None
    """`inbound` or `outbound`."""
    from_number: str | None
    """Of this caller, or of all whose number begins so; whether with "+" is up to Plivo, so compare again."""
    to_number: str | None
    """To this number, or to all that begin so; the same applies."""
    parent_call_uuid: str | None
    """Legs that this call has dialled."""
    end_time: datetime | None
    """Ended at this instant; all instants are aware."""
    end_time__gt: datetime | None
    """Ended after this instant."""
    end_time__gte: datetime | None
    """Ended at this instant or later."""
    end_time__lt: datetime | None
    """Ended before this instant."""
    end_time__lte: datetime | None
    """Ended at this instant or earlier."""
    bill_duration: int | None
    """Seconds talked: so many."""
    bill_duration__gt: int | None
    """Seconds talked: more than so many."""
    bill_duration__gte: int | None
    """Seconds talked: so many or more."""
    bill_duration__lt: int | None
    """Seconds talked: fewer than so many."""
    bill_duration__lte: int | None
    """Seconds talked: so many or fewer."""
    hangup_cause_code: int | None
    """Why it ended, as 4000."""
    hangup_source: str | None
    """Who ended it, as `Callee`."""
    stir_verification: StirVerification | None
    """What became of the check of the caller's number."""
    limit: int | None
    """How many on a page, 1 to 20. Plivo: 20."""
    offset: int | None
    """How many to leave out at the beginning; at least 0."""


@public
class LiveCallFilters(TypedDict, total=False):
    """What `client.calls.live` and `queued` can be limited to. Source: Plivo's SDKs."""

    call_direction: Direction | None
    """`inbound` or `outbound`."""
    from_number: str | None
    """Of this caller."""
    to_number: str | None
    """To this number."""


def _uuid(name: str, value: object) -> str:
    return call_uuid(value, name)


_direction: Check = partial(choice, allowed=get_args(Direction))
_FILTERS: dict[str, Check] = {
    "subaccount": sub_account,
    "call_direction": _direction,
    "from_number": address,
    "to_number": address,
    "parent_call_uuid": _uuid,
    "end_time": time,
    **bounded("end_time", time),
    "bill_duration": partial(integer, least=0, unit=" seconds"),
    **bounded("bill_duration", partial(integer, least=0, unit=" seconds")),
    "hangup_cause_code": partial(integer, least=0),
    "hangup_source": text,
    "stir_verification": partial(choice, allowed=get_args(StirVerification)),
    **PAGE,
}
_LIVE_FILTERS: dict[str, Check] = {"call_direction": _direction, "from_number": address, "to_number": address}


# ---- Making ---------------------------------------------------------------------------------------------------------


def make_call(from_: object, to: object, answer_url: object, options: Mapping[str, object]) -> Request:
    """Make a phone call to one number, or one to each of several. Neither safe nor idempotent: no phone rings twice.

    Source: Plivo docs, Call, "Make a call".

    Raises:
        TypeError: An argument is unknown or of a wrong type.
        InvalidArgumentError: A value isn't allowed, or arguments contradict each other.
    """
    known(options, tuple(OPTIONS), "argument")
    caller, phones = address("from_", from_), _destinations(to)
    if _same(caller) in {_same(phone) for phone in phones}:
        raise invalid("from_", "is among the destinations: a number can't call itself")
    given = {name: check(name, options[name]) for name, check in OPTIONS.items() if options.get(name) is not None}
    for name in OPTIONS:
        if name.endswith("_method") and name != "answer_method":
            needs = f"{name.removesuffix('_method')}_url"
            given_method(name, given.get(name), needs=needs, there=needs in given)
    if "parent_call_uuid" in given and len(phones) > 1:
        raise invalid("parent_call_uuid", f"is for one destination, not for {len(phones)}")
    sent = {"from": caller, "to": "<".join(phones), "answer_url": url("answer_url", answer_url), **given}
    whom = "1 destination" if len(phones) == 1 else f"{len(phones)} destinations"
    return Request("Make call", whom, Effect.NEITHER, "POST", "Call/", body(sent), rings=len(phones))


def _destinations(to: object) -> list[str]:
    several = isinstance(to, Sequence) and not isinstance(to, str | bytes | bytearray)
    given = list(to) if several and isinstance(to, Sequence) else [to]
    if not 1 <= len(given) <= MOST_DESTINATIONS:
        raise invalid("to", f"must have 1 to {MOST_DESTINATIONS:,} destinations, not {len(given):,}")
    found = [check_phone(f"to[{index}]" if several else "to", one) for index, one in enumerate(given)]
    check_twice(found)
    return found


def _same(phone: str) -> str:
    return phone.removeprefix("+").casefold()


def cancel_request(request_uuid: object) -> Request:
    """Take a call that is still queued out of the queue. Idempotent.

    Source: Plivo's SDKs, whose tests have 204.
    """
    uuid = identifier("request_uuid", request_uuid)
    path = f"Request/{uuid}/"
    return Request("Cancel call", uuid, Effect.IDEMPOTENT, "DELETE", path, on_404=_ONLY_QUEUED, order_key=path)


# ---- Looking --------------------------------------------------------------------------------------------------------


def get_call(uuid: str) -> Request:
    """The record of a call that is over. Safe. Source: Plivo docs, Call, "Retrieve a call"."""
    return Request("Get call", uuid, Effect.SAFE, "GET", path_of(uuid), on_404=_ONLY_ENDED)


def get_live_call(uuid: str) -> Request:
    """A call that rings or goes on. Safe. Source: Plivo docs, Call, "Retrieve a live call"."""
    return Request("Get live call", uuid, Effect.SAFE, "GET", path_of(uuid), None, "status=live", _ONLY_LIVE)


def get_queued_call(uuid: str) -> Request:
    """A call that isn't dialled yet. Safe. Source: Plivo's SDKs; not in its current documents."""
    return Request("Get queued call", uuid, Effect.SAFE, "GET", path_of(uuid), None, "status=queued", _ONLY_QUEUED)


def list_calls(filters: Mapping[str, object]) -> Request:
    """List calls that are over. Safe. Source: Plivo docs, Call, "Retrieve all calls"; some filters: Plivo's SDKs.

    Raises:
        TypeError: A filter is unknown or of a wrong type.
        InvalidArgumentError: A value isn't allowed, or two bounds leave nothing between them.
    """
    return filtered("List calls", "Call/", filters, _FILTERS, ("end_time", "bill_duration"))


def list_ids(status: Literal["live", "queued"], filters: Mapping[str, object], offset: int = 0) -> Request:
    """List the UUIDs of calls that ring or go on (`live`), or are not dialled yet (`queued`). Safe.

    Source: Plivo docs, Call, "Retrieve all live calls", "Retrieve all queued calls"; `limit` and `offset`: Plivo's
    Python SDK.

    Args:
        status: Which.
        filters: By name; None stands for "not given".
        offset: How many to leave out at the beginning.

    Raises:
        TypeError, InvalidArgumentError: A filter is wrong.
    """
    known(filters, tuple(_LIVE_FILTERS), "filter")
    given = {name: check(name, filters[name]) for name, check in _LIVE_FILTERS.items() if filters.get(name) is not None}
    rest = {"limit": PAGE_OF_IDS, "offset": offset} if offset else {}
    asked = query({"status": status, **given, **rest}, "Call/")
    return Request(f"List {status} calls", status, Effect.SAFE, "GET", "Call/", None, asked)


def rest_of_ids(offset: int, page: Collection[str], before: Collection[str]) -> int | None:
    """Where a list of UUIDs goes on, which has no word for that; None if that was all.

    Whether such lists come in pages is unverified. One of exactly the usual length may have been cut; one that says
    nothing new has not.

    Args:
        offset: Of the page.
        page: What it has.
        before: What the pages before it have.
    """
    if len(page) != PAGE_OF_IDS or (offset and set(page) <= set(before)):
        return None
    return offset + PAGE_OF_IDS


# ---- Changing -------------------------------------------------------------------------------------------------------


def hang_up(uuid: str) -> Request:
    """End a call, or stop ringing. Idempotent: a UUID is one call for ever.

    Source: Plivo docs, Call, "Hang up a call"; before the answer: "Hangup causes", 1000.
    """
    path = path_of(uuid)
    return Request("Hang up", uuid, Effect.IDEMPOTENT, "DELETE", path, on_404=_ONLY_LIVE, order_key=path)


def transfer(uuid: str, arguments: Mapping[str, object]) -> Request:
    """Let a call go on with other XML. Neither safe nor idempotent: the XML would run from its beginning again.

    `legs` is what URLs are given for. Source: Plivo docs, Call, "Transfer a call".

    Args:
        uuid: The call.
        arguments: `aleg_url`, `aleg_method`, `bleg_url`, `bleg_method`; None for "not given".

    Raises:
        TypeError: One is of a wrong type.
        InvalidArgumentError: There is no URL, or a method without one.
    """
    sent: dict[str, object] = {}
    for leg in ("aleg", "bleg"):
        address = arguments.get(f"{leg}_url")
        method = given_method(
            f"{leg}_method", arguments.get(f"{leg}_method"), needs=f"{leg}_url", there=address is not None
        )
        if address is not None:
            sent |= {f"{leg}_url": url(f"{leg}_url", address), f"{leg}_method": method or METHODS[1]}
    if not sent:
        raise invalid("aleg_url", "or bleg_url is needed: where the call goes on")
    legs = "both" if {"aleg_url", "bleg_url"} <= sent.keys() else next(iter(sent)).partition("_")[0]
    path = path_of(uuid)
    whole = body({"legs": legs, **sent})
    return Request("Transfer", uuid, Effect.NEITHER, "POST", path, whole, on_404=_ONLY_LIVE, order_key=path)


def path_of(uuid: str) -> str:
    """The path of one call; whatever `uuid` is, it is a UUID, or nothing is sent."""
    return f"Call/{call_uuid(uuid)}/"
