"""What the attributes of each element are, and how they are read: what is wrong is left out, and told. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ..api._arguments import flag
from ..api._job import Arguments, RefusedError
from ._xml import Element

T = TypeVar("T")

Refuse = Callable[[int, str], object]
"""Is told a line, and what is wrong there."""

_ACTION = {"action": "action_url", "method": "action_method"}
_CALLBACK = {"callbackUrl": "callback_url", "callbackMethod": "callback_method"}
_TRANSCRIPTION = {"transcriptionType": "", "transcriptionUrl": "transcription_url", "transcriptionMethod": ""}

KNOWN: Mapping[str, Mapping[str, str]] = {
    "Speak": dict.fromkeys(("voice", "language", "type"), "") | {"loop": "loop"},
    "Play": {"loop": "loop"},
    "Wait": {"length": "length", "silence": "", "minSilence": "", "beep": ""},
    "Redirect": {"method": "method"},
    "Hangup": {"reason": "reason", "schedule": "schedule"},
    "PreAnswer": {},
    "DTMF": {"async": ""},
    "Record": _ACTION
    | _CALLBACK
    | _TRANSCRIPTION
    | {"fileFormat": "file_format", "redirect": "redirect", "maxLength": "max_length", "finishOnKey": "finish_on_key"}
    | {"recordSession": "record_session", "timeout": "", "playBeep": "", "startOnDialAnswer": ""}
    | {"recordChannelType": ""},
    "GetInput": _ACTION
    | {"inputType": "input_type", "executionTimeout": "execution_timeout", "digitEndTimeout": "digit_end_timeout"}
    | {"numDigits": "num_digits", "finishOnKey": "finish_on_key", "redirect": "redirect"}
    | dict.fromkeys(("speechEndTimeout", "speechModel", "hints", "language", "log", "profanityFilter"), "")
    | dict.fromkeys(("interimSpeechResultsCallback", "interimSpeechResultsCallbackMethod"), ""),
    "Dial": _ACTION
    | _CALLBACK
    | {"timeLimit": "time_limit", "timeout": "timeout", "callerId": "caller_id", "callerName": "caller_name"}
    | {"hangupOnStar": "hangup_on_star", "redirect": "redirect"}
    | dict.fromkeys(("confirmSound", "confirmKey", "confirmTimeout", "dialMusic", "digitsMatch"), "")
    | dict.fromkeys(("digitsMatchBLeg", "sipHeaders", "enableAnonymousCallerId"), ""),
    "Number": dict.fromkeys(("sendDigits", "sendOnPreanswer", "sendDigitsMode"), ""),
    "User": dict.fromkeys(("sendDigits", "sendOnPreanswer", "sipHeaders"), ""),
    "MultiPartyCall": {
        "role": "role",
        "maxDuration": "max_duration",
        "maxParticipants": "max_participants",
        "recordMinMemberCount": "record_min_member_count",
        "waitMusicUrl": "wait_music_url",
        "waitMusicMethod": "wait_music_method",
        "waitTime": "wait_time",
        "waitForAgent": "wait_for_agent",
        "agentHoldMusicUrl": "agent_hold_music_url",
        "agentHoldMusicMethod": "agent_hold_music_method",
        "customerHoldMusicUrl": "customer_hold_music_url",
        "customerHoldMusicMethod": "customer_hold_music_method",
        "record": "record",
        "recordParticipantTrack": "record_participant_track",
        "recordFileFormat": "record_file_format",
        "recordCoachVoice": "record_coach_voice",
        "recordingCallbackUrl": "recording_callback_url",
        "recordingCallbackMethod": "recording_callback_method",
        "startRecordingAudio": "start_recording_audio",
        "startRecordingAudioMethod": "start_recording_audio_method",
        "stopRecordingAudio": "stop_recording_audio",
        "stopRecordingAudioMethod": "stop_recording_audio_method",
        "statusCallbackUrl": "status_callback_url",
        "statusCallbackMethod": "status_callback_method",
        "statusCallbackEvents": "status_callback_events",
        "stayAlone": "stay_alone",
        "coachMode": "coach_mode",
        "mute": "mute",
        "hold": "hold",
        "startMpcOnEnter": "start_mpc_on_enter",
        "endMpcOnExit": "end_mpc_on_exit",
        "enterSound": "enter_sound",
        "enterSoundMethod": "enter_sound_method",
        "exitSound": "exit_sound",
        "exitSoundMethod": "exit_sound_method",
        "onExitActionUrl": "on_exit_action_url",
        "onExitActionMethod": "on_exit_action_method",
        "relayDTMFInputs": "relay_dtmf_inputs",
        "transcript": "transcript",
        "transcriptionUrl": "transcription_url",
        "aiAgentStreamServiceUrl": "ai_agent_stream_service_url",
        "aiAgentStreamContentType": "ai_agent_stream_content_type",
        "aiAgentStreamStatusCallbackUrl": "ai_agent_stream_status_callback_url",
        "aiAgentStreamStatusCallbackMethod": "ai_agent_stream_status_callback_method",
        "aiAgentStreamSamplingRate": "ai_agent_stream_sampling_rate",
        "aiAgentStreamExtraHeaders": "ai_agent_stream_extra_headers",
    },
}
"""The attributes that each element may have, and what they are called within; "" for those of no consequence here.

Source: Plivo docs and SDKs; those of `GetInput`, `Record` and `Dial` from memory of these, unverified.
"""

_INTEGERS = frozenset(
    [
        "loop",
        "length",
        "schedule",
        "max_length",
        "execution_timeout",
        "num_digits",
        "time_limit",
        "timeout",
        "max_duration",
        "max_participants",
        "record_min_member_count",
        "wait_time",
        "ai_agent_stream_sampling_rate",
    ]
)


def arguments_of(element: Element, refuse: Refuse) -> dict[str, Any]:
    """What an element says, by the names within; names of attributes are matched in any case. Empty is not given."""
    known = {name.lower(): key for name, key in KNOWN[element.name].items()}
    found: dict[str, Any] = {}
    for name, value in element.attributes.items():
        key = known.get(name.lower())
        if key is None:
            refuse(element.line, f"<{element.name}> has no attribute {name}")
        elif key and value.strip():
            found[key] = _typed(key, value.strip())
    return found


def _typed(key: str, value: str) -> Any:
    if key in _INTEGERS and re.fullmatch(r"-?[0-9]{1,9}", value, re.ASCII):
        return int(value)
    return value.lower() if value.lower() in ("true", "false") else value


def lenient(element: Element, read: Callable[[Arguments], T], arguments: dict[str, Any], refuse: Refuse) -> T | None:
    """What `read` makes of the arguments, without those that it refuses; None if it can't do without one of them."""
    written = {key: name for name, key in KNOWN[element.name].items()}
    while True:
        try:
            return read(arguments)
        except RefusedError as error:
            key, _, why = error.detail.partition(": ")
            refuse(element.line, f"<{element.name}> {written.get(key, key)}: {why}")
            if arguments.pop(key, None) is None:
                return None


def said(arguments: Arguments, key: str, usual: bool) -> bool:
    """A flag, or the usual."""
    value = flag(arguments, key)
    return usual if value is None else value
