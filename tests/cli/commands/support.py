"""An emulator for commands that are run in this process."""

from collections.abc import Iterator
from contextlib import contextmanager

from anyio.from_thread import start_blocking_portal

from plivo_async.emulator import Emulator


@contextmanager
def running(plivo: Emulator, *names: str) -> Iterator[Emulator]:
    """Run an emulator in another thread, with these conferences waiting."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(plivo):
        for name in names:
            portal.call(plivo.add_conference, name)
        yield plivo
