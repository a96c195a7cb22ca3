"""Playing and speaking to participants: what goes over the wire, and what comes back."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from plivo_async import OutcomeUnknownError
from plivo_async.emulator import Emulator
from plivo_async.models import Playback
from plivo_async.resources import MultiPartyCalls

from ..support import in_memory
from .scripted import Scripted, answer, shape

AUDIO = "https://example.com/a.mp3"
QUEUED = {"api_id": "a", "message": "play queued into MPC", "mpcMemberId": ["1825"], "mpcName": "r"}

Operation = Callable[[MultiPartyCalls], Awaitable[Any]]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("operation", "path", "body"),
    [
        (lambda mpc: mpc("r").participant(1825).play(AUDIO), "1825/Play", {"url": AUDIO}),
        (lambda mpc: mpc("r").members(1, 2).play(AUDIO), "1,2/Play", {"url": AUDIO}),
        (lambda mpc: mpc("r").members("all").play(url=AUDIO), "all/Play", {"url": AUDIO}),
        (lambda mpc: mpc("r").participant(1825).speak("Grüße"), "1825/Speak", {"text": "Grüße"}),
        (
            lambda mpc: mpc("r").members("all").speak("Hello", voice="WOMAN", language="en-US", mix=False, type="text"),
            "all/Speak",
            {"text": "Hello", "voice": "WOMAN", "language": "en-US", "mix": False, "type": "text"},
        ),
    ],
)
async def test_sound_begins(operation: Operation, path: str, body: dict[str, Any]) -> None:
    """At `Member`, not at `Participant`; what is queued comes back."""
    fake = Scripted(answer(202, QUEUED))
    playback = await operation(fake.mpc)
    assert isinstance(playback, Playback)
    assert (playback.message, playback.mpc_member_id, playback.mpc_name) == ("play queued into MPC", ("1825",), "r")
    assert [shape(request) for request in fake.requests] == [f"POST MultiPartyCall/name_r/Member/{path}/"]
    assert fake.body == body


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("operation", "path"),
    [
        (lambda mpc: mpc("r").participant(1825).stop_playing(), "1825/Play"),
        (lambda mpc: mpc("r").members("all").stop_playing(), "all/Play"),
        (lambda mpc: mpc("r").members(1, 2).stop_speaking(), "1,2/Speak"),
    ],
)
async def test_sound_ends(operation: Operation, path: str) -> None:
    """A DELETE without a body; None comes back."""
    fake = Scripted(answer(204))
    assert await operation(fake.mpc) is None
    assert [shape(request) for request in fake.requests] == [f"DELETE MultiPartyCall/name_r/Member/{path}/"]
    assert fake.body is None


@pytest.mark.anyio
@pytest.mark.parametrize(
    "operation",
    [
        lambda mpc: mpc("r").participant(1).play("a.mp3"),
        lambda mpc: mpc("r").participant(1).play(None),
        lambda mpc: mpc("r").participant(1).speak(""),
        lambda mpc: mpc("r").participant(1).speak("Hello", mix="yes"),
        lambda mpc: mpc("r").participant(1).speak("Hello", voice="ROBOT"),
    ],
)
async def test_what_is_wrong_is_not_sent(operation: Operation) -> None:
    """A mistake is told before anything is sent."""
    fake = Scripted(answer(202, QUEUED))
    with pytest.raises((ValueError, TypeError)):
        await operation(fake.mpc)
    assert fake.requests == []


@pytest.mark.anyio
@pytest.mark.parametrize("sound", ["play", "speak"])
async def test_nothing_is_heard_twice(sound: str) -> None:
    """Against the emulator: it plays, it stops, and a lost answer isn't followed by a repetition."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("room", status="active", waiting=2)
        everybody = client.mpc("room").members("all")
        queued = await (everybody.play(AUDIO) if sound == "play" else everybody.speak("Hello"))
        assert queued.mpc_name == "room"
        await (everybody.stop_playing() if sound == "play" else everybody.stop_speaking())
        plivo.script(sound, "room", nth=2, fault="lost-response")
        sent = len(plivo.requests)
        with pytest.raises(OutcomeUnknownError):
            await (everybody.play(AUDIO) if sound == "play" else everybody.speak("Hello"))
        assert len(plivo.requests) == sent + 1
