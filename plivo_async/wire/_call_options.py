"""The options of making a call, and the check of each."""

from collections.abc import Mapping
from functools import partial
from typing import Literal, TypedDict, get_args

from .._public import public
from ._checks import METHODS, HttpMethod, boolean, call_uuid, choice, integer, text, url
from ._filters import Check
from ._participant_checks import send_digits, sip_headers

MachineDetection = Literal["true", "hangup"]
"""What is done about answering machines: they are told of, or hung up on."""


@public
class CallOptions(TypedDict, total=False):
    """What may be said of a phone call that is made. What is left out is left to Plivo.

    A URL begins with http:// or https://. Source: Plivo docs, Call, "Make a call"; the last four: its current docs,
    "Machine detection", alone.
    """

    answer_method: HttpMethod | None
    """How `answer_url` is requested. Plivo: POST."""
    ring_url: str | None
    """Told when it begins to ring."""
    ring_method: HttpMethod | None
    """How `ring_url` is requested. Plivo: POST."""
    hangup_url: str | None
    """Told when the call is over. Give it: without one, older documents have hangups arrive at `answer_url`."""
    hangup_method: HttpMethod | None
    """How `hangup_url` is requested. Plivo: POST."""
    fallback_url: str | None
    """Asked for XML when `answer_url` has failed."""
    fallback_method: HttpMethod | None
    """How `fallback_url` is requested. Plivo: POST."""
    caller_name: str | None
    """The caller's name that is shown, 1 to 50 characters."""
    send_digits: str | None
    """Tones sent once the phone is answered: digits, `#`, `*`, `w` (waits 0.5 s), `W` (waits 1 s); `@` and milliseconds
    at the end set the length of a tone."""
    send_on_preanswer: bool | None
    """Whether `send_digits` are sent before the answer. Plivo: False."""
    time_limit: int | None
    """Seconds after the answer at which it is ended, 1 or more; Plivo cuts more than 24 hours. Plivo: 14400."""
    hangup_on_ring: int | None
    """Seconds after the first ring at which it is ended, 0 or more."""
    ring_timeout: int | None
    """Seconds for which it rings, 0 or more. Plivo: 120 (45 for a participant of a conference)."""
    machine_detection: MachineDetection | None
    """"true" tells of answering machines, "hangup" ends the call then. Plivo: neither."""
    machine_detection_time: int | None
    """Milliseconds that detection takes, 2000 to 10000. Plivo: 5000."""
    machine_detection_url: str | None
    """Told of a machine; with it, detection runs beside the call."""
    machine_detection_method: HttpMethod | None
    """How `machine_detection_url` is requested. Plivo: POST."""
    sip_headers: Mapping[str, str] | None
    """SIP headers, delivered with the prefix `X-PH-`, and with every callback. Keys and values without `,` and `=`."""
    parent_call_uuid: str | None
    """A call at whose site this one is made; with one destination only."""
    error_if_parent_not_found: bool | None
    """Whether it is refused where that call isn't there. Plivo: False."""
    machine_detection_maximum_speech_length: int | None
    """Milliseconds, 1000 to 6000. Plivo: 5000."""
    machine_detection_initial_silence: int | None
    """Milliseconds, 2000 to 10000. Plivo: 4500."""
    machine_detection_maximum_words: int | None
    """2 to 10. Plivo: 3."""
    machine_detection_initial_greeting: int | None
    """Milliseconds, 1000 to 5000. Plivo: 1500."""


def _parent(name: str, value: object) -> str:
    return call_uuid(value, name)


_method: Check = partial(choice, allowed=METHODS)
_milliseconds = partial(integer, unit=" milliseconds")
_seconds = partial(integer, unit=" seconds")

OPTIONS: dict[str, Check] = {
    "answer_method": _method,
    "ring_url": url,
    "ring_method": _method,
    "hangup_url": url,
    "hangup_method": _method,
    "fallback_url": url,
    "fallback_method": _method,
    "caller_name": partial(text, longest=50),
    "send_digits": send_digits,
    "send_on_preanswer": boolean,
    "time_limit": partial(_seconds, least=1),
    "hangup_on_ring": partial(_seconds, least=0),
    "ring_timeout": partial(_seconds, least=0),
    "machine_detection": partial(choice, allowed=get_args(MachineDetection)),
    "machine_detection_time": partial(_milliseconds, least=2_000, most=10_000),
    "machine_detection_url": url,
    "machine_detection_method": _method,
    "sip_headers": sip_headers,
    "parent_call_uuid": _parent,
    "error_if_parent_not_found": boolean,
    "machine_detection_maximum_speech_length": partial(_milliseconds, least=1_000, most=6_000),
    "machine_detection_initial_silence": partial(_milliseconds, least=2_000, most=10_000),
    "machine_detection_maximum_words": partial(integer, least=2, most=10),
    "machine_detection_initial_greeting": partial(_milliseconds, least=1_000, most=5_000),
}
"""Every option with its check, in the order of Plivo's table, which is the order on the wire."""
