"""Reading a request to add a participant. Source: Plivo docs, Multiparty Call, Add a participant, and its SDKs.

What the emulator has no use for, such as music, is checked all the same.
"""

import re
from typing import Any, get_args

from ..world._settings import Settings
from ..world._values import ConferenceOptions, Destination, Joining, Role
from ._arguments import METHODS, choice, flag, flags, hook, integer, is_url, refuse, text, url
from ._job import Arguments

ROLES: tuple[Role, ...] = get_args(Role)

EVENT_GROUPS = (
    "mpc-state-changes",
    "participant-state-changes",
    "participant-speak-events",
    "participant-digit-input-events",
    "add-participant-api-events",
    "participant-audio-events",
)
"""What `status_callback_events` may name; the last one is in Plivo's newest documents on XML only."""

MOST_DESTINATIONS = 20
"""So many may be dialled by one request, by the Python SDK; others stop at 19."""

_MOST_SECONDS = 86_400  # of ringing and of delay; no range is documented, and a day is more than any
NUMBER = re.compile(r"\+?[0-9]{1,15}")
SIP = re.compile(r"sips?:[^\s<>]+", re.IGNORECASE)
DIGITS = re.compile(r"[0-9A-D*#wW]+(@[0-9]+)?")

_FLAGS = (
    "coach_mode",
    "mute",
    "hold",
    "start_mpc_on_enter",
    "end_mpc_on_exit",
    "create_mpc_with_single_participant",
)
_CONFERENCE_FLAGS = ("record", "stay_alone")
_IDLE_FLAGS = ("relay_dtmf_inputs", "send_on_preanswer", "transcript")
_IDLE_URLS = (
    "confirm_key_sound_url",
    "wait_music_url",
    "agent_hold_music_url",
    "customer_hold_music_url",
    "start_recording_audio",
    "stop_recording_audio",
    "transcription_url",
)
_IDLE_METHODS = (
    "confirm_key_sound_method",
    "wait_music_method",
    "agent_hold_music_method",
    "customer_hold_music_method",
    "enter_sound_method",
    "exit_sound_method",
    "start_recording_audio_method",
    "stop_recording_audio_method",
)
_SOUNDS = {
    "dial_music": ("real", "none"),
    "enter_sound": ("beep:1", "beep:2", "none"),
    "exit_sound": ("beep:1", "beep:2", "none"),
}


def read_joining(arguments: Arguments, settings: Settings) -> Joining:
    """What is asked for.

    Raises:
        RefusedError: 400: an argument out of its form or range, or neither somebody to dial nor a call to transfer, or
            both (that these are a 400 is unverified).
    """
    role = choice(arguments, "role", ROLES)
    if role is None:
        refuse("role", "missing")
    _check_idle(arguments)
    from_, call_uuid, destinations = _whom(arguments, role)
    said: dict[str, Any] = {**flags(arguments, _FLAGS)}
    return Joining(
        role=role,
        from_=from_,
        destinations=destinations,
        call_uuid=call_uuid,
        confirm_key=choice(arguments, "confirm_key", tuple("0123456789#*")),
        record_participant_track=_own_track(arguments),
        call_status_callback=hook(arguments, "call_status_callback", "POST"),
        on_exit_action=hook(arguments, "on_exit_action", "POST"),
        options=_options(arguments, settings),
        **said,
    )


def _options(arguments: Arguments, settings: Settings) -> ConferenceOptions:
    said: dict[str, Any] = {**flags(arguments, _CONFERENCE_FLAGS)}
    return ConferenceOptions(
        max_duration=integer(arguments, "max_duration", 300, 28_800),
        max_participants=integer(arguments, "max_participants", 2, 10),
        record_file_format=choice(arguments, "record_file_format", ("mp3", "wav")),
        record_min_member_count=integer(arguments, "record_min_member_count", 1, 2),
        status_callback=hook(arguments, "status_callback", settings.status_callback_method),
        status_callback_events=_events(arguments),
        recording_callback=hook(arguments, "recording_callback", settings.added_recording_callback_method),
        **said,
    )


def _own_track(arguments: Arguments) -> bool:
    """In snake case in all SDKs, in camel case in one sample of the documents."""
    spelt = flag(arguments, "record_participant_track"), flag(arguments, "recordParticipantTrack")
    return next((one for one in spelt if one is not None), False)


def _events(arguments: Arguments) -> tuple[str, ...] | None:
    given = text(arguments, "status_callback_events")
    if given is None:
        return None
    groups = tuple(group.strip().lower() for group in given.split(","))
    for group in groups:
        if group not in EVENT_GROUPS:
            refuse("status_callback_events", f"{group!r} is none of {', '.join(EVENT_GROUPS)}")
    return groups


# ---- Whom -----------------------------------------------------------------------------------------------------------


def _whom(arguments: Arguments, role: Role) -> tuple[str | None, str | None, tuple[Destination, ...]]:
    from_, to, call_uuid = (text(arguments, key) for key in ("from", "to", "call_uuid"))
    if call_uuid is not None:
        if from_ is not None or to is not None:
            refuse("call_uuid", "given together with from or to; it is one or the other")
        return None, call_uuid, ()
    if from_ is None:
        refuse("from", "missing" if to is not None else "missing, and so are to and call_uuid")
    if to is None:
        refuse("to", "missing")
    return from_, None, _destinations(arguments, to, role)


def _destinations(arguments: Arguments, to: str, role: Role) -> tuple[Destination, ...]:
    phones = [phone.strip() for phone in to.split("<")]
    if len(phones) > MOST_DESTINATIONS:
        refuse("to", f"{len(phones)} destinations, and {MOST_DESTINATIONS} are the most")
    for phone in phones:
        # What `to` holds for an AI agent is documented nowhere.
        if not phone or (role != "ai-agent" and not NUMBER.fullmatch(phone) and not SIP.fullmatch(phone)):
            refuse("to", f"{phone!r} is neither a number nor a SIP URI")
    ring_timeouts = _times(arguments, "ring_timeout", len(phones), 45)
    delays = _times(arguments, "delay_dial", len(phones), 0)
    return tuple(
        Destination(to=phone, ring_timeout=ring_timeout, delay_dial=delay)
        for phone, ring_timeout, delay in zip(phones, ring_timeouts, delays, strict=True)
    )


def _times(arguments: Arguments, key: str, phones: int, default: int) -> list[int]:
    """Seconds for each phone: one integer is for all; of several joined by `<` those that lack are the default."""
    given = arguments.get(key)
    if not isinstance(given, str):
        one = integer(arguments, key, 0, _MOST_SECONDS)
        return [default if one is None else one] * phones
    values = [_seconds(key, part.strip()) for part in given.split("<")]
    if len(values) > phones:
        refuse(key, f"{len(values)} values for {phones} destinations")
    return values * phones if len(values) == 1 else values + [default] * (phones - len(values))


def _seconds(key: str, part: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", part, re.ASCII):
        refuse(key, "neither an integer nor integers joined by '<'")
    if int(part) > _MOST_SECONDS:
        refuse(key, f"not between 0 and {_MOST_SECONDS}")
    return int(part)


# ---- What is of no consequence here ---------------------------------------------------------------------------------


def _check_idle(arguments: Arguments) -> None:
    flags(arguments, _IDLE_FLAGS)
    for key in _IDLE_URLS:
        url(arguments, key)
    for key in _IDLE_METHODS:
        choice(arguments, key, METHODS)
    for key, words in _SOUNDS.items():
        sound = text(arguments, key)
        if sound is not None and sound.lower() not in words and not is_url(sound):
            refuse(key, f"neither a URL nor one of {', '.join(words)}")
    _check_form(arguments, "caller_name", re.compile(r".{1,50}", re.DOTALL), "longer than 50 characters")
    text(arguments, "sip_headers")  # Java's SDK sends "a=1,": empty items, and what has no "=", are no mistake
    _check_form(arguments, "send_digits", DIGITS, "not digits, w, W and @ with a length")


def _check_form(arguments: Arguments, key: str, form: re.Pattern[str], reason: str) -> None:
    given = text(arguments, key)
    if given is not None and not form.fullmatch(given):
        refuse(key, reason)
