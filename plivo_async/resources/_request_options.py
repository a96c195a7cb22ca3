"""What every operation takes beside its own arguments, as types; the checks are where they are read."""

from datetime import datetime
from typing import Required, TypedDict

from .._public import public
from ..wire import DialOptions, HttpMethod, ParticipantOptions, Status


@public
class RequestOptions(TypedDict, total=False):
    """What every operation takes, if its result is to be returned."""

    deadline: float | None
    """Seconds for all of it, attempts and waits included; at least 0. None: the client's own; `math.inf`: no bound."""
    callback_url: None
    """Not given: the result is returned."""
    callback_method: None
    """Not given, as there is no callback."""


@public
class CallbackOptions(TypedDict, total=False):
    """What every operation takes, if its result is to be sent to a URL; then it returns `Accepted`.

    Plivo answers that it has begun, and delivers the result later. Source: Plivo docs, "Asynchronous requests". In
    which form it delivers is unverified.
    """

    callback_url: Required[str]
    """Where Plivo sends the result."""
    callback_method: HttpMethod | None
    """How: `GET` or `POST`. None leaves it to Plivo, which documents `POST`."""
    deadline: float | None
    """Seconds for the request to be accepted, attempts and waits included; at least 0. None: no bound."""


@public
class ConferenceFilters(TypedDict, total=False):
    """What `client.mpc.list` can be limited to; what is left out or None limits nothing.

    Source: Plivo docs, Multiparty Call, "List all MPCs": without a filter on `end_time`, the last seven days. Whether
    live conferences are always among the results is unverified.
    """

    status: Status | None
    """`initialized`, `active` or `ended`."""
    friendly_name: str | None
    """Conferences of this name. That Plivo compares all of it is presumed, and unverified."""
    sub_account: str | None
    """Auth ID of the subaccount that owns it: `SA` and 18 letters or digits. Source: Plivo's SDKs."""
    termination_cause_code: int | None
    """Why it ended: 1000 the last participant left, 1010 one was left alone, 2000 too long, 3000 by the API."""
    creation_time__gt: datetime | None
    """Made after this instant; all instants are aware."""
    creation_time__gte: datetime | None
    """Made at this instant or later."""
    creation_time__lt: datetime | None
    """Made before this instant."""
    creation_time__lte: datetime | None
    """Made at this instant or earlier."""
    end_time__gt: datetime | None
    """Ended after this instant. With a bound on one side alone, Plivo looks 30 days far from it."""
    end_time__gte: datetime | None
    """Ended at this instant or later."""
    end_time__lt: datetime | None
    """Ended before this instant."""
    end_time__lte: datetime | None
    """Ended at this instant or earlier."""
    limit: int | None
    """How many on a page, 1 to 20. Source: Plivo docs; 20 unless given."""
    offset: int | None
    """How many to leave out at the beginning; at least 0."""


class ListRequest(ConferenceFilters, RequestOptions):
    """All that `client.mpc.list` takes."""


class ListCallback(ConferenceFilters, CallbackOptions):
    """All that `client.mpc.list` takes, if the result goes to a URL."""


class DialRequest(DialOptions, RequestOptions):
    """What `add_participant` takes beside whom to dial."""


class DialCallback(DialOptions, CallbackOptions):
    """What `add_participant` takes beside whom to dial, if the result goes to a URL."""


class TransferRequest(ParticipantOptions, RequestOptions):
    """What `add_participant` takes beside the call to transfer."""


class TransferCallback(ParticipantOptions, CallbackOptions):
    """What `add_participant` takes beside the call to transfer, if the result goes to a URL."""
