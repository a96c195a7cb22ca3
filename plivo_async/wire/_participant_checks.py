"""The check of every option of `add_participant`."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import get_args

from .._errors import invalid
from ._checks import METHODS, boolean, choice, integer, shown, text, url, word_or_url
from ._destinations import check_delay_dial, check_ring_timeout
from ._participant_options import ConfirmKey, EventGroup, ParticipantOptions
from ._recordings import FILE_FORMATS

Check = Callable[[str, object], object]
"""From an argument's name and value to what is sent; None if that is nothing."""

_EVENT_GROUPS: tuple[str, ...] = get_args(EventGroup)
_DIGITS = re.compile(r"[0-9#*wW]+(?:@[0-9]+)?", re.ASCII)


def sip_headers(name: str, value: object) -> str | None:
    """Pairs as `k=v,k2=v2`; None if there are none. The messages tell keys, but no values."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a mapping of str to str, not {type(value).__name__}")
    pairs = [
        f"{_sip_text(f'a key of {name}', key)}={_sip_text(f'{name}[{shown(key)}]', one)}" for key, one in value.items()
    ]
    return ",".join(pairs) or None


def _sip_text(name: str, value: object) -> str:
    found = text(name, value)
    if "," in found or "=" in found:
        raise invalid(name, "must contain neither ',' nor '=': they part the headers on the wire")
    return found


def _events(name: str, value: object) -> str:
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        kind = type(value).__name__
        raise TypeError(f"{name} must be a list of event groups, such as ['mpc-state-changes'], not {kind}")
    if not value:
        raise invalid(name, f"is empty; give at least one of {', '.join(_EVENT_GROUPS)}, or leave it out")
    groups = [choice(f"{name}[{index}]", group, _EVENT_GROUPS) for index, group in enumerate(value)]
    for index, group in enumerate(groups):
        if group in groups[:index]:
            raise invalid(f"{name}[{groups.index(group)}]", f"and [{index}] are the same; give each once")
    return ",".join(groups)


def send_digits(name: str, value: object) -> str:
    """Tones; they may be a secret, so the message doesn't tell them."""
    found = text(name, value)
    if not _DIGITS.fullmatch(found):
        raise invalid(
            name,
            "must be digits, '#', '*', 'w' (waits 0.5 s) and 'W' (waits 1 s), "
            "then '@' and the length of a tone in milliseconds if wanted",
        )
    return found


_method: Check = partial(choice, allowed=METHODS)
_sound: Check = partial(word_or_url, words=("beep:1", "beep:2", "none"))

OPTIONS: dict[str, Check] = {
    "caller_name": partial(text, longest=50),
    "call_status_callback_url": url,
    "call_status_callback_method": _method,
    "sip_headers": sip_headers,
    "confirm_key": partial(choice, allowed=get_args(ConfirmKey)),
    "confirm_key_sound_url": url,
    "confirm_key_sound_method": _method,
    "dial_music": partial(word_or_url, words=("real", "none")),
    "ring_timeout": check_ring_timeout,
    "delay_dial": check_delay_dial,
    "max_duration": partial(integer, least=300, most=28_800, unit=" seconds"),
    "max_participants": partial(integer, least=2, most=10),
    "record_min_member_count": partial(integer, least=1, most=2),
    "wait_music_url": url,
    "wait_music_method": _method,
    "agent_hold_music_url": url,
    "agent_hold_music_method": _method,
    "customer_hold_music_url": url,
    "customer_hold_music_method": _method,
    "recording_callback_url": url,
    "recording_callback_method": _method,
    "status_callback_url": url,
    "status_callback_method": _method,
    "status_callback_events": _events,
    "on_exit_action_url": url,
    "on_exit_action_method": _method,
    "record": boolean,
    "record_participant_track": boolean,
    "record_file_format": partial(choice, allowed=FILE_FORMATS),
    "stay_alone": boolean,
    "coach_mode": boolean,
    "mute": boolean,
    "hold": boolean,
    "start_mpc_on_enter": boolean,
    "end_mpc_on_exit": boolean,
    "relay_dtmf_inputs": boolean,
    "enter_sound": _sound,
    "enter_sound_method": _method,
    "exit_sound": _sound,
    "exit_sound_method": _method,
    "start_recording_audio": url,
    "start_recording_audio_method": _method,
    "stop_recording_audio": url,
    "stop_recording_audio_method": _method,
    "create_mpc_with_single_participant": boolean,
    "send_digits": send_digits,
    "send_on_preanswer": boolean,
    "transcript": boolean,
    "transcription_url": url,
}
"""Every option with its check, in the order of Plivo's table, which is the order on the wire."""

DIAL_OPTIONS = tuple(name for name in OPTIONS if name not in ParticipantOptions.__optional_keys__)
"""Those that make sense only where a phone is rung."""
