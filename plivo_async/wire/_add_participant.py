"""To add a participant: by ringing phones, or by moving a live phone call."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from ..policy import Effect
from ._callback import Callback, callback_arguments
from ._checks import boolean, call_uuid, choice, given_method, integer, is_url, known, text, url, word_or_url
from ._destinations import address, check_delay_dial, check_ring_timeout, destinations, joined, times
from ._encoding import body
from ._messages import Request
from ._names import Room

ROLES = ("agent", "supervisor", "customer", "ai-agent")
EVENTS = (
    "mpc-state-changes",
    "participant-state-changes",
    "participant-speak-events",
    "participant-digit-input-events",
    "add-participant-api-events",
)

Check = Callable[[str, object], object]


def add_participant(room: Room, arguments: Mapping[str, object], *, callback: Callback | None = None) -> Request:
    """Add a participant: ring one or more phones (`from_`, `to`), or move a live call (`call_uuid`).

    Neither safe nor idempotent: a phone must not ring twice. A name without a live conference creates one; by UUID,
    Plivo decides. `status_callback_method` and `recording_callback_method` are always sent beside their URLs, POST
    unless given: documents and SDKs disagree about the defaults. Source: Plivo docs, Multiparty Call, "Add a
    participant".

    Args:
        room: The conference.
        arguments: By their Python names; None stands for "not given".
        callback: Where the result goes, if it shall come later.

    Raises:
        TypeError: An argument is unknown or of a wrong type.
        ValueError: A value isn't allowed, or arguments contradict each other.
    """
    known(arguments, _ALLOWED, "argument")
    given = {name: value for name, value in arguments.items() if value is not None}
    role = choice("role", arguments.get("role"), ROLES)
    _check_mode(given)
    if given.get("coach_mode") is True and role != "supervisor":
        raise ValueError(
            f"coach_mode=True is for role 'supervisor' only, not {role!r}: this participant would be heard by everybody"
        )
    checked = {name: check(name, given[name]) for name, check in _OPTIONS.items() if name in given}
    _check_methods(given)
    sent = {"role": role, **_mode(given, role, checked), **_with_methods(checked), **callback_arguments(callback)}
    path = f"MultiPartyCall/{room.segment}/Participant/"
    return Request("Add participant", room.label, Effect.NEITHER, "POST", path, body(sent))


def _check_mode(given: Mapping[str, object]) -> None:
    """Dial with `from_` and `to`, or transfer with `call_uuid`: exactly one of the two."""
    dialling = [name for name in ("from_", "to") if name in given]
    if "call_uuid" not in given:
        if not dialling:
            raise ValueError("add_participant takes from_ and to, which dials, or call_uuid, which moves a live call")
        if len(dialling) == 1:
            missing = "to" if dialling == ["from_"] else "from_"
            raise ValueError(f"{dialling[0]} needs {missing} beside it: to dial, both are given")
        return
    if dialling:
        raise ValueError(f"call_uuid moves a live call and dials nobody: leave out {' and '.join(dialling)}, or it")
    dial_only = [name for name in _DIAL_OPTIONS if name in given]
    if dial_only:
        raise ValueError(f"{' and '.join(dial_only)} can't be given with call_uuid: nobody is dialled")


def _mode(given: Mapping[str, object], role: str, checked: dict[str, object]) -> dict[str, object]:
    """Who it is; fills in the times of ringing, which may differ between destinations."""
    if "call_uuid" in given:
        return {"call_uuid": call_uuid(given["call_uuid"])}
    found = destinations(given["to"], role)
    for name in ("ring_timeout", "delay_dial"):
        general = checked.get(name)
        checked[name] = times(found, name, general if isinstance(general, int) else None)
    return {"from": address("from_", given["from_"]), "to": joined(found)}


def _check_methods(given: Mapping[str, object]) -> None:
    for name in _OPTIONS:
        if name.endswith("_method"):
            needs = _url_of(name)
            given_method(name, given.get(name), needs=needs, there=is_url(given.get(needs)))


def _url_of(method: str) -> str:
    stem = method.removesuffix("_method")
    return stem if stem in _OPTIONS else f"{stem}_url"


def _with_methods(checked: Mapping[str, object]) -> dict[str, object]:
    """The options in the order of Plivo's table."""
    methods = {
        f"{name}_method": "POST" for name in ("status_callback", "recording_callback") if f"{name}_url" in checked
    }
    filled = {**methods, **checked}
    return {name: filled[name] for name in _OPTIONS if name in filled}


def _sip_headers(name: str, value: object) -> str | None:
    """Pairs as `k=v,k2=v2`. The messages tell keys, but no values."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a mapping of str to str, not {type(value).__name__}")
    return (
        ",".join(f"{_sip_text(name, 'key', key)}={_sip_text(name, 'value', one)}" for key, one in value.items()) or None
    )


def _sip_text(name: str, what: str, value: object) -> str:
    found = text(f"a {what} of {name}", value)
    if "," in found or "=" in found:
        raise ValueError(f"a {what} of {name} must contain neither ',' nor '=': they part the pairs on the wire")
    return found


def _events(name: str, value: object) -> str:
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise TypeError(
            f"{name} must be a list of event groups, such as ['mpc-state-changes'], not {type(value).__name__}"
        )
    if not value:
        raise ValueError(f"{name} is empty; give at least one of {', '.join(EVENTS)}, or leave it out")
    groups = [choice(f"{name}[{index}]", group, EVENTS) for index, group in enumerate(value)]
    if len(set(groups)) < len(groups):
        raise ValueError(f"{name} has a group twice; give each once")
    return ",".join(groups)


def _send_digits(name: str, value: object) -> str:
    """Tones; they may be a secret, so the message doesn't tell them."""
    if not _DIGITS.fullmatch(text(name, value)):
        raise ValueError(
            f"{name} must be digits, '#', '*', 'w' (waits 0.5 s) and 'W' (waits 1 s), "
            "then '@' and the length of a tone in milliseconds if wanted"
        )
    return str(value)


_DIGITS = re.compile(r"[0-9#*wW]+(?:@[0-9]+)?", re.ASCII)
_SOUND = partial(word_or_url, words=("beep:1", "beep:2", "none"))
_METHOD: Check = partial(choice, allowed=("GET", "POST"))

_OPTIONS: dict[str, Check] = {
    "caller_name": partial(text, longest=50),
    "call_status_callback_url": url,
    "call_status_callback_method": _METHOD,
    "sip_headers": _sip_headers,
    "confirm_key": partial(choice, allowed=tuple("0123456789#*")),
    "confirm_key_sound_url": url,
    "confirm_key_sound_method": _METHOD,
    "dial_music": partial(word_or_url, words=("real", "none")),
    "ring_timeout": check_ring_timeout,
    "delay_dial": check_delay_dial,
    "max_duration": partial(integer, least=300, most=28_800, unit=" seconds"),
    "max_participants": partial(integer, least=2, most=10),
    "record_min_member_count": partial(integer, least=1, most=2),
    "wait_music_url": url,
    "wait_music_method": _METHOD,
    "agent_hold_music_url": url,
    "agent_hold_music_method": _METHOD,
    "customer_hold_music_url": url,
    "customer_hold_music_method": _METHOD,
    "recording_callback_url": url,
    "recording_callback_method": _METHOD,
    "status_callback_url": url,
    "status_callback_method": _METHOD,
    "status_callback_events": _events,
    "on_exit_action_url": url,
    "on_exit_action_method": _METHOD,
    "record": boolean,
    "record_participant_track": boolean,
    "record_file_format": partial(choice, allowed=("mp3", "wav")),
    "stay_alone": boolean,
    "coach_mode": boolean,
    "mute": boolean,
    "hold": boolean,
    "start_mpc_on_enter": boolean,
    "end_mpc_on_exit": boolean,
    "relay_dtmf_inputs": boolean,
    "enter_sound": _SOUND,
    "enter_sound_method": _METHOD,
    "exit_sound": _SOUND,
    "exit_sound_method": _METHOD,
    "start_recording_audio": url,
    "start_recording_audio_method": _METHOD,
    "stop_recording_audio": url,
    "stop_recording_audio_method": _METHOD,
    "create_mpc_with_single_participant": boolean,
    "send_digits": _send_digits,
    "send_on_preanswer": boolean,
    "transcript": boolean,
    "transcription_url": url,
}
"""Every option with its check, in the order of Plivo's table, which is the order on the wire."""

_DIAL_OPTIONS = (
    "caller_name",
    "call_status_callback_url",
    "call_status_callback_method",
    "sip_headers",
    "confirm_key",
    "confirm_key_sound_url",
    "confirm_key_sound_method",
    "dial_music",
    "ring_timeout",
    "delay_dial",
    "send_digits",
    "send_on_preanswer",
)
_ALLOWED = ("role", "from_", "to", "call_uuid", *_OPTIONS)
