"""From XML to what a call does next, step by step. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ..api._arguments import METHODS, choice, hook, integer, is_url, refuse, text, url
from ..api._job import Arguments
from ..api._joining import DIGITS, NUMBER, SIP, read_joining
from ..world._settings import Settings
from ..world._values import CallHooks, Calling, Hook, Joining, NewCallRecording
from ._attributes import KNOWN, Refuse, arguments_of, lenient, said
from ._xml import Element

_DAY = 86_400
_REASONS: tuple[Literal["rejected", "busy"], ...] = ("rejected", "busy")
FOREVER = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Something is heard, or nothing, for so many seconds."""

    seconds: float
    speaks: str | None = None
    plays: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """Pauses before the call is answered."""

    steps: tuple[Pause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meet:
    """It joins a conference, and goes on when it has left."""

    line: int
    name: str
    joining: Joining


@dataclass(frozen=True, slots=True, kw_only=True)
class GoTo:
    """Other XML is carried out in place of this."""

    hook: Hook


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp:
    """It ends: at once, or so many seconds later while the rest is carried out."""

    reason: Literal["rejected", "busy"] | None
    schedule: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Digits are sent."""

    digits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """It is recorded: the rest waits until that is over, unless it is for the `session`."""

    new: NewCallRecording
    session: bool
    keys: str
    action: Hook | None
    redirect: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gather:
    """Keys are listened for."""

    prompt: float
    """Seconds of what is heard meanwhile."""
    first: int
    """Seconds from its end to the first key."""
    following: float
    """Seconds from one key to the next."""
    most: int
    finish: str
    action: Hook | None
    redirect: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """Others are dialled; the first to answer is connected."""

    line: int
    calling: Calling
    star: bool
    action: Hook | None
    redirect: bool


Step = Pause | Before | Meet | GoTo | HangUp | Send | Record | Gather | Connect


@dataclass(frozen=True, slots=True)
class _Context:
    from_: str
    """Whom a call is from."""
    call_uuid: str
    settings: Settings
    refuse: Refuse


def read_steps(
    response: Element, *, from_: str, call_uuid: str, settings: Settings
) -> tuple[list[Step], list[tuple[int, str]]]:
    """What is to be done, and what was refused: the line, and what is wrong there.

    Args:
        response: The document.
        from_: The number of whoever calls.
        call_uuid: Of the call.
        settings: How the emulator behaves where nobody knows.
    """
    refused: dict[tuple[int, str], None] = {}  # an element may be read more than once
    context = _Context(from_, call_uuid, settings, lambda line, why: refused.setdefault((line, why)))
    found = [step for element in response if (step := _step(element, context)) is not None]
    if response.text:
        context.refuse(response.line, "<Response> holds text that is in no element")
    return found, list(refused)


def _step(element: Element, context: _Context) -> Step | None:
    reader = _READERS.get(element.name)
    if reader is None:
        context.refuse(element.line, f"<{element.name}> is not known here")
        return None
    arguments = arguments_of(element, context.refuse)
    allowed = _CHILDREN.get(element.name, frozenset())
    for child in element if element.name != "Speak" else ():  # whose children are SSML
        if child.name not in allowed:
            context.refuse(child.line, f"<{child.name}> is not allowed in <{element.name}>")

    def read(values: Arguments) -> Step:
        return reader(element, values, context)

    return lenient(element, read, arguments, context.refuse)


def _inner(element: Element, context: _Context) -> list[Pause]:
    steps = (_step(child, context) for child in element if child.name in _SOUNDS)
    return [step for step in steps if isinstance(step, Pause)]


# ---- Each element ---------------------------------------------------------------------------------------------------


def _times(arguments: Arguments, seconds: float) -> float:
    loop = integer(arguments, "loop", 0, 10**9)
    return FOREVER if loop == 0 else seconds * (1 if loop is None else loop)


def _speak(element: Element, arguments: Arguments, context: _Context) -> Step:
    if not element.text and not element.children:
        refuse("text", "nothing to say")
    return Pause(seconds=_times(arguments, context.settings.speak_seconds), speaks=element.text)


def _play(element: Element, arguments: Arguments, context: _Context) -> Step:
    if not is_url(element.text):
        refuse("text", "not a URL")
    return Pause(seconds=_times(arguments, context.settings.play_seconds), plays=element.text)


def _wait(element: Element, arguments: Arguments, context: _Context) -> Step:
    length = integer(arguments, "length", 1, _DAY)
    return Pause(seconds=1 if length is None else length)


def _redirect(element: Element, arguments: Arguments, context: _Context) -> Step:
    if not is_url(element.text):
        refuse("text", "not a URL")
    return GoTo(hook=Hook(url=element.text, method=choice(arguments, "method", METHODS) or "POST"))


def _hangup(element: Element, arguments: Arguments, context: _Context) -> Step:
    reason = choice(arguments, "reason", _REASONS)
    return HangUp(reason=reason, schedule=integer(arguments, "schedule", 1, _DAY))


def _before(element: Element, arguments: Arguments, context: _Context) -> Step:
    return Before(steps=tuple(_inner(element, context)))


def _send(element: Element, arguments: Arguments, context: _Context) -> Step:
    if not DIGITS.fullmatch(element.text):
        refuse("text", "not digits, w, W and @ with a length")
    return Send(digits=element.text)


def _record(element: Element, arguments: Arguments, context: _Context) -> Step:
    url(arguments, "transcription_url")
    session = said(arguments, "record_session", False)
    length = integer(arguments, "max_length", 1, _DAY)
    file_format = choice(arguments, "file_format", ("mp3", "wav")) or "mp3"
    new = NewCallRecording(
        file_format="wav" if file_format == "wav" else "mp3",
        time_limit=(_DAY if session else 60) if length is None else length,
        callback=hook(arguments, "callback", "POST"),
        by_xml=True,
    )
    return Record(
        new=new,
        session=session,
        keys=_keys(arguments, "1234567890*#"),
        action=hook(arguments, "action", "POST"),
        redirect=said(arguments, "redirect", True),
    )


def _gather(element: Element, arguments: Arguments, context: _Context) -> Step:
    kind = choice(arguments, "input_type", ("dtmf", "speech", "dtmf speech", "speech dtmf"))
    if kind is None:
        refuse("input_type", "missing")
    first = integer(arguments, "execution_timeout", 5, 60)
    most = integer(arguments, "num_digits", 1, 32)
    return Gather(
        prompt=sum(step.seconds for step in _inner(element, context)),
        first=15 if first is None else first,
        following=_following(arguments),
        most=32 if most is None else most,
        finish=_keys(arguments, "#"),
        action=hook(arguments, "action", "POST"),
        redirect=said(arguments, "redirect", True),
    )


def _following(arguments: Arguments) -> float:
    """From one key to the next; how long `auto` is, is unverified."""
    given = text(arguments, "digit_end_timeout")
    if given is None or given.lower() == "auto":
        return 2.0
    if not given.isascii() or not given.isdigit() or not 2 <= int(given[:9]) <= 10:
        refuse("digit_end_timeout", "neither auto nor between 2 and 10")
    return float(given)


def _keys(arguments: Arguments, usual: str) -> str:
    given = text(arguments, "finish_on_key")
    if given is None:
        return usual
    if given.lower() == "none":
        return ""
    if not set(given) <= set("0123456789*#"):
        refuse("finish_on_key", "not of 0 to 9, * and #")
    return given


def _connect(element: Element, arguments: Arguments, context: _Context) -> Step:
    to = []
    for child in element:
        if child.name in ("Number", "User"):
            arguments_of(child, context.refuse)
            if (NUMBER if child.name == "Number" else SIP).fullmatch(child.text):
                to.append(child.text)
            else:
                context.refuse(child.line, f"<{child.name}> is no {'number' if child.name == 'Number' else 'SIP URI'}")
    if not to:
        refuse("text", "nobody to dial")
    timeout, limit = integer(arguments, "timeout", 1, _DAY), integer(arguments, "time_limit", 1, _DAY)
    url(arguments, "callback_url")
    calling = Calling(
        from_=text(arguments, "caller_id") or context.from_,
        to=tuple(to),
        hooks=CallHooks(),
        ring_timeout=120 if timeout is None else timeout,
        time_limit=14_400 if limit is None else limit,
        caller_name=text(arguments, "caller_name") or "",
        parent_call_uuid=context.call_uuid,
    )
    return Connect(
        line=element.line,
        calling=calling,
        star=said(arguments, "hangup_on_star", False),
        action=hook(arguments, "action", "POST"),
        redirect=said(arguments, "redirect", True),
    )


def _meet(element: Element, arguments: Arguments, context: _Context) -> Step:
    if not element.text:
        refuse("name", "missing")
    integer(arguments, "wait_time", 0, 1800)
    for key in ("wait_for_agent", "record_coach_voice"):
        said(arguments, key, False)
    _check_stream(arguments)
    usual = {
        "status_callback_method": "POST",
        "recording_callback_method": context.settings.xml_recording_callback_method,
        "call_uuid": context.call_uuid,
    }
    joining = read_joining({**usual, **arguments}, context.settings)
    return Meet(line=element.line, name=element.text, joining=joining)


def _check_stream(arguments: Arguments) -> None:
    for key in [one for one in arguments if one.startswith("ai_agent_")]:
        if (text(arguments, "role") or "").lower() != "ai-agent":
            refuse(key, "for the role ai-agent only")
    for key in ("ai_agent_stream_service_url", "ai_agent_stream_status_callback_url"):
        given = text(arguments, key)
        if given is not None and not is_url(given) and not given.startswith(("ws://", "wss://")):
            refuse(key, "not a URL")
    choice(arguments, "ai_agent_stream_status_callback_method", ("GET", "POST"))


_SOUNDS = ("Speak", "Play", "Wait")
_READERS: dict[str, Callable[[Element, Any, _Context], Step]] = {
    "Speak": _speak,
    "Play": _play,
    "Wait": _wait,
    "Redirect": _redirect,
    "Hangup": _hangup,
    "PreAnswer": _before,
    "DTMF": _send,
    "Record": _record,
    "GetInput": _gather,
    "Dial": _connect,
    "MultiPartyCall": _meet,
}
_CHILDREN = {
    "PreAnswer": frozenset(_SOUNDS),
    "GetInput": frozenset(_SOUNDS),
    "Dial": frozenset({"Number", "User"}),
}
assert set(_READERS) <= set(KNOWN)  # noqa: S101
