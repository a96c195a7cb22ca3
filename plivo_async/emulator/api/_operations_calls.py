"""Make, list, retrieve, hang up and cancel calls. Source: Plivo docs, Calls, unless something else is said."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from ..world import _placing as placing
from ..world._call_params import NO_STIR
from ..world._calls import has_record, is_live, is_queued, talked
from ..world._legs import Leg
from ..world._values import RuleError
from ._call_objects import live_object, queued_object, record_object
from ._calling import read_calling
from ._filters import compared, equal, integers, number_fits, times, windowed, within
from ._job import Job, RefusedError, Result
from ._listing import meta, read_page

_EQUAL = (
    "subaccount",
    "call_direction",
    "from_number",
    "to_number",
    "parent_call_uuid",
    "hangup_cause_code",
    "hangup_source",
    "stir_verification",
)
_FILTERS = (*_EQUAL, *compared("end_time"), *compared("bill_duration"))
_KEPT = timedelta(days=90)


def make_call(job: Job) -> Result:
    """Accepted and queued: what becomes of it is seen later. `request_uuid` is an array for several destinations."""
    calling = read_calling(job.arguments, job.settings)
    legs, waits = placing.make(job.machine, calling, job.now, by=job.number)
    ids = [leg.request_uuid for leg in legs]
    message = "call queued" if waits and job.settings.queued_message else "call fired"
    content: dict[str, Any] = {"message": message, "request_uuid": ids[0]}
    if len(ids) > 1:
        content = {"message": "calls fired", "request_uuid": ids}
    return Result(job.settings.make_call_status, content, applied=True)


def get_call(job: Job) -> Result:
    """The record of one that is over; with `status`, one that is live or queued. Anything else is a 404."""
    leg = job.machine.calls.find(job.item)
    match _status(job):
        case "live":
            if leg is not None and is_live(leg, job.settings):
                return Result(200, live_object(leg, job.machine))
        case "queued":
            leg = leg or next(iter(job.machine.calls.of_request(job.item)), None)
            if leg is not None and is_queued(leg, job.settings):
                return Result(200, queued_object(leg))
        case _:
            if leg is not None and has_record(leg, job.now) and not _too_old(leg, job):
                return Result(200, record_object(leg, job.machine, job.auth_id))
    raise RuleError(404, "not found")


def list_calls(job: Job) -> Result:
    """The records; with `status`, the bare ids of those that are live or queued."""
    try:
        match _status(job):
            case "live":
                return _ids(job, job.machine.calls.live())
            case "queued":
                return _ids(job, job.machine.calls.queued())
        return _records(job)
    except ValueError as error:
        raise RefusedError(400, str(error)) from None


def _status(job: Job) -> str | None:
    """Any other word than these two is no filter (inferred)."""
    status = job.arguments.get("status")
    return status if status in ("live", "queued") else None


def _ids(job: Job, legs: Iterable[Leg]) -> Result:
    values = job.arguments
    found = [leg.known_as for leg in legs if _named(leg, values, job)]
    if job.settings.id_lists == "paged":
        found = list(read_page(values, (), job.settings).of(found))
    return Result(200, {"calls": found})


def _named(leg: Leg, values: Mapping[str, Any], job: Job) -> bool:
    return (
        values.get("call_direction") in (None, leg.direction)
        and number_fits(leg.from_, values.get("from_number"), job.settings)
        and number_fits(leg.to, values.get("to_number"), job.settings)
    )


def _records(job: Job) -> Result:
    values = job.arguments
    page = read_page(values, _FILTERS, job.settings)
    now = job.machine.time.instant(job.now)
    ends = windowed("end_time", times("end_time", values), now, job.settings)
    seconds = integers("bill_duration", values)
    since = min((bound for end, bound in ends if end in ("", "__gt", "__gte")), default=job.machine.time.epoch)
    found = [
        leg
        for leg in job.machine.calls.records(job.now, (since - job.machine.time.epoch).total_seconds() - 1)
        if not _too_old(leg, job)
        and _named(leg, values, job)
        and within(job.machine.time.wall(leg.ended_at or 0.0), ends)
        and within(talked(leg), seconds)
        and equal(_pairs(leg, values))
    ]
    about = meta(page, len(found), f"/v1/Account/{job.auth_id}/Call/", job.settings, key="total_count")
    objects = [record_object(leg, job.machine, job.auth_id) for leg in page.of(found)]
    return Result(200, {"meta": about, "objects": objects})


def _pairs(leg: Leg, values: Mapping[str, Any]) -> tuple[tuple[str | None, object], ...]:
    return (
        (values.get("subaccount"), leg.sub_account),
        (values.get("parent_call_uuid"), leg.parent_call_uuid),
        (values.get("hangup_cause_code"), leg.hangup_cause_code),
        (values.get("hangup_source"), leg.hangup_source),
        (values.get("stir_verification"), NO_STIR),
    )


def _too_old(leg: Leg, job: Job) -> bool:
    return timedelta(seconds=job.now - (leg.ended_at or 0.0)) > _KEPT


def hang_up(job: Job) -> Result:
    """Of one that is not over, before the answer as after it; by its request while it is queued (support article)."""
    placing.hang_up(job.machine, job.item, job.now, by=job.number)
    return Result(204, applied=True)


def hang_up_all(job: Job) -> Result:
    """Every call of the account: that is what a hang-up without an id is."""
    ended = placing.hang_up_all(job.machine, job.now, by=job.number)
    return Result(204, applied=bool(ended))


def cancel_request(job: Job) -> Result:
    """What a request has queued; a 404 if nothing of it is (unverified)."""
    placing.cancel(job.machine, job.item, job.now, by=job.number)
    return Result(204, applied=True)
