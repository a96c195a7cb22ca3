"""Media files of recordings: silence of their length. Pure."""

import struct

# MPEG-2, layer III, 8 kbit/s, 16 kHz, one channel: 36 bytes are 36 ms
_MP3_FRAME = b"\xff\xf3\x18\xc0" + bytes(32)
_MP3_FRAME_MS = 36
_WAV_RATE = 8000  # samples of one byte each in a second
_LONGEST_WAV = 600  # seconds: what goes on after that is not in the file

TYPES = {"mp3": "audio/mpeg", "wav": "audio/wav"}
"""Content types by format."""


def silence(file_format: str, seconds: float) -> bytes:
    """A file of that format and, within a frame, that length; of a WAV the first ten minutes."""
    if file_format == "mp3":
        return _MP3_FRAME * max(1, round(seconds * 1000 / _MP3_FRAME_MS))
    samples = round(min(seconds, _LONGEST_WAV) * _WAV_RATE)
    padded = samples + samples % 2
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        36 + padded,
        b"WAVE",
        b"fmt ",
        16,
        1,
        1,
        _WAV_RATE,
        _WAV_RATE,
        1,
        8,
        b"data",
        samples,
    )
    return head + b"\x80" * samples + bytes(padded - samples)
