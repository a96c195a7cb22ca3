"""What is asked of phone calls, and that no path is ever that of all calls."""

import inspect
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async import InvalidArgumentError as Invalid
from plivo_async import wire
from plivo_async._raw import raw_request
from plivo_async.wire import (
    Request,
    cancel_request,
    conference,
    conference_by_uuid,
    delete_application,
    delete_recording,
    get_account,
    get_application,
    get_call,
    get_live_call,
    get_number,
    get_queued_call,
    get_recording,
    get_subaccount,
    hang_up,
    list_calls,
    list_ids,
    make_call,
    member,
    play_to_call,
    record_call,
    rest_of_ids,
    send_digits_to_call,
    speak_to_call,
    stop_playing_to_call,
    stop_recording_call,
    stop_speaking_to_call,
    transfer,
    update_application,
    update_number,
)

from .support import CALL, HOOK, asked, segments, sent

FROM, TO = "+14151234567", "+14157654321"


def made(to: object = TO, **options: object) -> Request:
    """Make a call."""
    return make_call(FROM, to, HOOK, options)


# ---- Each operation -------------------------------------------------------------------------------------------------


def test_making_a_call() -> None:
    """One number, or several joined by `<`; never repeated, and counted as so many phones."""
    one = made()
    assert segments(one) == ["Call"]
    assert sent(one) == {"from": FROM, "to": TO, "answer_url": HOOK}
    assert (one.operation, one.method, one.effect.value, one.rings, one.order_key) == (
        "Make call",
        "POST",
        "neither",
        1,
        "",
    )
    several = made([TO, "sip:a@example.com"])
    assert sent(several)["to"] == f"{TO}<sip:a@example.com"
    assert (several.rings, several.target) == (2, "2 destinations")
    assert TO not in repr(several)


def test_every_option_of_a_call() -> None:
    """They are sent in the order of Plivo's table, whatever order they are given in."""
    options: dict[str, Any] = {
        "answer_method": "GET",
        "ring_url": HOOK,
        "ring_method": "GET",
        "hangup_url": HOOK,
        "hangup_method": "POST",
        "fallback_url": HOOK,
        "fallback_method": "POST",
        "caller_name": "Support",
        "send_digits": "1w2@200",
        "send_on_preanswer": False,
        "time_limit": 60,
        "hangup_on_ring": 0,
        "ring_timeout": 30,
        "machine_detection": "hangup",
        "machine_detection_time": 2000,
        "machine_detection_url": HOOK,
        "machine_detection_method": "GET",
        "sip_headers": {"a": "b"},
        "parent_call_uuid": CALL,
        "error_if_parent_not_found": False,
        "machine_detection_maximum_speech_length": 1000,
        "machine_detection_initial_silence": 2000,
        "machine_detection_maximum_words": 2,
        "machine_detection_initial_greeting": 1000,
    }
    body = sent(made(**dict(reversed(options.items()))))
    assert list(body)[3:] == list(options)
    assert body == {"from": FROM, "to": TO, "answer_url": HOOK, **options, "sip_headers": "a=b"}
    assert set(options) == set(wire.CallOptions.__optional_keys__)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"to": []}, "to"),
        ({"to": [TO, TO.removeprefix("+")]}, "to"),
        ({"to": f"{TO}<{TO}1"}, "to"),
        ({"to": FROM.removeprefix("+")}, "from_"),
        ({"to": [f"+1415{number:07}" for number in range(1001)]}, "to"),
        ({"to": "call me"}, "to"),
        ({"ring_method": "GET"}, "ring_method"),
        ({"hangup_url": "ftp://x"}, "hangup_url"),
        ({"time_limit": 0}, "time_limit"),
        ({"ring_timeout": -1}, "ring_timeout"),
        ({"machine_detection": "yes"}, "machine_detection"),
        ({"machine_detection_time": 1999}, "machine_detection_time"),
        ({"caller_name": "x" * 51}, "caller_name"),
        ({"parent_call_uuid": CALL, "to": [TO, f"{TO}1"]}, "parent_call_uuid"),
    ],
)
def test_a_call_that_is_not_made(options: dict[str, Any], named: str) -> None:
    """Wrong arguments are named, and no message tells a number."""
    with pytest.raises(Invalid) as caught:
        made(**options)
    assert caught.value.argument == named
    assert "7654321" not in str(caught.value)


OF_A_CALL: list[tuple[Callable[..., Request], str, list[str], str, str]] = [
    (get_call, "GET", [], "", "safe"),
    (get_live_call, "GET", [], "status=live", "safe"),
    (get_queued_call, "GET", [], "status=queued", "safe"),
    (hang_up, "DELETE", [], "", "idempotent"),
    (lambda uuid: transfer(uuid, {"aleg_url": HOOK}), "POST", [], "", "neither"),
    (lambda uuid: record_call(uuid, {}), "POST", ["Record"], "", "neither"),
    (stop_recording_call, "DELETE", ["Record"], "", "idempotent"),
    (lambda uuid: play_to_call(uuid, {"urls": HOOK}), "POST", ["Play"], "", "neither"),
    (stop_playing_to_call, "DELETE", ["Play"], "", "idempotent"),
    (lambda uuid: speak_to_call(uuid, {"text": "hi"}), "POST", ["Speak"], "", "neither"),
    (stop_speaking_to_call, "DELETE", ["Speak"], "", "idempotent"),
    (lambda uuid: send_digits_to_call(uuid, {"digits": "1"}), "POST", ["DTMF"], "", "neither"),
]


@pytest.mark.parametrize(("build", "method", "tail", "query", "effect"), OF_A_CALL)
def test_what_is_done_to_a_call(
    build: Callable[..., Request], method: str, tail: list[str], query: str, effect: str
) -> None:
    """Its path, and whether it may be repeated; whatever changes it keeps its order."""
    request = build(CALL.upper())
    assert segments(request) == ["Call", CALL, *tail]
    assert (request.method, request.query, request.effect.value) == (method, query, effect)
    assert bool(request.order_key) == (effect != "safe")
    assert request.rings is None
    assert request.on_404


def test_transferring() -> None:
    """The legs are those that have a URL, and a method is always sent."""
    one = transfer(CALL, {"aleg_url": HOOK})
    assert sent(one) == {"legs": "aleg", "aleg_url": HOOK, "aleg_method": "POST"}
    other = transfer(CALL, {"bleg_url": HOOK, "bleg_method": "GET"})
    assert sent(other) == {"legs": "bleg", "bleg_url": HOOK, "bleg_method": "GET"}
    assert sent(transfer(CALL, {"aleg_url": HOOK, "bleg_url": HOOK}))["legs"] == "both"
    for wrong in ({}, {"aleg_method": "GET"}, {"aleg_url": HOOK, "bleg_method": "GET"}):
        with pytest.raises(Invalid):
            transfer(CALL, wrong)


def test_what_a_call_hears() -> None:
    """Several URLs are joined; what is needed is asked for even if None is given."""
    whole = play_to_call(CALL, {"urls": [HOOK, HOOK], "length": 5, "legs": "both", "loop": True, "mix": False})
    assert sent(whole) == {"urls": f"{HOOK},{HOOK}", "length": 5, "legs": "both", "loop": True, "mix": False}
    spoken = {"text": "a\nb", "voice": "Polly.Joanna", "language": "en-US", "legs": "bleg", "loop": False, "mix": True}
    assert sent(speak_to_call(CALL, {**spoken, "type": "ssml"})) == {**spoken, "type": "ssml"}
    assert sent(send_digits_to_call(CALL, {"digits": "12#", "leg": "bleg"})) == {"digits": "12#", "leg": "bleg"}
    for build, wrong in (
        (play_to_call, {"urls": []}),
        (play_to_call, {"urls": f"{HOOK},x"}),
        (send_digits_to_call, {"digits": "call"}),
        (speak_to_call, {"text": " "}),
    ):
        with pytest.raises(Invalid):
            build(CALL, wrong)
    for build in (play_to_call, speak_to_call, send_digits_to_call):
        with pytest.raises(TypeError):
            build(CALL, {})


def test_recording_a_call() -> None:
    """All arguments, and one recording of several stopped by its URL."""
    arguments = {
        "time_limit": 86_400,
        "file_format": "wav",
        "record_channel_type": "stereo",
        "transcription_type": "auto",
        "transcription_url": HOOK,
        "transcription_method": "GET",
        "callback_url": HOOK,
        "callback_method": "POST",
    }
    assert sent(record_call(CALL, arguments)) == arguments
    assert sent(stop_recording_call(CALL, HOOK)) == {"URL": HOOK}
    for wrong in ({"time_limit": 0}, {"callback_method": "GET"}, {"file_format": "ogg"}):
        with pytest.raises(Invalid):
            record_call(CALL, wrong)


def test_listing_calls() -> None:
    """Every filter, times in UTC."""
    noon = datetime(2026, 11, 24, 12, 0, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    filters: dict[str, Any] = {
        "subaccount": "SA" + "X" * 18,
        "call_direction": "outbound",
        "from_number": FROM,
        "to_number": TO,
        "parent_call_uuid": CALL,
        "end_time__gte": noon,
        "end_time__lt": noon + timedelta(days=1),
        "bill_duration__gt": 0,
        "hangup_cause_code": 4000,
        "hangup_source": "Callee",
        "stir_verification": "Not Verified",
        "limit": 20,
        "offset": 40,
    }
    request = list_calls(filters)
    times = {"end_time__gte": "2026-11-24 06:30:00", "end_time__lt": "2026-11-25 06:30:00"}
    assert asked(request) == {name: str(value) for name, value in {**filters, **times}.items()}
    assert request.page
    now = datetime.now(UTC)
    for wrong in (
        {"end_time__gt": now, "end_time__lt": now},
        {"bill_duration__gte": 5, "bill_duration__lte": 4},
        {"limit": 21},
        {"call_direction": "up"},
    ):
        with pytest.raises(Invalid):
            list_calls(wrong)
    with pytest.raises(TypeError, match="did you mean"):
        list_calls({"end_tme": now})


def test_listing_ids() -> None:
    """Live or queued; the rest of a long list is asked for by its offset."""
    assert asked(list_ids("live", {"to_number": TO})) == {"status": "live", "to_number": TO}
    assert asked(list_ids("queued", {}, 20)) == {"status": "queued", "limit": "20", "offset": "20"}
    twenty = [str(number) for number in range(20)]
    assert rest_of_ids(0, twenty, []) == 20
    assert rest_of_ids(20, twenty, twenty) is None  # the list is whole, and doesn't know of offsets
    assert rest_of_ids(0, twenty[:19], []) is None
    assert rest_of_ids(0, [*twenty, "20"], []) is None  # longer than a page: it has no pages


# ---- Paths ----------------------------------------------------------------------------------------------------------

ODD = [
    *("", " ", ".", "..", "/", "//", "%2F", "%2e%2e", "../..", "\\", "?", "#", "\x00", "\n", "\r\n", "a/b", "x?y", "é"),
    *("a b", "\ud800", "all", "*", "%", "%00", "live", f"{CALL}/", f"{CALL}\n", f" {CALL}", f"urn:uuid:{CALL}"),
]
hostile = (
    st.sampled_from(ODD)
    | st.text()
    | st.none()
    | st.integers()
    | st.booleans()
    | st.binary()
    | st.uuids()
    | st.lists(st.text(), max_size=2)
)
"""What somebody may pass where an identifier belongs."""


def _of_member(builder: Callable[..., Request], **more: object) -> Callable[[object], Request]:
    return lambda value: builder(conference("room"), member(value), **more)


PATHS: dict[str, Callable[[Any], Request]] = {
    **{f"call {index}": build for index, (build, *_) in enumerate(OF_A_CALL)},
    "cancel": cancel_request,
    "get recording": get_recording,
    "delete recording": delete_recording,
    "get subaccount": get_subaccount,
    "get application": get_application,
    "update application": lambda value: update_application(value, {"answer_url": HOOK}),
    "delete application": delete_application,
    "get number": get_number,
    "update number": lambda value: update_number(value, {"alias": "x"}),
    "get conference": lambda value: wire.retrieve(conference(value)),
    "get conference by uuid": lambda value: wire.retrieve(conference_by_uuid(value)),
    "end conference": lambda value: wire.end(conference(value)),
    "activate conference": lambda value: wire.activate(conference(value)),
    "list participants": lambda value: wire.list_participants(conference(value)),
    "kick": _of_member(wire.kick),
    "get participant": _of_member(wire.retrieve_participant),
    "update participant": _of_member(wire.update, mute=True),
    "play": _of_member(wire.play, url=HOOK),
    "stop playing": _of_member(wire.stop_playing),
    "speak": _of_member(wire.speak, text="x"),
    "stop speaking": _of_member(wire.stop_speaking),
    "record participant": _of_member(wire.start_recording),
    "stop recording participant": _of_member(wire.stop_recording),
    "pause recording participant": _of_member(wire.pause_recording),
    "resume recording participant": _of_member(wire.resume_recording),
    "record conference": lambda value: wire.start_recording(conference(value)),
    "stop recording conference": lambda value: wire.stop_recording(conference(value)),
    "pause recording conference": lambda value: wire.pause_recording(conference(value)),
    "resume recording conference": lambda value: wire.resume_recording(conference(value)),
    "add participant": lambda value: wire.add_participant(
        conference(value), {"role": "agent", "from_": FROM, "to": TO}
    ),
}
WITHOUT_ID = {"make_call", "list_calls", "list_ids", "list_conferences", "list_recordings", "list_subaccounts",
              "list_applications", "list_numbers", "create_application", "get_account", "deferred", "next_page",
              "page_at"}  # fmt: skip
LENGTHS = {"Call": {2, 3}, "Request": {2}, "Recording": {2}, "Subaccount": {2}, "Application": {2}, "Number": {2},
           "MultiPartyCall": {2, 3, 4, 5, 6}}  # fmt: skip


@pytest.mark.parametrize("build", PATHS.values(), ids=PATHS)
@given(value=hostile)
def test_no_identifier_leads_elsewhere(build: Callable[[Any], Request], value: Any) -> None:
    """An identifier is one segment, never empty, or nothing is sent: `DELETE Call/` would end every call there is."""
    try:
        request = build(value)
    except (TypeError, ValueError):
        return
    parts = segments(request)
    assert len(parts) in LENGTHS[parts[0]]
    assert "//" not in request.path
    assert all(part.strip() and part not in {".", ".."} for part in parts)
    raw = request.path.split("/")[:-1]
    assert all(part.isascii() and part.isprintable() and " " not in part for part in raw)
    if parts[0] != "MultiPartyCall":  # of whose names anything is a part, encoded
        assert unquote(request.path) == request.path


def test_every_path_is_tried() -> None:
    """A new function that builds requests is either tried with hostile identifiers, or has none."""
    builders = {
        name
        for name in wire.__all__
        if inspect.isfunction(function := getattr(wire, name))
        and inspect.signature(function, eval_str=False).return_annotation in (Request, "Request")
    }
    code = Path(__file__).read_text(encoding="utf-8").partition("OF_A_CALL: ")[2]
    assert {name for name in builders - WITHOUT_ID if not re.search(rf"\b{name}\b", code)} == set()
    assert get_account().path == ""


@given(
    st.sampled_from(["Call", "call", "CALL", "Recording", "Application"]),
    st.text(st.sampled_from("/ .%;,!~*-_+\\\x00\t"), max_size=4),
    st.sampled_from(["", "/"]),
)
def test_no_request_by_hand_ends_every_call(call: str, rest: str, end: str) -> None:
    """`client.request("DELETE", f"Call/{uuid}/")` with a UUID that is empty, blank or odd is refused."""
    with pytest.raises((Invalid, TypeError)):
        raw_request("DELETE", f"{call}/{rest}{end}", None, None, None)
    assert json.dumps(raw_request("DELETE", f"Call/{CALL}/", None, None, None).path)
