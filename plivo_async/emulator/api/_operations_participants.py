"""Add, list, retrieve, update and kick. Source: Plivo docs, Multiparty Call, unless something else is said."""

from typing import Any

from ..world import _controls as controls
from ..world import _rules as rules
from ..world._conferences import Conference
from ..world._controls import Members
from ..world._values import RuleError
from ._arguments import flag, flags, refuse
from ._job import Job, RefusedError, Result
from ._joining import read_joining
from ._listing import meta, read_page
from ._objects import call_object, participant_object


def add_participant(job: Job) -> Result:
    """Accepted and queued: who joins, or whether anybody does, is seen later. A transfer's `calls` are unverified."""
    joining = read_joining(job.arguments, job.settings)
    value = job.reference.value
    name, uuid = (value, None) if job.by_name else (None, value)
    added = rules.add_participant(job.machine, name, uuid, joining, job.now, by=job.number)
    content: dict[str, Any] = {"message": "add participant action initiated", "request_uuid": added.request_uuid}
    if joining.call_uuid is None or job.settings.transfer_calls == "listed":
        content["calls"] = [call_object(leg) for leg in added.calls]
    return Result(201, content, applied=True)


def list_participants(job: Job) -> Result:
    """By pages, who joined last first. That those who have left are not listed while it is live is unverified."""
    try:
        page = read_page(job.arguments, ("call_uuid",), job.settings)
    except ValueError as error:
        raise RefusedError(400, str(error)) from None
    conference = job.find()
    everybody = not conference.live or job.settings.exited_listed == "always"
    call_uuid = job.arguments.get("call_uuid")
    fitting = [
        one
        for one in controls.participants(job.machine, conference)
        if (everybody or one.present) and call_uuid in (None, one.call_uuid)
    ]
    uri = job.uri(conference)
    about = meta(page, len(fitting), f"{job.uri(conference, encoded=True)}Participant/", job.settings)
    if not job.settings.participant_links:
        del about["next"], about["previous"]
    objects = [participant_object(one, conference, uri, job.settings, listed=True) for one in page.of(fitting)]
    return Result(200, {"meta": about, "objects": objects})


def get_participant(job: Job) -> Result:
    """One, present or not; a list or `all` is nobody's id (unverified)."""
    conference = job.find()
    one = controls.participant(job.machine, conference, job.member)
    return Result(200, participant_object(one, conference, job.uri(conference), job.settings, listed=False))


def update_participant(job: Job) -> Result:
    """Any of the three flags; a message for each of them. That none is a 400 is unverified."""
    given = flags(job.arguments, ("coach_mode", "mute", "hold"))
    flag(job.arguments, "disable_state_change_sound")
    if not given:
        refuse("mute", "missing, and so are hold and coach_mode; one of them is needed")
    conference = job.find()
    mute, hold, coach_mode = (given.get(key) for key in ("mute", "hold", "coach_mode"))
    members = chosen(job, conference)
    controls.update(
        job.machine, conference, members, job.now, mute=mute, hold=hold, coach_mode=coach_mode, by=job.number
    )
    messages = {key: _updated(job, conference, key) for key in given}
    if job.settings.update_reply == "flat":
        return Result(202, messages, applied=True)
    return Result(200, {"message": messages, "request_uuid": job.asked.new_api_id()}, applied=True)


def _updated(job: Job, conference: Conference, key: str) -> str:
    about = f"MPC: {conference.friendly_name}"
    if key == "coach_mode":
        return f"{about} coach_mode enable/disable succeeded"
    return f"{about} {key}/un{key} member(s) {job.settings.update_spelling}"


def kick(job: Job) -> Result:
    """They leave, and the conference ends if that is the end of it."""
    conference = job.find()
    controls.kick(job.machine, conference, chosen(job, conference), job.now, by=job.number)
    return job.done(f"MPC: {conference.friendly_name} kick member(s) succeeded")


def chosen(job: Job, conference: Conference) -> Members:
    """The members in the path: `all`, an id, or ids with commas, of which some may be unknown as the settings say.

    Raises:
        RuleError: 400: there is an unknown one, and that is a 400. Whether it is a 404 is left to the machine.
    """
    if job.member == "all":
        return None
    members = tuple(job.member.split(","))
    policy = job.settings.unknown_member
    if len(members) == 1 or policy == 404 or not conference.live:
        return members
    present = {one.member_id for one in controls.select(job.machine, conference, None)}
    known = tuple(one for one in members if one in present)
    if policy == 400 and len(known) < len(members):
        raise RuleError(400, "member_id: one of them is unknown")
    return known or members
