"""Reading a request to make calls. Source: Plivo docs, Make a call. That what is out of its range is a 400 is presumed.

What the emulator has no use for is checked all the same.
"""

import re
from collections.abc import Mapping
from typing import Any

from ..world._phones import bare
from ..world._settings import Settings
from ..world._values import CallHooks, Calling, Detection
from ._arguments import flag, hook, integer, refuse, text
from ._job import Arguments
from ._joining import DIGITS, NUMBER, SIP

MOST_CALLS = 1000
"""Destinations of one request at most. Source: Plivo's older docs."""

_LONGEST = 86_400  # seconds; more is cut to it
_FOREVER = 10**9
_HEADERS = re.compile(r"[A-Za-z0-9]+=[A-Za-z0-9%]*(,[A-Za-z0-9]+=[A-Za-z0-9%]*)*,?")
_DETECTION: Mapping[str, tuple[int, int]] = {
    "machine_detection_time": (2000, 10_000),
    "machine_detection_maximum_speech_length": (1000, 6000),
    "machine_detection_initial_silence": (2000, 10_000),
    "machine_detection_maximum_words": (2, 10),
    "machine_detection_initial_greeting": (1000, 5000),
}


def read_calling(arguments: Arguments, settings: Settings) -> Calling:
    """What is asked for.

    Raises:
        RefusedError: 400: an argument is missing, or out of its form or range.
    """
    from_, to = text(arguments, "from"), _joined(arguments)
    if not from_:
        refuse("from", "missing")
    _check_idle(arguments)
    parent = text(arguments, "parent_call_uuid")
    phones = _phones(from_, to)
    if parent is not None and len(phones) > 1:
        refuse("parent_call_uuid", "for a single destination only")
    return Calling(
        from_=from_,
        to=phones,
        hooks=_hooks(arguments, settings),
        ring_timeout=_or(integer(arguments, "ring_timeout", 0, _FOREVER), 120),
        time_limit=min(_or(integer(arguments, "time_limit", 1, _FOREVER), 14_400), _LONGEST),
        hangup_on_ring=integer(arguments, "hangup_on_ring", 0, _FOREVER),
        detection=_detection(arguments),
        caller_name=text(arguments, "caller_name") or "",
        send_digits=text(arguments, "send_digits"),
        sip_headers=_headers(arguments),
        parent_call_uuid=parent,
        needs_parent=flag(arguments, "error_if_parent_not_found") or False,
    )


def _or(given: int | None, usual: int) -> int:
    return usual if given is None else given


def _joined(arguments: Arguments) -> str:
    """As a text; Node's and Java's SDKs join the arrays that they are given."""
    to = text(arguments, "to")
    if not to:
        refuse("to", "missing")
    return to


def _phones(from_: str, to: str) -> tuple[str, ...]:
    phones = tuple(phone.strip() for phone in to.split("<"))
    for phone in phones:
        if not NUMBER.fullmatch(phone) and not SIP.fullmatch(phone):
            refuse("to", f"{phone!r} is neither a number nor a SIP URI")
        if bare(phone) == bare(from_):
            refuse("to", "the same as from")
    if len(set(phones)) > MOST_CALLS:
        refuse("to", f"{len(set(phones))} destinations, and {MOST_CALLS} are the most")
    return phones


def _hooks(arguments: Arguments, settings: Settings) -> CallHooks:
    answer = hook(arguments, "answer", "POST")
    if answer is None:
        refuse("answer_url", "missing")
    hangup = hook(arguments, "hangup", "POST")
    return CallHooks(
        ring=hook(arguments, "ring", "POST"),
        answer=answer,
        fallback=hook(arguments, "fallback", "POST"),
        hangup=answer if hangup is None and settings.hangup_url_default == "answer_url" else hangup,
        detection=hook(arguments, "machine_detection", "POST"),
    )


def _detection(arguments: Arguments) -> Detection | None:
    bounds = {key: integer(arguments, key, low, high) for key, (low, high) in _DETECTION.items()}
    given = arguments.get("machine_detection")
    if given not in (None, True, False, "true", "false", "hangup"):
        refuse("machine_detection", "neither true nor hangup")
    if given in (None, False, "false"):
        return None
    return Detection(given == "hangup", _or(bounds["machine_detection_time"], 5000) / 1000)


def _headers(arguments: Arguments) -> tuple[tuple[str, str], ...]:
    given = text(arguments, "sip_headers")
    if given is None:
        return ()
    if not _HEADERS.fullmatch(given):
        refuse("sip_headers", "not of the form name=value,name=value, of letters and digits")
    return tuple((name, value) for name, _, value in (one.partition("=") for one in given.split(",") if one))


def _check_idle(arguments: Arguments) -> None:
    flag(arguments, "send_on_preanswer")
    forms: tuple[tuple[str, re.Pattern[str], str], ...] = (
        ("caller_name", re.compile(r".{1,50}", re.DOTALL), "longer than 50 characters"),
        ("send_digits", DIGITS, "not digits, w, W and @ with a length"),
    )
    for key, form, reason in forms:
        given: Any = text(arguments, key)
        if given is not None and not form.fullmatch(given):
            refuse(key, reason)
