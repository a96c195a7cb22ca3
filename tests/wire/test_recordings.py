"""What is asked of recordings."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async import InvalidArgumentError as Invalid
from plivo_async.wire import (
    Request,
    callback,
    conference,
    deferred,
    member,
    members,
    pause_recording,
    resume_recording,
    start_recording,
    stop_recording,
)

from .support import HOOK, member_ids, methods, names, segments, sent, urls

MPC = conference("support-4812")
TAILS: dict[Callable[..., Request], tuple[str, str, list[str]]] = {
    start_recording: ("Start recording", "POST", ["Record"]),
    stop_recording: ("Stop recording", "DELETE", ["Record"]),
    pause_recording: ("Pause recording", "POST", ["Record", "Pause"]),
    resume_recording: ("Resume recording", "POST", ["Record", "Resume"]),
}
each = pytest.mark.parametrize("build", TAILS, ids=lambda build: build.__name__)


@each
@given(names, member_ids)
def test_paths_of_recordings(build: Callable[..., Request], name: str, member_id: int | str) -> None:
    """Of the conference or of a participant, both with the conference's prefix; without arguments there is no body."""
    operation, method, tail = TAILS[build]
    for request, who in (
        (build(conference(name)), []),
        (build(conference(name), member(member_id)), ["Participant", str(member_id)]),
    ):
        assert segments(request) == ["MultiPartyCall", f"name_{name}", *who, *tail]
        assert (request.operation, request.method, request.body, request.query) == (operation, method, None, "")


@each
def test_effects_and_targets_of_recordings(build: Callable[..., Request]) -> None:
    """To start a second time would make a second recording; the others leave the same state."""
    assert build(MPC).effect.value == "neither"
    assert build(conference(uuid4())).effect.value == ("neither" if build is start_recording else "idempotent")
    assert build(MPC).target == "support-4812"
    assert build(MPC, member(355)).target == "support-4812, participant 355"


ORDER = [
    "file_format",
    "recording_callback_url",
    "recording_callback_method",
    "transcript",
    "transcription_url",
    "record_track_type",
]


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "file_format": st.sampled_from(["mp3", "wav"]) | st.none(),
            "record_track_type": st.sampled_from(["participant", "all", "both"]) | st.none(),
            "recording_callback_url": urls,
            "transcript": st.booleans() | st.none(),
            "transcription_url": urls | st.none(),
        },
    ),
    st.none() | methods,
)
def test_start_recording_sends_what_is_given(arguments: dict[str, Any], method: str | None) -> None:
    """Every value as it is, in the documented order; beside a callback's URL always its method."""
    expected = {name: value for name, value in arguments.items() if value is not None}
    if "recording_callback_url" in arguments:
        arguments["recording_callback_method"] = method
        expected["recording_callback_method"] = method or "POST"
    data = sent(start_recording(MPC, member(1), **arguments))
    assert data == expected
    assert list(data) == [name for name in ORDER if name in expected]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"file_format": "MP3"}, Invalid, "file_format must be 'mp3' or 'wav', not 'MP3'; write 'mp3'"),
        ({"file_format": "ogg"}, Invalid, "file_format must be 'mp3' or 'wav', not 'ogg'"),
        ({"record_track_type": "ALL"}, Invalid, "record_track_type must be .* write 'all'"),
        ({"transcript": 1}, TypeError, "transcript must be True or False, not int"),
        ({"transcription_url": "x"}, Invalid, "transcription_url must be a URL"),
        ({"recording_callback_url": "x"}, Invalid, "recording_callback_url must be a URL"),
        (
            {"recording_callback_method": "POST"},
            Invalid,
            "recording_callback_method needs a URL in recording_callback_url",
        ),
        (
            {"recording_callback_url": HOOK, "recording_callback_method": "post"},
            Invalid,
            "recording_callback_method must be 'GET' or 'POST', not 'post'; write 'POST'",
        ),
    ],
    ids=str,
)
def test_start_recording_refuses(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    """Other formats, words in another case, a method without its URL: with the argument's name."""
    with pytest.raises(error, match=f"^{words}"):
        start_recording(MPC, member(1), **arguments)


@each
def test_track_type_is_for_one_participant(build: Callable[..., Request]) -> None:
    """Sent only when given; it means nothing for a conference."""
    for value in ("participant", "all", "both"):
        assert sent(build(MPC, member(1), record_track_type=value)) == {"record_track_type": value}
        with pytest.raises(Invalid, match=r"^record_track_type is for the recording of one participant"):
            build(MPC, record_track_type=value)


@each
@pytest.mark.parametrize("many", [members(1, 2), members("all")], ids=["several", "all"])
def test_one_participant_is_recorded_at_a_time(build: Callable[..., Request], many: Any) -> None:
    """What a list would do is unknown."""
    with pytest.raises(Invalid, match=r"^recording takes one participant, not"):
        build(MPC, many)


@each
def test_callbacks_of_recordings(build: Callable[..., Request]) -> None:
    """Into the body, of DELETE as well."""
    assert sent(deferred(build(MPC), callback(HOOK, None))) == {"callback_url": HOOK}
    assert list(sent(deferred(build(MPC, member(1), record_track_type="both"), callback(HOOK, "GET"))).items()) == [
        ("record_track_type", "both"),
        ("callback_url", HOOK),
        ("callback_method", "GET"),
    ]
