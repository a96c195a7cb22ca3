"""Connections in memory behave as TCP connections do, on both backends and in virtual time."""

from collections.abc import Awaitable, Callable

import anyio
import pytest

from plivo_async.emulator.serving._pipe import pipe

pytestmark = pytest.mark.anyio


async def after(seconds: float, act: Callable[[], Awaitable[None] | None]) -> None:
    """Do something later."""
    await anyio.sleep(seconds)
    if (doing := act()) is not None:
        await doing


async def test_emulator_pipe_carries_bytes_both_ways() -> None:
    """What is sent arrives in order, cut as the receiver wants it; nothing is not a chunk."""
    here, there = pipe()
    await here.send(b"hello")
    await here.send(b"")
    await here.send(b"you")
    assert await there.receive(2) == b"he"
    assert await there.receive() == b"llo"
    assert await there.receive() == b"you"
    await there.send(b"back")
    assert await here.receive() == b"back"


async def test_emulator_pipe_receive_waits() -> None:
    """A receive waits until something is sent."""
    here, there = pipe()
    async with anyio.create_task_group() as group:
        group.start_soon(after, 5, lambda: here.send(b"late"))
        before = anyio.current_time()
        assert await there.receive() == b"late"
        assert anyio.current_time() - before == pytest.approx(5)


async def test_emulator_pipe_close_lets_the_rest_arrive() -> None:
    """After a close, the peer receives what was under way, then the end; it can send no more."""
    here, there = pipe()
    await here.send(b"last")
    await here.aclose()
    assert await there.receive() == b"last"
    with pytest.raises(anyio.EndOfStream):
        await there.receive()
    with pytest.raises(anyio.BrokenResourceError):
        await there.send(b"x")
    assert there.gone()


async def test_emulator_pipe_closed_end_is_closed() -> None:
    """An end that is closed neither sends nor receives, and may be closed again."""
    here, _ = pipe()
    await here.aclose()
    await here.aclose()
    with pytest.raises(anyio.ClosedResourceError):
        await here.receive()
    with pytest.raises(anyio.ClosedResourceError):
        await here.send(b"x")


async def test_emulator_pipe_half_close() -> None:
    """After the end of one way, the other way still works."""
    here, there = pipe()
    await here.send_eof()
    with pytest.raises(anyio.EndOfStream):
        await there.receive()
    await there.send(b"still")
    assert await here.receive() == b"still"
    with pytest.raises(anyio.ClosedResourceError):
        await here.send(b"x")


async def test_emulator_pipe_reset_breaks_the_peer() -> None:
    """A reset drops what was under way and fails the peer's next receive and send."""
    here, there = pipe()
    await here.send(b"lost")
    here.reset()
    with pytest.raises(anyio.BrokenResourceError):
        await there.receive()
    with pytest.raises(anyio.BrokenResourceError):
        await there.send(b"x")
    assert there.gone()


@pytest.mark.parametrize(
    ("how", "error"), [("close", anyio.EndOfStream), ("reset", anyio.BrokenResourceError)], ids=["close", "reset"]
)
async def test_emulator_pipe_end_wakes_the_peer(how: str, error: type[Exception]) -> None:
    """A peer that waits to receive is woken by a close and by a reset."""
    here, there = pipe()
    async with anyio.create_task_group() as group:
        group.start_soon(after, 1, getattr(here, how))
        with pytest.raises(error):
            await there.receive()


async def test_emulator_pipe_own_close_wakes_the_receiver() -> None:
    """Closing an end wakes a task that waits on that very end."""
    here, _ = pipe()
    async with anyio.create_task_group() as group:
        group.start_soon(after, 1, lambda: here.aclose())
        with pytest.raises(anyio.ClosedResourceError):
            await here.receive()
