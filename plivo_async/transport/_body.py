"""The body of an answer, read and unpacked within bounds."""

import zlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress

import httpx

_LARGEST_BODY = 8 * 1024 * 1024  # bytes; a page of 20 conferences has some 20 kB
_LARGEST_REFUSAL = 64 * 1024  # bytes; Plivo's are a line or two
_MOST_LEFT = 100  # pieces that may still be in a buffer
_PLAIN = {"", "identity"}
_PACKED = {"gzip", "x-gzip", "deflate"}
_EITHER = zlib.MAX_WBITS | 32  # of zlib's windows the one that takes gzip and zlib alike
_NOTHING = httpx.ByteStream(b"")


async def read_body(response: httpx.Response) -> tuple[bytes, Exception | None]:
    """Read an answer's body, however it was left by hooks of the caller's, and let go of the connection.

    We ask for no compression; whoever packs the body once all the same is understood, and bounded while unpacking: 1 kB
    can stand for 1 GB.

    Returns:
        The body as far as it came, and what broke it off; None if it is whole.
    """
    body = bytearray()
    raw: AsyncIterator[bytes] | None = None
    try:
        if response.is_stream_consumed:
            return response.content, None
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101  (for the type checker)
        raw = aiter(response.stream)
        async for chunk in _pieces(response, raw):
            body += chunk
    except Exception as error:  # noqa: BLE001  (a transport of the caller's may raise anything)
        await response.aclose()
        await end_of(raw, over_a_network="network_stream" in response.extensions)
        return bytes(body), error
    finally:
        await response.aclose()
        response.stream = _NOTHING  # httpx's own holds the response: a circle for the garbage collector, each time
    return bytes(body), None


async def end_of(raw: AsyncIterator[bytes] | None, *, over_a_network: bool) -> None:
    """Let the generators of a body that isn't read to its end come to theirs, or trio complains of each of them.

    Those over a network do when they are asked again, since what they read from is closed. Others may go on for ever.
    """
    with suppress(Exception):
        if isinstance(raw, AsyncGenerator) and not over_a_network:
            await raw.aclose()
        elif raw is not None and over_a_network:
            for _ in range(_MOST_LEFT):
                await anext(raw)


async def _pieces(response: httpx.Response, raw_pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The body, unpacked.

    Raises:
        httpx.DecodingError: It can't be unpacked.
        ValueError: It is too long.
    """
    left = _LARGEST_BODY if response.status_code < 300 else _LARGEST_REFUSAL
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in _PLAIN | _PACKED:
        raise httpx.DecodingError(f"the answer is packed as {encoding[:20]!r}, which nobody asked for")
    unpacker = zlib.decompressobj(_EITHER) if encoding in _PACKED else None
    async for raw in raw_pieces:
        chunk = raw if unpacker is None else _unpacked(unpacker, raw, left + 1)
        left -= len(chunk)
        if left < 0:
            raise ValueError("the answer is too long")
        yield chunk
    if unpacker is not None and not unpacker.eof:
        raise httpx.DecodingError("the packed answer ends too early")


def _unpacked(unpacker: "zlib._Decompress", packed: bytes, most: int) -> bytes:
    try:
        chunk = unpacker.decompress(packed, most)
    except zlib.error as error:
        raise httpx.DecodingError(f"the answer can't be unpacked: {error}") from None
    if unpacker.unused_data:
        raise httpx.DecodingError("something follows the packed answer")
    return chunk
