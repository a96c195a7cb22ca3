"""Recordings that are there: of phone calls and of conferences."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Self, Unpack

import anyio

from .._errors import NotFoundError, invalid
from .._media import Media, MediaStream
from .._public import public
from ..models import StoredRecording
from ..pacing._clock import sleep_until
from ..wire import RecordingFilters, delete_recording, file_name, get_recording, list_recordings, media_url
from ._ending_calls import delete
from ._operation import Operations
from ._pages import Pages
from ._request_options import spelt_out
from ._waiting import given_seconds

MOST_BYTES = 2_000_000_000
"""A day of uncompressed sound, which is the longest that Plivo records, is 1.4 GB (inferred from 8 kHz, 16 bits)."""
_LONGEST = 3_600.0  # seconds for which a download may go on where nothing else bounds it
_PAUSE = 1.0  # seconds between looks for a file that isn't there yet
_DELETED = "get() finds it as long as it is there"


@public
class Recordings:
    """`client.recordings`: the recordings of the account, of phone calls and of conferences.

    Recording itself is begun where it is recorded: `client.mpc(…).start_recording()`,
    `client.calls(…).start_recording()`. How long Plivo keeps recordings its documents disagree about.
    """

    def __init__(self, operations: Operations, media: Media) -> None:
        """Made by the client."""
        self._operations = operations
        self._media = media

    @spelt_out(RecordingFilters)
    def list(self, *, deadline: float | None = None, **filters: Unpack[RecordingFilters]) -> Pages[StoredRecording]:
        """List recordings: iterate (`async for`), or `await` the first page. Safe.

            async for recording in client.recordings.list(mpc_uuid=uuid):
                ...

        Without a filter on `add_time` Plivo looks back seven days. Source: Plivo docs, "List all recordings".

        Args:
            deadline: Seconds for each page, attempts and waits included; None takes the client's.
            filters: Any of `RecordingFilters`; all of them must hold.

        Raises:
            InvalidArgumentError, TypeError: A filter is wrong; nothing was sent.
            PlivoError: It was not sent, refused, or the answer can't be read; raised by what fetches a page.
        """
        return self._operations.pages(StoredRecording, list_recordings(filters), deadline)

    async def get(self, recording_id: str, *, deadline: float | None = None) -> StoredRecording:
        """Look at a recording. Safe. Source: Plivo docs, "Retrieve a recording".

        Args:
            recording_id: Its identifier.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError: There is none of that identifier, or not yet.
            InvalidArgumentError, TypeError: It can't be an identifier; nothing was sent.
            PlivoError: It was not sent, refused, or the answer can't be read.
        """
        return await self._operations.run(get_recording(recording_id), StoredRecording, deadline)

    async def delete(self, recording_id: str, *, deadline: float | None = None) -> None:
        """Delete a recording with its file, for ever. Idempotent.

        When an answer was lost, and the repetition finds nothing, it is gone, and this returns. Source: Plivo docs,
        "Delete a recording".

        Args:
            recording_id: Its identifier.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError: There is none of that identifier.
            OutcomeUnknownError: It may be gone.
            InvalidArgumentError, TypeError: It can't be an identifier; nothing was sent.
            PlivoError: It was not sent, or refused.
        """
        await delete(self._operations, delete_recording(recording_id), deadline, _DELETED)

    def stream(
        self,
        recording: StoredRecording | str,
        *,
        wait_for: float = 0.0,
        most_bytes: int = MOST_BYTES,
        deadline: float | None = None,
    ) -> "RecordingStream":
        """Fetch the file piece by piece. Safe.

            async with client.recordings.stream(recording) as pieces:
                async for piece in pieces:
                    ...

        The Auth ID and Auth Token go to Plivo's media host and to the server that the client talks to, to no other
        host, over redirects neither. Whether Plivo asks for them is set in its console; without, whoever has the URL
        can hear it. It takes none of the permits of `rate_limit`.

        Args:
            recording: The recording, its identifier, or the URL of its file.
            wait_for: Seconds for which it is asked for again while it isn't there: a file comes seconds after its end.
            most_bytes: How long it may be, 1 or more.
            deadline: Seconds for all of it. None: the client's; an hour, if that has none. A file that stands still for
                the client's `timeout` is given up before.

        Raises:
            InvalidArgumentError, TypeError: An argument is wrong; nothing was sent.
        """
        return RecordingStream(self._operations, self._media, recording, wait_for, most_bytes, deadline)

    async def download(
        self,
        recording: StoredRecording | str,
        to: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        wait_for: float = 0.0,
        most_bytes: int = MOST_BYTES,
        deadline: float | None = None,
    ) -> Path:
        """Fetch the file into a file. Safe.

        It has its name once it is whole; a download that breaks off leaves nothing. Otherwise as `stream`.

        Args:
            recording: The recording, its identifier, or the URL of its file.
            to: Where to: a file, or a folder that is there, in which it is called as in its URL.
            overwrite: Whether a file that is there is replaced.
            wait_for: Seconds for which it is asked for again while it isn't there.
            most_bytes: How long it may be, 1 or more.
            deadline: Seconds for all of it. None: the client's; an hour, if that has none.

        Returns:
            The path of the file.

        Raises:
            FileExistsError: There is one of that name, and `overwrite` is False; nothing was sent if `to` named it.
            OSError: It can't be written.
            NotFoundError: There is no such recording, or its file isn't there yet.
            AuthenticationError, PermissionDeniedError: Its server asks for other credentials.
            NoAnswerError: It didn't come, or not to its end, in time. Repeating is harmless.
            DecodeError: It is longer than `most_bytes`.
            InvalidArgumentError, TypeError: An argument is wrong; nothing was sent.
        """
        _check_free(Path(to), overwrite)
        async with self.stream(recording, wait_for=wait_for, most_bytes=most_bytes, deadline=deadline) as pieces:
            path = _in_folder(Path(to), pieces.url)
            _check_free(path, overwrite)
            part = path.with_name(f"{path.name}.{token_hex(4)}.part")
            try:
                async with await anyio.open_file(part, "wb") as file:
                    async for piece in pieces:
                        await file.write(piece)
                os.replace(part, path)
            except BaseException:
                _remove(part)
                raise
        return path


def _check_free(path: Path, overwrite: bool) -> None:
    if path.exists() and not path.is_dir() and not overwrite:
        raise FileExistsError(f"{path} is there already; overwrite=True replaces it")


def _in_folder(path: Path, url: str) -> Path:
    return path / file_name(url, "recording") if path.is_dir() else path


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


@public
class RecordingStream(AsyncIterator[bytes]):
    """The file of a recording, piece by piece, as `client.recordings.stream` gives it.

    It is entered, `async with`, before it is iterated, and lets go of its connection however that is left.
    """

    url: str
    """Where it is; empty until it is entered, if it was given by its identifier."""

    def __init__(
        self,
        operations: Operations,
        media: Media,
        recording: StoredRecording | str,
        wait_for: float,
        most_bytes: int,
        deadline: float | None,
    ) -> None:
        """Made by `client.recordings.stream`."""
        if isinstance(most_bytes, bool) or not isinstance(most_bytes, int):
            raise TypeError(f"most_bytes must be an int, not {type(most_bytes).__name__}")
        if most_bytes < 1:
            raise invalid("most_bytes", f"must be 1 or more, not {most_bytes}")
        self._operations, self._media = operations, media
        self._id, self.url = _which(recording)
        self._wait_for = given_seconds("wait_for", wait_for)
        self._most_bytes = most_bytes
        within = operations.options.within(deadline)
        self._within = _LONGEST if within == float("inf") and deadline is None else within
        self._ends = 0.0
        self._stream: MediaStream | None = None

    async def __aenter__(self) -> Self:
        clock = self._operations.exchange.clock
        began = clock()
        self._ends = began + self._within
        again_until = min(self._ends, began + self._wait_for)
        while True:
            at = clock()
            try:
                await self._open()
            except NotFoundError:
                if at + _PAUSE > again_until:
                    raise
                await sleep_until(at + _PAUSE, clock)
            else:
                return self

    async def _open(self) -> None:
        left = self._ends - self._operations.exchange.clock()
        if not self.url:
            found = await self._operations.run(get_recording(self._id), StoredRecording, max(0.0, left))
            if not found.recording_url:
                raise invalid("recording", "has no URL: its file isn't there")
            self.url = media_url(found.recording_url)
            left = self._ends - self._operations.exchange.clock()
        stall = self._operations.options.timeout.total
        target = self._id or file_name(self.url, "recording")
        self._stream = await self._media.open(self.url, target, self._most_bytes, max(0.0, min(left, stall)), stall)

    async def __anext__(self) -> bytes:
        if self._stream is None:
            raise TypeError("a recording is entered before it is read: async with client.recordings.stream(…)")
        return await self._stream.next(self._ends - self._operations.exchange.clock())

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._stream is not None:
            await self._stream.aclose()


def _which(recording: object) -> tuple[str, str]:
    """The identifier and the URL of a recording, as far as they are known.

    Raises:
        InvalidArgumentError, TypeError: It is none.
    """
    if isinstance(recording, StoredRecording):
        get_recording(recording.recording_id)
        return recording.recording_id, media_url(recording.recording_url) if recording.recording_url else ""
    if not isinstance(recording, str):
        raise TypeError(f"recording must be a StoredRecording or a str, not {type(recording).__name__}")
    if "/" in recording:
        return "", media_url(recording)
    get_recording(recording)
    return recording, ""
