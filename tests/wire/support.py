"""What the tests of the wire share."""

import json
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx
from hypothesis import strategies as st

from plivo_async.wire import Request

ACCOUNT = "https://api.plivo.com/v1/Account/MA000000000000000000/"
UUID_TEXT = "8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e"
CALL = "c0267574-5c12-4861-8990-da9404c8cdf6"
HOOK = "https://example.com/hook?token=a%20b&x=1"

names = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1)
words = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1).filter(str.strip)
member_ids = st.integers(0, 10**12) | (
    st.from_regex(r"[A-Za-z0-9._~-]{1,20}", fullmatch=True).filter(
        lambda text: text not in {".", ".."} and text.casefold() != "all"
    )
)
urls = st.builds(
    "{}://{}{}/{}".format,
    st.sampled_from(["http", "https", "HTTPS"]),
    st.sampled_from(["example.com", "a.b", "127.0.0.1", "[::1]", "user:secret@host"]),
    st.sampled_from(["", ":8443"]),
    st.from_regex(r"[A-Za-z0-9%/?=&#.,;:_-]{0,30}", fullmatch=True),
)
methods = st.sampled_from(["GET", "POST"])


def sent(request: Request) -> dict[str, Any]:
    """The arguments in the body of a request; they are in compact JSON, and never an empty object."""
    if request.body is None:
        return {}
    data = json.loads(request.body)
    assert isinstance(data, dict)
    assert data
    assert request.body == json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return data


def asked(request: Request) -> dict[str, str]:
    """The arguments in the query of a request."""
    assert "+" not in request.query
    pairs = parse_qsl(request.query, keep_blank_values=True, strict_parsing=bool(request.query))
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def segments(request: Request) -> list[str]:
    """The decoded segments of the path, as a server finds them that splits first; httpx changes nothing on the way."""
    query = f"?{request.query}" if request.query else ""
    raw = httpx.Request(request.method, f"{ACCOUNT}{request.path}{query}").url.raw_path.decode("ascii")
    assert raw == f"/v1/Account/MA000000000000000000/{request.path}{query}"
    assert request.path.endswith("/")
    return [unquote(segment, errors="strict") for segment in request.path.split("/")[:-1]]
