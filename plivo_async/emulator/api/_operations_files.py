"""Recordings and their media files. Source: Plivo docs, Recordings, unless something else is said."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ..world._recordings import Recording
from ..world._values import RuleError
from ._call_objects import recording_object
from ._filters import Bounds, compared, equal, integers, number_fits, times, windowed, within
from ._job import Job, RefusedError, Result
from ._listing import meta, read_page
from ._media import TYPES, silence

_EQUAL = (
    "subaccount",
    "call_uuid",
    "from_number",
    "to_number",
    "conference_name",
    "conference_uuid",
    "mpc_name",
    "mpc_uuid",
)
_FILTERS = (*_EQUAL, *compared("add_time"), *compared("recording_storage_duration"))


def list_recordings(job: Job) -> Result:
    """Those that are over, the newest first. `mpc_name` and `mpc_uuid` are of conferences; the older kind has none."""
    values = job.arguments
    try:
        page = read_page(values, _FILTERS, job.settings)
        added, stored = _bounds(job)
    except ValueError as error:
        raise RefusedError(400, str(error)) from None
    found = [one for one in _listed(job) if _fits(one, values, job) and _timely(one, added, stored, job)]
    about = meta(page, len(found), f"/v1/Account/{job.auth_id}/Recording/", job.settings, key="total_count")
    objects = [recording_object(one, job.machine, job.auth_id, job.now) for one in page.of(found)]
    return Result(200, {"meta": about, "objects": objects})


def _bounds(job: Job) -> tuple[Bounds, Bounds]:
    added = times("add_time", job.arguments)
    stored = integers("recording_storage_duration", job.arguments)
    if added and stored:
        raise ValueError("recording_storage_duration: not together with add_time")
    now = job.machine.time.instant(job.now)
    return (() if stored else windowed("add_time", added, now, job.settings)), stored


def _listed(job: Job) -> list[Recording]:
    found = [one for one in job.machine.recorder.by_id.values() if _there(one, job)]
    return sorted(found, key=lambda one: one.ended_at or 0.0, reverse=True)


def _there(one: Recording, job: Job, after: float | None = None) -> bool:
    """It is over, and the seconds have passed until it is listed, or until its file is there."""
    delay = job.settings.recording_after if after is None else after
    return one.ended_at is not None and not one.deleted and one.ended_at + delay <= job.now


def _fits(one: Recording, values: Mapping[str, Any], job: Job) -> bool:
    older_kind = any(values.get(key) is not None for key in ("conference_uuid", "conference_name"))
    return (
        not older_kind
        and number_fits(one.from_, values.get("from_number"), job.settings)
        and number_fits(one.to, values.get("to_number"), job.settings)
        and equal(
            (
                (values.get("subaccount"), one.sub_account),
                (values.get("call_uuid"), one.call_uuid),
                (values.get("mpc_name"), one.friendly_name if one.mpc_uuid else None),
                (values.get("mpc_uuid"), one.mpc_uuid),
            )
        )
    )


def _timely(one: Recording, added: Bounds, stored: Bounds, job: Job) -> bool:
    since = job.machine.time.instant((one.ended_at or 0.0) + job.settings.recording_after)
    days = timedelta(seconds=job.now - (one.ended_at or 0.0)).days
    return within(since, added) and within(days, stored)


def _found(job: Job) -> Recording:
    one = job.machine.recorder.by_id.get(job.item)
    if one is None or not _there(one, job):
        raise RuleError(404, "not found")
    return one


def get_recording(job: Job) -> Result:
    """One that is over; before it is listed, a 404 (unverified)."""
    return Result(200, recording_object(_found(job), job.machine, job.auth_id, job.now))


def delete_recording(job: Job) -> Result:
    """It, and its file."""
    _found(job).deleted = True
    return Result(204, applied=True)


def get_media(job: Job) -> Result:
    """The file; a 404 for some seconds after the end (one author's report)."""
    name, _, form = job.item.rpartition(".")
    one = job.machine.recorder.by_id.get(name)
    if one is None or one.file_format != form or not _there(one, job, job.settings.media_after):
        raise RuleError(404, "not found")
    return Result(200, media=(TYPES[form], silence(form, (one.ended_at or 0.0) - one.started_at)))
