"""All that is known of one conference, request or callback."""

import shlex
from itertools import islice
from typing import Any

from .._chance import drawn_fault
from .._draws import draw
from .._log import Request
from .._recipes import MEANINGS
from ..calling_back._courier import Courier
from ..calling_back._deliveries import Delivery
from ..calling_back._destinations import place_of
from ..world._conferences import CAUSES, Conference, everybody
from ..world._participants import Participant
from ..world._recordings import Recording
from ._views import Json, Views, is_over, rounded

_BODY = 10_000  # characters of a body that are shown
_SAME = 50  # requests that are shown beside one


# ---- A conference ---------------------------------------------------------------------------------------------------


def conference(views: Views, one: Conference) -> Json:
    """A conference: who is and was in it, what is recorded, and what has happened, the latest first."""
    people = everybody(one)
    ends = one.created_at + one.max_duration
    return {
        **views.conference(one),
        "created": rounded(one.created_at),
        "ends_by_itself": None if one.end_time is not None else rounded(ends),
        "cause": None if one.termination_cause_code is None else CAUSES[one.termination_cause_code],
        "sub_account": one.sub_account,
        "participants": [_participant(views, who) for who in people],
        "recordings": [views.recording(made) for made in one.made],
        "history": _history(views, one, people),
    }


def _participant(views: Views, who: Participant) -> Json:
    return {
        "member_id": who.member_id,
        "number": who.member_address,
        "call_uuid": who.call_uuid,
        "role": who.role,
        "present": who.present,
        "mute": who.mute,
        "hold": who.hold,
        "coach": who.coach_mode,
        "since": views.seconds(who.join_time),
        "until": None if who.exit_time is None else views.seconds(who.exit_time),
        "exit_cause": who.exit_cause,
    }


def _history(views: Views, one: Conference, people: tuple[Participant, ...]) -> list[Json]:
    told: list[tuple[float, str, int | None]] = [(one.created_at, "is there, Initialized", None)]
    for who in people:
        told.append((views.seconds(who.join_time), f"{who.member_id} joins as {who.role}", None))
        if who.exit_time is not None:
            told.append((views.seconds(who.exit_time), f"{who.member_id} leaves: {who.exit_cause}", None))
    if one.start_time is not None:
        by = one.activations[0].request if one.activations else None
        told.append((views.seconds(one.start_time), "becomes Active", by))
    if one.end_time is not None:
        by = one.endings[0].request if one.endings else None
        cause = CAUSES[one.termination_cause_code or 0]
        told.append((views.seconds(one.end_time), f"ends: {cause}", by))
    told += [(change.at, _operation(views, change.request), change.request) for change in one.changes]
    for made in one.made:
        told += _recorded(made)
    # Some instants are cut to whole seconds; of the same second the order is that of above: who joins may start it.
    told = sorted(((max(at, one.created_at), what, by) for at, what, by in told), key=lambda entry: entry[0])
    return [{"at": rounded(at), "what": what, "by": by} for at, what, by in reversed(told)]


def _operation(views: Views, number: int) -> str:
    """What a request has asked for; they are in order, and may be kept no longer."""
    log = views.core.log.requests
    found = log[number - log[0].number] if log and log[0].number <= number <= log[-1].number else None
    return "is changed" if found is None or found.number != number else found.operation or "is changed"


def _recorded(one: Recording) -> list[tuple[float, str, int | None]]:
    whose = "recording" if one.member_id is None else f"recording of {one.member_id}"
    told: list[tuple[float, str, int | None]] = [(one.started_at, f"{whose} begins, {one.file_format}", None)]
    if one.ended_at is not None:
        told.append((one.ended_at, f"{whose} is over", None))
    return told


# ---- A request ------------------------------------------------------------------------------------------------------


def request(views: Views, one: Request, now: float, url: str) -> Json:
    """A request: what was decided, what was done, what its client was told; as a command of curl; as it came in."""
    body = one.body.decode("utf-8", "replace")
    about = one.name or one.uuid or one.item
    same = [
        other
        for other in reversed(views.core.log.requests)
        if about is not None and about in (other.name, other.uuid, other.item)
    ]
    return {
        **views.request(one, now),
        "decided": one.status,
        "why": _why(views, one),
        "member": one.member,
        "method": one.method,
        "target": one.raw_path,
        "headers": [list(pair) for pair in one.headers],
        "body": body[:_BODY] + ("…" if len(body) > _BODY else ""),
        "curl": curl(one, url),
        "same": [views.request(other, now) for other in islice(same, _SAME)][::-1],
    }


def _why(views: Views, one: Request) -> str:
    """Why its client was told what it was told, if that isn't plain."""
    if one.fault is not None:
        meaning = MEANINGS[one.fault].text
        drawn = drawn_fault(views.core.rules.faults, one.operation or "", _fault_draw(views, one))
        how = f"by chance, seed {views.core.rules.seed}" if drawn is one.fault else "scripted"
        return f"Fault {one.fault}, {how}: {meaning}."
    if one.told == 429 and views.core.rules.limit is not None:
        limit = views.core.rules.limit
        return f"All {limit.limit} requests of {limit.per:g} s were used up ({limit.window})."
    if one.told is None and is_over(one, views.machine.time.now):
        return "Whoever sent it had gone before it was answered."
    return ""


def _fault_draw(views: Views, one: Request) -> float:
    return draw(views.core.rules.seed, one.operation, one.name or one.uuid or one.item, one.nth).fault


def curl(one: Request, url: str) -> str:
    """The same request once more, for a shell in which the credentials are in the environment."""
    target = one.raw_path if one.raw_path.lower().startswith(("http://", "https://")) else url + one.raw_path
    lines = ['curl -u "$PLIVO_AUTH_ID:$PLIVO_AUTH_TOKEN"']
    if one.method != "GET":
        lines[0] += " --head" if one.method == "HEAD" else f" -X {shlex.quote(one.method)}"
    kinds = [value for name, value in one.headers if name.lower() == "content-type"]
    if one.body:
        if kinds:
            lines.append(f"-H {shlex.quote(f'Content-Type: {kinds[0]}')}")
        lines.append(f"--data-binary {shlex.quote(one.body.decode('utf-8', 'replace'))}")
    return " \\\n  ".join([*lines, shlex.quote(target)])


# ---- A callback -----------------------------------------------------------------------------------------------------


def callback(views: Views, courier: Courier, one: Delivery) -> Json:
    """A callback: where it goes, what it says, and each try with what it was signed with."""
    return {
        **views.callback(one),
        "method": one.method,
        "url": _hidden(one.url, one.url),
        "params": dict(one.params),
        "attempts": [
            {
                "at": rounded(trip.at),
                "ms": round(1000 * trip.took),
                "status": trip.status,
                "failure": trip.failure,
                **_signed(courier, one, trip.nonce),
            }
            for trip in one.tries
        ],
    }


def _signed(courier: Courier, one: Delivery, nonce: str) -> dict[str, Any]:
    sent, text = courier.signed(one, nonce)
    headers = {name: value for name, value in sent.headers if name.startswith("X-Plivo-")}
    return {"signature": headers, "signed": _hidden(text, one.url)}


def _hidden(text: str, url: str) -> str:
    """A text that begins with this URL, without the user and the password that may be in it."""
    place = place_of(url)
    return text if place is None or place.userinfo is None else text.replace(f"{place.userinfo}@", "***@", 1)
