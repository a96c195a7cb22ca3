"""List, retrieve, activate and end. Source: Plivo docs, Multiparty Call, unless something else is said."""

from ..world import _rules as rules
from ..world._values import RuleError
from ._arguments import refuse, text
from ._job import Job, RefusedError, Result
from ._listing import meta, read_listing, select
from ._objects import conference_object


def list_conferences(job: Job) -> Result:
    """Those that fit, by pages, the newest first."""
    try:
        listing = read_listing(job.arguments, job.settings)
    except ValueError as error:
        raise RefusedError(400, str(error)) from None
    fitting = select(job.machine.registry.newest_first(), listing, job.machine.time.wall(job.now), job.settings)
    path = f"/v1/Account/{job.auth_id}/MultiPartyCall/"
    objects = [conference_object(one, job.auth_id, job.settings, by_name=False) for one in listing.page.of(fitting)]
    return Result(200, {"meta": meta(listing.page, len(fitting), path, job.settings), "objects": objects})


def get(job: Job) -> Result:
    """By name a live one, by UUID any."""
    return Result(200, conference_object(job.find(), job.auth_id, job.settings, by_name=job.by_name))


def activate(job: Job) -> Result:
    """Initialized becomes Active; in any other state 404. The 400s are unverified."""
    status = text(job.arguments, "status")
    if status is None:
        refuse("status", "missing")
    if status.lower() != "active":
        refuse("status", "only 'active' is allowed")
    if not rules.activate(job.machine, job.find(), job.now, by=job.number):
        raise RuleError(404, "not found")
    return job.done("MPC activated")


def end(job: Job) -> Result:
    """A live one becomes Ended; an ended one is a 404 (unverified by UUID)."""
    if not rules.end(job.machine, job.find(), job.now, by=job.number):
        raise RuleError(404, "not found")
    return job.done("MPC ended")
