"""What is played and spoken."""

from collections.abc import Callable
from typing import Any

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
    play,
    speak,
    stop_playing,
    stop_speaking,
)

from .support import HOOK, member_ids, names, segments, sent, urls, words

MPC = conference("support-4812")
AUDIO = "https://example.com/a.mp3"


@given(names, st.lists(member_ids, min_size=1, max_size=10, unique_by=str) | st.just(["all"]))
def test_paths_of_playback(name: str, ids: list[int | str]) -> None:
    """`Member`, not `Participant`; one, several or all."""
    where, who = conference(name), members(*ids)
    for tail, requests in (
        ("Play", [play(where, who, AUDIO), stop_playing(where, who)]),
        ("Speak", [speak(where, who, "Hello"), stop_speaking(where, who)]),
    ):
        path = ["MultiPartyCall", f"name_{name}", "Member", ",".join(map(str, ids)), tail]
        assert [segments(request) for request in requests] == [path, path]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (play(MPC, member(355), AUDIO), ("Start playing", "neither", "POST", {"url": AUDIO})),
        (stop_playing(MPC, member(355)), ("Stop playing", "neither", "DELETE", {})),
        (speak(MPC, member(355), "Grüße"), ("Start speaking", "neither", "POST", {"text": "Grüße"})),
        (stop_speaking(MPC, member(355)), ("Stop speaking", "neither", "DELETE", {})),
    ],
)
def test_requests_of_playback(request_: Request, expected: tuple[str, str, str, dict[str, str]]) -> None:
    """Operation, effect, method and arguments; `url` as in the SDKs; to stop takes no argument."""
    operation, effect, method, arguments = expected
    assert (request_.operation, request_.effect.value, request_.method) == (operation, effect, method)
    assert request_.target == "support-4812, participant 355"
    assert sent(request_) == arguments


@given(urls)
def test_play_sends_the_url(url: str) -> None:
    """As it was given."""
    assert sent(play(MPC, members("all"), url)) == {"url": url}


@given(
    words,
    st.fixed_dictionaries(
        {},
        optional={
            "voice": st.none() | st.sampled_from(["WOMAN", "MAN", "Polly.Joanna", "Polly.Joanna-Neural"]),
            "language": st.none() | st.sampled_from(["en-US", "cmn-CN", "arb", "es-419"]),
            "mix": st.none() | st.booleans(),
            "type": st.none() | words,
        },
    ),
)
def test_speak_sends_what_is_given(text: str, options: dict[str, Any]) -> None:
    """The text and each option as they are, in the order of the table; nothing that wasn't given."""
    expected = {"text": text, **{name: value for name, value in options.items() if value is not None}}
    data = sent(speak(MPC, member(1), text, **options))
    assert data == expected
    assert list(data) == [name for name in ("text", "voice", "language", "mix", "type") if name in expected]


def test_speak_takes_text_of_several_lines() -> None:
    """Line breaks and tabs are part of a text."""
    assert sent(speak(MPC, member(1), "<speak>\r\n\tHello\n</speak>")) == {"text": "<speak>\r\n\tHello\n</speak>"}


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: play(MPC, member(1), "a.mp3"), Invalid, "url must be a URL"),
        (lambda: play(MPC, member(1), None), TypeError, "url must be a str, not NoneType"),
        (lambda: play(MPC, member(1), [AUDIO]), TypeError, "url must be a str, not list"),
        (lambda: speak(MPC, member(1), ""), Invalid, "text is empty"),
        (
            lambda: speak(MPC, member(1), "a\x00"),
            Invalid,
            r"text has a control character \(U\+0000\) at index 1",
        ),
        (lambda: speak(MPC, member(1), "\ud83d"), Invalid, "text has half a surrogate pair"),
        (
            lambda: speak(MPC, member(1), "a", voice="woman"),
            Invalid,
            "voice must be .* write 'WOMAN' .*Polly",
        ),
        (
            lambda: speak(MPC, member(1), "a", voice="Polly."),
            Invalid,
            "voice must be 'WOMAN' or 'MAN', not 'Polly.' .*",
        ),
        (
            lambda: speak(MPC, member(1), "a", voice=1),
            TypeError,
            "voice must be 'WOMAN' or 'MAN', not int .*Polly",
        ),
        (
            lambda: speak(MPC, member(1), "a", language="English, please"),
            Invalid,
            "language must be a language tag",
        ),
        (lambda: speak(MPC, member(1), "a", mix="yes"), TypeError, "mix must be True or False, not str"),
        (lambda: speak(MPC, member(1), "a", type=""), Invalid, "type is empty"),
    ],
)
def test_playback_refuses(build: Callable[[], Request], error: type[Exception], message: str) -> None:
    """What can't be played or spoken, with the argument's name."""
    with pytest.raises(error, match=f"^{message}"):
        build()


def test_callbacks_of_playback() -> None:
    """Into the body, of DELETE as well."""
    later = callback(HOOK, "POST")
    fields = {"callback_url": HOOK, "callback_method": "POST"}
    assert sent(deferred(play(MPC, member(1), AUDIO), later)) == {"url": AUDIO, **fields}
    assert sent(deferred(stop_playing(MPC, member(1)), later)) == fields
    assert sent(deferred(speak(MPC, member(1), "a", mix=False), later)) == {"text": "a", "mix": False, **fields}
    assert sent(deferred(stop_speaking(MPC, member(1)), later)) == fields
