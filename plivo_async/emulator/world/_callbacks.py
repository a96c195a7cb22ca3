"""What Plivo tells a program of its own accord: recorded here, delivered elsewhere.

The parameters are those of Plivo's documents and of a public receiver of such callbacks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

from ._call_params import call_params, detected
from ._conferences import CAUSES, Conference
from ._legs import Leg
from ._participants import Participant
from ._recordings import Recording
from ._settings import Settings
from ._values import ConferenceOptions, Detection, Hook

_GROUPS: Mapping[str, tuple[str, ...]] = {
    "mpc-state-changes": ("MPCInitialized", "MPCStart", "MPCEnd"),
    "participant-state-changes": (
        "ParticipantJoin",
        "ParticipantExit",
        "ParticipantMute",
        "ParticipantUnmute",
        "ParticipantHold",
        "ParticipantUnhold",
        "ParticipantCoachModeStart",
        "ParticipantCoachModeStop",
    ),
    "participant-speak-events": ("ParticipantSpeakStart", "ParticipantSpeakStop"),
    "participant-digit-input-events": ("ParticipantDigitInput",),
    "add-participant-api-events": ("AddParticipantByAPIActionInitiated", "AddParticipantByAPIActionCompleted"),
}
_GROUP_OF = {event: group for group, events in _GROUPS.items() for event in events}
_SUBSCRIBED = ("mpc-state-changes", "participant-state-changes")
_MAY_BE_EMPTY = (
    "MemberID",
    "MemberAddress",
    "ParticipantCallUUID",
    "ParticipantCallFrom",
    "ParticipantCallTo",
    "ParticipantCallDirection",
    "ParticipantRole",
    "ParticipantCoachMode",
    "DigitInput",
    "AddParticipantAPIRequestOutcome",
    "MPCDuration",
    "MPCBilledDuration",
    "MPCBilledAmount",
    "MPCTerminationCause",
    "MPCTerminationCauseCode",
    "SequenceNumber",
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""From which milliseconds are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRecord:
    """One callback that Plivo would send. Whether it is delivered, and how that went, is in `Emulator.deliveries`."""

    at: float
    """Seconds since the emulator started."""
    url: str
    method: str
    """`GET` or `POST`."""
    params: dict[str, str]
    """By name, all as text; those that don't apply are empty."""


class Reply(NamedTuple):
    """What comes back goes on with a call: it is XML."""

    leg: Leg
    kind: Literal["answer", "fallback", "action", "transfer", "redirect"]


class About(NamedTuple):
    """What a callback is about, which its parameters don't say."""

    event: str = ""
    """What it is called, if it is more than its parameter `Event` says."""
    owner: str | None = None
    """Auth ID of the subaccount that it belongs to; None for the account itself."""
    reply: Reply | None = None
    """What its answer is for; None for nothing."""


Watcher = Callable[[str, str, Any, float], None]
"""Is told of what has happened: of what kind it is, what it is called, to what, and when."""

_NOTHING_MORE = About()


class Callbacks:
    """All that was told, in order.

    Args:
        instant: Makes an instant a wall-clock time.
        auth_id: The account in the URLs.
        settings: How they are written.
    """

    def __init__(self, instant: Callable[[float], datetime], auth_id: str, settings: Settings) -> None:
        self.records: list[CallbackRecord] = []
        self.listener: Callable[[CallbackRecord, About], None] = lambda _record, _about: None
        """Is told of each of them."""
        self.watcher: Watcher | None = None
        """Is told of everything that happens, whether anybody has subscribed to it or not."""
        self._instant = instant
        self._auth_id = auth_id
        self._settings = settings

    def _wall(self, now: float) -> datetime:
        return self._instant(now).replace(microsecond=0)

    def note(self, hook: Hook | None, params: Mapping[str, str], at: float, about: About = _NOTHING_MORE) -> None:
        """Record one; without a hook, none."""
        if hook is not None:
            all_of_them = self._settings.callback_empty == "sent"
            told = {key: value for key, value in params.items() if value or all_of_them}
            record = CallbackRecord(at=at, url=hook.url, method=hook.method, params=told)
            self.records.append(record)
            self.listener(record, about)

    def status(
        self,
        conference: Conference,
        event: str,
        at: float,
        who: Participant | None = None,
        more: Mapping[str, str] | None = None,
    ) -> None:
        """An event of a conference, if that is subscribed to."""
        if self.watcher is not None:
            self.watcher("conference", event, (conference, who, more), at)
        if _subscribed(conference.options, event):
            conference.events += 1
            params = {
                **self._head(event, at, conference.friendly_name),
                "MPCUUID": conference.mpc_uuid,
                **({} if who is None else self._participant(who)),
                **(more or {}),
                "SequenceNumber": self._numbered(conference.events),
            }
            self.note(conference.options.status_callback, params, at, About(owner=conference.sub_account))

    def before(
        self, name: str, options: ConferenceOptions, event: str, at: float, more: Mapping[str, str] | None = None
    ) -> None:
        """An event of a conference that isn't there yet: it has no UUID, and no number. Inferred."""
        if _subscribed(options, event):
            self.note(options.status_callback, {**self._head(event, at, name), **(more or {})}, at)

    def _head(self, event: str, at: float, name: str) -> dict[str, str]:
        head = {"EventName": event, "EventTimestamp": _stamp(self._wall(at)), "MPCUUID": "", "MPCName": name}
        return head | dict.fromkeys(_MAY_BE_EMPTY, "")

    def recording(self, conference: Conference, recording: Recording, what: str, at: float) -> None:
        """An event of a recording: `Initiated`, `Paused`, `Resumed` or `Completed`."""
        if self.watcher is not None:
            self.watcher("recording", what, recording, at)
        if recording.callback is None:
            return
        recording.events += 1
        of_all = recording.member_id is None
        whose = {"MPCName": conference.friendly_name, "MPCUUID": conference.mpc_uuid}
        resource = f"https://api.plivo.com/v1/Account/{self._auth_id}/Recording/{recording.recording_id}/"
        params = {
            "EventName": f"{'MPC' if of_all else 'Participant'}Recording{what}",
            "EventTimestamp": _stamp(self._wall(at)),
            "SequenceNumber": self._numbered(recording.events),
            **(whose if of_all else {"MemberID": recording.member_id or ""}),
            "RecordingUUID": recording.recording_id,
            "RecordingURL": recording.recording_url,
            "RecordingResourceURL": resource,
            "RecordingFormat": recording.file_format,
            "RecordingStartTime": _stamp(recording.start_time),
            "RecordingEndTime": _stamp(recording.end_time),
            "RecordingDuration": _text(recording.duration),
        }
        self.note(recording.callback, params, at, About(owner=conference.sub_account))

    def call(self, leg: Leg, at: float) -> None:
        """What a call does now, wherever that is to be told."""
        if self.watcher is not None:
            self.watcher("call", leg.status, leg, at)
        hooks = [leg.callback, self._hook(leg)]
        if any(hook is not None for hook in hooks):
            params = call_params(leg, at, self._instant, self._settings)
            for hook in hooks:
                fetched = hook is not None and not leg.over and hook is leg.hooks.answer
                self.note(hook, params, at, About("", leg.sub_account, Reply(leg, "answer") if fetched else None))

    def machine(self, leg: Leg, detection: Detection, at: float) -> None:
        """A machine has answered it."""
        params = detected(call_params(leg, at, self._instant, self._settings))
        told = {**params, "IfMachine": "hangup" if detection.hangs_up else "continue"}
        self.note(leg.hooks.detection, told, at, About(owner=leg.sub_account))

    def transfer(self, leg: Leg, to: Hook, at: float) -> None:
        """It goes on elsewhere: what is fetched there. That it is told what an answer URL is, is unverified."""
        self.fetch(leg, to, "transfer", at)

    def fetch(
        self,
        leg: Leg,
        hook: Hook,
        kind: Literal["answer", "fallback", "action", "transfer", "redirect"],
        at: float,
        more: Mapping[str, str] | None = None,
    ) -> None:
        """Ask for XML that goes on with a call."""
        about = About("" if kind == "answer" else kind, leg.sub_account, Reply(leg, kind))
        self.note(hook, self._params(leg, at, more, begins=kind in ("answer", "fallback")), at, about)

    def tell(self, leg: Leg, hook: Hook, event: str, at: float, more: Mapping[str, str]) -> None:
        """Tell what has come of a step of its XML, when no XML is to come back."""
        self.note(hook, self._params(leg, at, more), at, About(event, leg.sub_account))

    def _params(self, leg: Leg, at: float, more: Mapping[str, str] | None, *, begins: bool = False) -> dict[str, str]:
        params = {**call_params(leg, at, self._instant, self._settings), **(more or {})}
        if leg.live and not begins:
            params["CallStatus"] = leg.status
        return params

    def _hook(self, leg: Leg) -> Hook | None:
        """A call that came in rings first, and is answered by what its answer URL says: that is told once."""
        if leg.over:
            return leg.hooks.hangup
        return leg.hooks.ring if leg.status == "ringing" else leg.hooks.answer

    def call_recording(self, leg: Leg, recording: Recording, at: float) -> None:
        """The recording of a call is over. In snake case, unlike all others. Source: Plivo docs, Record a call."""
        if self.watcher is not None:
            self.watcher("recording", "Completed", recording, at)
        if recording.by_xml:
            whose = {"CallUUID": leg.call_uuid, "From": leg.from_, "To": leg.to, "Direction": leg.direction}
            told = {**whose, **self.recorded(recording)}
            self.note(recording.callback, told, at, About("RecordingCompleted", leg.sub_account))
            return
        began, ended = (self._instant(one or 0.0) for one in (recording.started_at, recording.ended_at))
        params = {
            "api_id": "",
            "record_url": recording.recording_url,
            "call_uuid": leg.known_as,
            "recording_id": recording.recording_id,
            "recording_duration": _text(recording.duration),
            "recording_duration_ms": milliseconds(ended - began),
            "recording_start_ms": milliseconds(began - EPOCH),
            "recording_end_ms": milliseconds(ended - EPOCH),
        }
        self.note(recording.callback, params, at, About("RecordingCompleted", leg.sub_account))

    def recorded(self, recording: Recording) -> dict[str, str]:
        """What `<Record>` tells of a recording. Source: Plivo docs, Record."""
        began, ended = (self._instant(one or 0.0) for one in (recording.started_at, recording.ended_at))
        return {
            "RecordUrl": recording.recording_url,
            "RecordingID": recording.recording_id,
            "RecordingDuration": _text(recording.duration) or "-1",
            "RecordingDurationMs": milliseconds(ended - began) if recording.duration is not None else "-1",
            "RecordingStartMs": milliseconds(began - EPOCH),
            "RecordingEndMs": milliseconds(ended - EPOCH) if recording.duration is not None else "-1",
        }

    def on_exit(self, conference: Conference, who: Participant, at: float) -> None:
        """What is fetched when a participant leaves. That it is when the phone was hung up is unverified."""
        params = {
            "MPCUUID": conference.mpc_uuid,
            "MPCFriendlyName": conference.friendly_name,
            "MemberID": who.member_id,
            "ParticipantCallUUID": who.call_uuid,
            "ParticipantJoinTime": _stamp(who.join_time),
            "ParticipantEndTime": _stamp(who.exit_time),
            "ParticipantRole": self._role(who),
        }
        reply = None if who.leg.over else Reply(who.leg, "action")
        self.note(who.on_exit_action, params, at, About("OnExitAction", conference.sub_account, reply))

    def _participant(self, who: Participant) -> dict[str, str]:
        return {
            "MemberID": who.member_id,
            "MemberAddress": who.member_address,
            "ParticipantCallUUID": who.call_uuid,
            "ParticipantCallFrom": who.leg.from_,
            "ParticipantCallTo": who.leg.to,
            "ParticipantCallDirection": who.leg.direction,
            "ParticipantRole": self._role(who),
            "ParticipantCoachMode": flag_text(self._settings, who.coach_mode),
        }

    def _role(self, who: Participant) -> str:
        return who.role if self._settings.callback_role == "lower" else who.role.capitalize()

    def _numbered(self, nth: int) -> str:
        return str(nth - 1 + self._settings.first_sequence_number)


def milliseconds(length: timedelta) -> str:
    """As recordings tell them: `"7560.00000"`."""
    return f"{length / timedelta(milliseconds=1):.5f}"


def flag_text(settings: Settings, value: bool) -> str:
    """A flag as callbacks write it."""
    text = "true" if value else "false"
    return text if settings.callback_flag == "true" else text.capitalize()


def at_the_end(conference: Conference) -> dict[str, str]:
    """What is told of a conference when it has ended."""
    code = conference.termination_cause_code
    return {
        "MPCDuration": _text(conference.duration),
        "MPCBilledDuration": _text(conference.billed_duration),
        "MPCBilledAmount": _text(conference.billed_amount),
        "MPCTerminationCause": "" if code is None else CAUSES[code],
        "MPCTerminationCauseCode": _text(code),
    }


def _subscribed(options: ConferenceOptions, event: str) -> bool:
    if options.status_callback is None:
        return False
    groups = options.status_callback_events
    return _GROUP_OF[event] in (_SUBSCRIBED if groups is None else groups)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _stamp(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat(sep=" ", timespec="seconds")
