"""Stdout and stderr as a command sees them: a write that fails is remembered, and decides nothing.

The reader of a pipe may have gone, a disk may be full, a terminal closed, a stream may never have been open. None of
this says anything about conferences, so nothing of it is raised where somebody writes: `install` puts a raw stream that
never fails under both, and `lost` tells at the end what was not written.
"""

import errno
import io
import os
import select
import sys
from typing import TextIO

_LEAST = {"COLUMNS": 20, "LINES": 5}


class Edge(io.RawIOBase):
    """The raw side of a stream.

    Attributes:
        failure: The first write that failed; None if none did. Nothing is written after it.
    """

    def __init__(self, raw: io.RawIOBase | None, owner: object = None) -> None:
        """Write to `raw`; None stands for a stream that was closed before the program began.

        Args:
            raw: Where to.
            owner: What would close it when nobody refers to it any more.
        """
        self._raw, self._owner = raw, owner
        self.failure = None if raw is not None else OSError(errno.EBADF, "it is closed")

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        if self._raw is None:
            raise io.UnsupportedOperation("it is closed")
        return self._raw.fileno()

    def isatty(self) -> bool:
        return self._raw is not None and self._raw.isatty()

    def write(self, data: object) -> int:
        """Write some of it, or remember why not and drop it."""
        piece = memoryview(data)  # type: ignore[arg-type]  # any buffer
        if self._raw is not None and self.failure is None:
            try:
                while (written := self._raw.write(piece)) is None:  # it doesn't block, and is full
                    select.select([], [self._raw], [])
            except OSError as error:
                self.failure = error
            else:
                return written
        return len(piece)


def install() -> None:
    """Put an edge under stdout and stderr, and see to an environment in which something can be shown."""
    _open_closed_descriptors()
    sys.stdout, sys.stderr = _edged(sys.stdout), _edged(sys.stderr)
    for name, least in _LEAST.items():  # a width of 0 shows nothing at all
        if os.environ.get(name, "").isdigit() and int(os.environ[name]) < least:
            del os.environ[name]


def lost(stream: TextIO) -> OSError | None:
    """Flush a stream; why not everything that was written to it has arrived, or None."""
    stream.flush()
    edge = getattr(getattr(stream, "buffer", None), "raw", None)
    return edge.failure if isinstance(edge, Edge) else None


def _edged(stream: TextIO | None) -> TextIO:
    """The stream with an edge under it; one that has no raw side (a test's) as it is.

    What its encoding can't show is escaped: no name ends a run.
    """
    if stream is None:
        return io.TextIOWrapper(io.BufferedWriter(Edge(None)), "utf-8", "backslashreplace", line_buffering=True)
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    raw = getattr(stream.buffer, "raw", stream.buffer)
    if not isinstance(raw, io.RawIOBase):
        stream.reconfigure(errors="backslashreplace")
        return stream
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(Edge(raw, stream)),
        stream.encoding,
        "backslashreplace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _open_closed_descriptors() -> None:
    """Or the next file or connection would take the number of stdout, and get what is meant for it."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
