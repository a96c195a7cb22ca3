"""What is done to a true answer on purpose: a function from the one to the other. Pure.

What needs a body to be seen gives one to an answer that has none, which is a 204 and becomes a 200.
"""

import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from .api._answers import Answer, Headers, html_page, json_answer

Alteration = Callable[[Answer], Answer]

BOMB_SIZE = 1 << 28
"""Bytes to which a bomb unpacks."""

_BLOCK = 1 << 20


def http_date(instant: datetime) -> str:
    """An aware instant in UTC, as in `Date`."""
    return format_datetime(instant, usegmt=True)


def with_a_body(answer: Answer) -> Answer:
    """The answer; a 204 as a 200 that says the same."""
    if answer.status != 204:
        return answer
    return json_answer(200, {"message": "done"}, applied=answer.applied)


def with_a_body_as_204(answer: Answer) -> Answer:
    """A 204 with a body; any other answer as it is."""
    return replace(with_a_body(answer), status=204) if answer.status == 204 else answer


def as_html(answer: Answer) -> Answer:
    """A page of the same status."""
    answer = with_a_body(answer)
    return replace(html_page(answer.status, "Welcome"), applied=answer.applied)


def as_list(answer: Answer) -> Answer:
    """The same JSON in a list, where an object belongs."""
    answer = with_a_body(answer)
    return replace(answer, body=json.dumps([json.loads(answer.body)]).encode()) if _is_json(answer) else answer


def _is_json(answer: Answer) -> bool:
    return dict(answer.headers).get("Content-Type") == "application/json"


def _encoded(answer: Answer, encoding: str, body: bytes) -> Answer:
    return replace(answer, body=body, headers=(*answer.headers, ("Content-Encoding", encoding)))


def gzipped(answer: Answer) -> Answer:
    """In gzip."""
    answer = with_a_body(answer)
    return _encoded(answer, "gzip", gzip.compress(answer.body, mtime=0))


def deflated(answer: Answer) -> Answer:
    """In deflate, in the zlib format as RFC 9110 has it."""
    answer = with_a_body(answer)
    return _encoded(answer, "deflate", zlib.compress(answer.body))


def false_gzip(answer: Answer) -> Answer:
    """As it is, and said to be gzip."""
    answer = with_a_body(answer)
    return _encoded(answer, "gzip", answer.body)


def unknown_encoding(answer: Answer) -> Answer:
    """In an encoding of its own: every byte turned over."""
    answer = with_a_body(answer)
    return _encoded(answer, "x-nobody-knows", bytes(byte ^ 0xFF for byte in answer.body))


def bomb(answer: Answer) -> Answer:
    """Blanks without end, in gzip within gzip, in place of the body."""
    return _encoded(with_a_body(answer), "gzip, gzip", _bomb())


@lru_cache(maxsize=1)
def _bomb() -> bytes:
    # One block is packed once and repeated: after a full flush nothing points back, so the copies are valid.
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    blanks = b" " * _BLOCK
    block = packer.compress(blanks) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(BOMB_SIZE // _BLOCK):
        checksum = zlib.crc32(blanks, checksum)
    head = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    tail = packer.flush() + checksum.to_bytes(4, "little") + (BOMB_SIZE & 0xFFFFFFFF).to_bytes(4, "little")
    return gzip.compress(head + block * (BOMB_SIZE // _BLOCK) + tail, mtime=0)


def long_header(answer: Answer) -> Answer:
    """With one header that is longer than most clients' buffers."""
    return _with_headers(answer, (("X-Long", "x" * 16_000),))


def many_headers(answer: Answer) -> Answer:
    """With more headers than most clients count to."""
    return _with_headers(answer, tuple((f"X-Header-{number}", "x") for number in range(200)))


def _with_headers(answer: Answer, more: Headers) -> Answer:
    return replace(answer, headers=answer.headers + more)
