"""What Plivo signs, by its documents' words and by its package's."""

import string
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plivo.utils import validate_v3_signature

from plivo_async import InvalidArgumentError, MalformedCallbackError
from plivo_async.webhooks import Receiver, sign
from plivo_async.webhooks._signature import bases, message, parsed, split

TOKEN = "MjQzNTY0NzY4OTA4NzY1NDMyMTEyMzQ1Njc4OTA5"
SUB_TOKEN = "c3ViYWNjb3VudC10b2tlbi0wMDAwMDAwMDAwMDAwMA"
LONG = "05429567804466091622"
JOIN = {"EventName": "ParticipantJoin", "MPCName": "room-1", "MemberID": "355"}
EVENTS = "https://example.com/mpc/events"

VECTORS: list[tuple[str, str, Any, str, str, str]] = [
    (
        "POST",
        f"{EVENTS}?t=abc&env=prod",
        JOIN,
        LONG,
        f"{EVENTS}?env=prod&t=abc.EventNameParticipantJoinMPCNameroom-1MemberID355",
        "Ro9gGhvDWIySuXyX1hhTInFopx1s+ZLxa++T52e7H40=",
    ),
    (
        "POST",
        f"{EVENTS}?z=9&a=2&a=1",
        [("b", "2"), ("b", "10"), ("b", "1"), ("a", "x"), ("empty", "")],
        "12345",
        f"{EVENTS}?a=1&a=2&z=9.axb1b10b2empty",
        "y8xToZwqhC0RObI10RFRs2S24tPsfb6QOgN29taPCD4=",
    ),
    ("GET", EVENTS, (), LONG, EVENTS, "AMFKEDsuffZ2t3BuDKFzFcXXKMWa9HnPHiTNUoOHkpA="),
    (
        "GET",
        f"{EVENTS}?MPCName=room-1&EventName=ParticipantJoin&MemberID=355",
        (),
        LONG,
        f"{EVENTS}?EventName=ParticipantJoin&MPCName=room-1&MemberID=355",
        "QpTISEZW6LdP4aIknRwKYbzkSuMoVpGFzWvSwgeQFkU=",
    ),
    (
        "GET",
        "https://example.com/cb?b=2&a=3&a=1&c=",
        (),
        "12345",
        "https://example.com/cb?a=1&a=3&b=2&c=",
        "QGK1LhWgsw6Pffis4ai81cdGpOtEEbIy/F9aWIyHM1w=",
    ),
    (
        "GET",
        "https://example.com/cb?MPCName=my%20room%2F1&EventTimestamp=2026-11-23%2010%3A15%3A00%2B00%3A00",
        (),
        "12345",
        "https://example.com/cb?EventTimestamp=2026-11-23 10:15:00+00:00&MPCName=my room/1",
        "XYi8w5NQvtPSdzfDEgfzmIUL0l0CiIa0UAJZeSNHE+o=",
    ),
    (
        "GET",
        "https://example.com/cb?MPCName=my+room",
        (),
        "12345",
        "https://example.com/cb?MPCName=my room",
        "ysSJopBjz3tNi/Oz3IAIiJXScD28t58v0L5/ijwpbjs=",
    ),
    (
        "POST",
        EVENTS,
        JOIN,
        LONG,
        f"{EVENTS}?EventNameParticipantJoinMPCNameroom-1MemberID355",
        "nJtRpI/Dn8nmVdIhToGF5raFSqSxTfsRmGTX0DoXC9g=",
    ),
    ("POST", EVENTS, (), "12345", EVENTS, "ctTENAzxstcBLPAeZIqm6pyDM6HCtotEa3M7RFvE/x8="),
    ("POST", f"{EVENTS}?t=abc", (), "12345", f"{EVENTS}?t=abc", "zZAR/LneKOpniYDCXFv2wZXKpvBOALWXEF8SNhG+8nY="),
    (
        "POST",
        "https://example.com:8443/",
        {"a": "b"},
        "12345",
        "https://example.com:8443/?ab",
        "aAnjoXBIzb/kBzXcEhnnbcL+7PD9Bi6RwjvVqFTzc7w=",
    ),
    (
        "POST",
        "https://example.com",
        {"a": "b"},
        "12345",
        "https://example.com?ab",
        "AHocnvA5YMUUvNIKM+SGWO9kIvy5nL7OTQnkUZuti8A=",
    ),
    (
        "POST",
        "https://example.com/cb?x=1#ct=2000&rt=3",
        {"a": "b"},
        "12345",
        "https://example.com/cb?x=1.ab",
        "gVE8d50VF/fcPGHlCgUs+Aog8Jl0KaEJ+vNZfAZA1sM=",
    ),
    (
        "POST",
        "https://example.com/cb",
        {"MPCName": "Östermalm"},
        "12345",
        "https://example.com/cb?MPCNameÖstermalm",
        "a82jTutgyFA0yJ1g8aePW2chlBmj2bALqmkAxhTVYZ4=",
    ),
    (
        "GET",
        "https://example.com/cb?MPCName=%C3%96stermalm",
        (),
        "12345",
        "https://example.com/cb?MPCName=Östermalm",
        "wEcXonSxmkfKWjGT5m3mB5FF8vHTEyX5jrRAQuThSIw=",
    ),
]


@pytest.mark.parametrize(("method", "url", "params", "nonce", "text", "signature"), VECTORS)
def test_vectors(method: str, url: str, params: Any, nonce: str, text: str, signature: str) -> None:
    """Every worked example, made and verified, in either header, and with the method in any case."""
    path, query = split(url)
    pairs = tuple(params.items() if isinstance(params, dict) else params)
    assert message(method, path, parsed(query), pairs) == text
    headers = sign(method.lower(), url, params, token=TOKEN, nonce=nonce)
    assert headers == {
        "X-Plivo-Signature-V3": signature,
        "X-Plivo-Signature-Ma-V3": signature,
        "X-Plivo-Signature-V3-Nonce": nonce,
    }
    body = urlencode(pairs)
    for name in ("X-Plivo-Signature-V3", "X-Plivo-Signature-Ma-V3"):
        told = {name: signature, "X-Plivo-Signature-V3-Nonce": nonce}
        receiver = Receiver([SUB_TOKEN, TOKEN])
        if pairs or (query and method == "GET"):
            receiver.unwrap(method, url, told, body)
        else:
            with pytest.raises(MalformedCallbackError, match="no parameters"):  # signed, but there is nothing in it
                receiver.unwrap(method, url, told, body)


def test_a_subaccounts_token() -> None:
    """Its own signature stands beside the main account's."""
    signed = sign("POST", f"{EVENTS}?t=abc&env=prod", JOIN, token=SUB_TOKEN, nonce=LONG)
    assert signed["X-Plivo-Signature-V3"] == "me1A+tkOdcxPlE6yy2kR7876G5oyvWYZYERVhMmUn1k="


def test_sorting_is_by_name() -> None:
    """Not by name and value run together; capitals come first."""
    assert message("POST", "u", (), (("ab", "2"), ("a", "1"))) == "u?a1ab2"
    assert message("POST", "u", (), (("ab", "1"), ("a", "z"))) == "u?azab1"
    assert message("POST", "u", (), (("a", "3"), ("B", "4"), ("A", "2"), ("b", "1"))) == "u?A2B4a3b1"


def test_parameters_of_a_get_are_added_to_its_query() -> None:
    """What the query has already, it has."""
    assert message("GET", "u", (("a", "1"),), (("a", "2"), ("b", "3"))) == "u?a=1&b=3"


def test_what_cannot_be_signed_is_refused() -> None:
    """An argument that makes no sense; a new nonce is made for each."""
    with pytest.raises(InvalidArgumentError):
        sign("PUT", EVENTS, token=TOKEN)
    with pytest.raises(MalformedCallbackError):
        sign("GET", f"{EVENTS}?a=%FF", token=TOKEN)
    nonces = {sign("GET", EVENTS, token=TOKEN)["X-Plivo-Signature-V3-Nonce"] for _ in range(10)}
    assert len(nonces) == 10


# ---- Which URL ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "base_url", "expected"),
    [
        ("https://h:8443/cb", None, ("https://h:8443/cb",)),
        ("https://h/", None, ("https://h/", "https://h")),
        ("https://h", None, ("https://h",)),
        ("/cb", None, ()),
        ("//evil/cb", None, ()),
        ("", None, ()),
        ("http://inside:8000/cb", "https://api.example.com", ("https://api.example.com/cb",)),
        ("/cb", "https://api.example.com:8443/", ("https://api.example.com:8443/cb",)),
        ("/", "https://h", ("https://h/", "https://h")),
        ("/cb", "https://h/plivo", ("https://h/plivo/cb",)),
        ("/plivo/cb", "https://h/plivo/", ("https://h/plivo/plivo/cb", "https://h/plivo/cb")),
        ("/plivox", "https://h/plivo", ("https://h/plivo/plivox",)),
        ("/", "https://h/plivo", ("https://h/plivo/", "https://h/plivo")),
        ("/cb;v=1", "https://h", ("https://h/cb;v=1", "https://h/cb")),
        ("/a;v=1/cb", "https://h", ("https://h/a;v=1/cb",)),
        ("/cb", "https://user:pass@h", ("https://user:pass@h/cb", "https://h/cb")),
        ("//evil.example/cb", "https://h", ("https://h//evil.example/cb",)),
        ("/CB%2f", "HTTPS://H", ("HTTPS://H/CB%2f",)),
    ],
)
def test_the_url_is_the_public_one(path: str, base_url: str | None, expected: tuple[str, ...]) -> None:
    """Scheme, host and prefix of the base URL, if there is one; the rest as it is written."""
    assert bases(path, base_url) == expected


# ---- The official package -------------------------------------------------------------------------------------------

NAMES = st.text(string.ascii_letters + string.digits + "-_.", min_size=1, max_size=4)
VALUES = st.text(st.characters(max_codepoint=0x7E, min_codepoint=0x20), max_size=6)
ANY_VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


def official(method: str, url: str, headers: dict[str, str], params: dict[str, list[str]]) -> bool:
    """Whether Plivo's package believes it."""
    return bool(
        validate_v3_signature(
            method,
            url,
            headers["X-Plivo-Signature-V3-Nonce"],
            TOKEN,
            headers["X-Plivo-Signature-V3"],
            {name: list(values) for name, values in params.items()},
        )
    )


@given(
    st.sampled_from(["/cb", "/", "", ":8443/a%2Fb/", "/a b"]),
    st.lists(st.tuples(NAMES, VALUES), max_size=5),
    st.dictionaries(NAMES, st.lists(ANY_VALUES, min_size=1, max_size=3), max_size=5),
    st.sampled_from([quote, quote_plus]),
)
def test_the_official_package_believes_what_is_signed(
    path: str, query: list[tuple[str, str]], params: dict[str, list[str]], quoted: Any
) -> None:
    """Where it is right: it takes no query that isn't ASCII, and drops path parameters."""
    asked = urlencode(query, quote_via=quoted)
    url = f"https://example.com{quote(path, safe=':/%')}" + (f"?{asked}" if asked else "")
    flat = [(name, value) for name, values in params.items() for value in values]
    assert official("POST", url, sign("POST", url, flat, token=TOKEN), params)
    assert official("GET", url, sign("GET", url, token=TOKEN), {})
    if flat:
        Receiver([TOKEN]).unwrap("POST", url, sign("POST", url, flat, token=TOKEN), urlencode(flat))


@given(st.text(max_size=12), st.text(max_size=12))
def test_queries_are_read_as_the_standard_library_reads_them(name: str, value: str) -> None:
    """Whatever is in them, as long as it's text."""
    from urllib.parse import parse_qsl

    try:
        text = f"{urlencode([(name, value)])}&&x=1+2&y&z=%zz&{quote(value, safe='=&+')}"
    except UnicodeEncodeError:
        return
    assert parsed(text) == tuple(parse_qsl(text, keep_blank_values=True))
