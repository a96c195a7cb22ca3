"""Signatures: every documented vector, and what the official package makes of them."""

from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plivo.utils.signature_v3 import validate_v3_signature

from plivo_async.emulator.calling_back._letters import with_query
from plivo_async.emulator.calling_back._signing import message, signature, signatures

TOKEN = "MjQzNTY0NzY4OTA4NzY1NDMyMTEyMzQ1Njc4OTA5"
OTHER = "c3ViYWNjb3VudC10b2tlbi0wMDAwMDAwMDAwMDAwMA"
LONG, SHORT = "05429567804466091622", "12345"
EVENT = {"EventName": "ParticipantJoin", "MPCName": "room-1", "MemberID": "355"}
CB = "https://example.com/cb"
EVENTS = "https://example.com/mpc/events"

VECTORS: list[tuple[str, str, list[tuple[str, str]], str, str, str]] = [
    (
        "POST",
        f"{EVENTS}?t=abc&env=prod",
        list(EVENT.items()),
        LONG,
        f"{EVENTS}?env=prod&t=abc.EventNameParticipantJoinMPCNameroom-1MemberID355",
        "Ro9gGhvDWIySuXyX1hhTInFopx1s+ZLxa++T52e7H40=",
    ),
    (
        "POST",
        f"{EVENTS}?z=9&a=2&a=1",
        parse_qsl("b=2&b=10&b=1&a=x&empty=", keep_blank_values=True),
        SHORT,
        f"{EVENTS}?a=1&a=2&z=9.axb1b10b2empty",
        "y8xToZwqhC0RObI10RFRs2S24tPsfb6QOgN29taPCD4=",
    ),
    ("GET", EVENTS, [], LONG, EVENTS, "AMFKEDsuffZ2t3BuDKFzFcXXKMWa9HnPHiTNUoOHkpA="),
    (
        "GET",
        f"{EVENTS}?MPCName=room-1&EventName=ParticipantJoin&MemberID=355",
        [],
        LONG,
        f"{EVENTS}?EventName=ParticipantJoin&MPCName=room-1&MemberID=355",
        "QpTISEZW6LdP4aIknRwKYbzkSuMoVpGFzWvSwgeQFkU=",
    ),
    ("GET", f"{CB}?b=2&a=3&a=1&c=", [], SHORT, f"{CB}?a=1&a=3&b=2&c=", "QGK1LhWgsw6Pffis4ai81cdGpOtEEbIy/F9aWIyHM1w="),
    (
        "GET",
        f"{CB}?MPCName=my%20room%2F1&EventTimestamp=2026-11-23%2010%3A15%3A00%2B00%3A00",
        [],
        SHORT,
        f"{CB}?EventTimestamp=2026-11-23 10:15:00+00:00&MPCName=my room/1",
        "XYi8w5NQvtPSdzfDEgfzmIUL0l0CiIa0UAJZeSNHE+o=",
    ),
    (
        "GET",
        f"{CB}?MPCName=my+room",
        [],
        SHORT,
        f"{CB}?MPCName=my room",
        "ysSJopBjz3tNi/Oz3IAIiJXScD28t58v0L5/ijwpbjs=",
    ),
    (
        "POST",
        EVENTS,
        list(EVENT.items()),
        LONG,
        f"{EVENTS}?EventNameParticipantJoinMPCNameroom-1MemberID355",
        "nJtRpI/Dn8nmVdIhToGF5raFSqSxTfsRmGTX0DoXC9g=",
    ),
    ("POST", EVENTS, [], SHORT, EVENTS, "ctTENAzxstcBLPAeZIqm6pyDM6HCtotEa3M7RFvE/x8="),
    ("POST", f"{EVENTS}?t=abc", [], SHORT, f"{EVENTS}?t=abc", "zZAR/LneKOpniYDCXFv2wZXKpvBOALWXEF8SNhG+8nY="),
    (
        "POST",
        "https://example.com:8443/",
        [("a", "b")],
        SHORT,
        "https://example.com:8443/?ab",
        "aAnjoXBIzb/kBzXcEhnnbcL+7PD9Bi6RwjvVqFTzc7w=",
    ),
    (
        "POST",
        "https://example.com",
        [("a", "b")],
        SHORT,
        "https://example.com?ab",
        "AHocnvA5YMUUvNIKM+SGWO9kIvy5nL7OTQnkUZuti8A=",
    ),
    (
        "POST",
        f"{CB}?x=1#ct=2000&rt=3",
        [("a", "b")],
        SHORT,
        f"{CB}?x=1.ab",
        "gVE8d50VF/fcPGHlCgUs+Aog8Jl0KaEJ+vNZfAZA1sM=",
    ),
    (
        "POST",
        CB,
        [("MPCName", "Östermalm")],
        SHORT,
        f"{CB}?MPCNameÖstermalm",
        "a82jTutgyFA0yJ1g8aePW2chlBmj2bALqmkAxhTVYZ4=",
    ),
    (
        "GET",
        f"{CB}?MPCName=%C3%96stermalm",
        [],
        SHORT,
        f"{CB}?MPCName=Östermalm",
        "wEcXonSxmkfKWjGT5m3mB5FF8vHTEyX5jrRAQuThSIw=",
    ),
]


@pytest.mark.parametrize(("method", "url", "pairs", "nonce", "text", "signed"), VECTORS)
def test_vectors(method: str, url: str, pairs: list[tuple[str, str]], nonce: str, text: str, signed: str) -> None:
    """Message and signature are those of the documented examples."""
    assert message(method, url, pairs) == text
    assert signature(TOKEN, f"{text}.{nonce}") == signed


def test_several_tokens_make_several_signatures() -> None:
    """One for each token, joined by a comma; the main account's stand apart."""
    url, pairs = f"{EVENTS}?t=abc&env=prod", EVENT.items()
    both = signatures("POST", url, pairs, LONG, tokens=[OTHER, TOKEN], main_tokens=[TOKEN], v2=False)
    assert both == [
        ("X-Plivo-Signature-V3-Nonce", LONG),
        (
            "X-Plivo-Signature-V3",
            "me1A+tkOdcxPlE6yy2kR7876G5oyvWYZYERVhMmUn1k=,Ro9gGhvDWIySuXyX1hhTInFopx1s+ZLxa++T52e7H40=",
        ),
        ("X-Plivo-Signature-Ma-V3", "Ro9gGhvDWIySuXyX1hhTInFopx1s+ZLxa++T52e7H40="),
    ]


def test_the_older_signatures_come_along() -> None:
    """V2 signs the address and the nonce, without query and parameters."""
    headers = dict(signatures("POST", f"{CB}?x=1", EVENT.items(), SHORT, tokens=[OTHER], main_tokens=[TOKEN]))
    assert headers["X-Plivo-Signature-V2"] == signature(OTHER, f"{CB}{SHORT}")
    assert headers["X-Plivo-Signature-Ma-V2"] == signature(TOKEN, f"{CB}{SHORT}")
    assert headers["X-Plivo-Signature-V2-Nonce"] == SHORT


@pytest.mark.parametrize(
    ("url", "dropped", "kept"),
    [
        (f"{CB};v=1", CB, f"{CB};v=1"),
        ("https://h/a;b/c;d", "https://h/a;b/c", "https://h/a;b/c;d"),
        ("https://h;x", "https://h;x", "https://h;x"),
        ("https://h/?q=1;2", "https://h/?q=1;2", "https://h/?q=1;2"),
        ("HTTPS://H/", "https://H/", "https://H/"),
    ],
)
def test_path_parameters_are_dropped_or_kept(url: str, dropped: str, kept: str) -> None:
    """Of the last segment only; the host's case stays as it is."""
    assert message("POST", url) == dropped
    assert message("POST", url, path_parameters="kept") == kept


WORDS = st.text(st.characters(codec="ascii", exclude_characters="\x00"), max_size=6)
PAIRS = st.dictionaries(WORDS.filter(bool), WORDS, max_size=4)


@given(PAIRS, PAIRS, st.sampled_from(["", "/", "/cb", "/a%20b/c", "/cb#ct=100"]))
def test_the_official_package_accepts_every_post(query: dict[str, str], body: dict[str, str], path: str) -> None:
    """Whatever is in the query and in the body."""
    url = f"https://example.com:8443{path.partition('#')[0]}"
    url = with_query(url, query) if path else url
    signed = signature(TOKEN, f"{message('POST', url, body.items())}.{SHORT}")
    assert validate_v3_signature("POST", url, SHORT, TOKEN, signed, dict(body))


@given(PAIRS, PAIRS)
def test_the_official_package_accepts_every_get(query: dict[str, str], params: dict[str, str]) -> None:
    """Parameters of a GET are part of its query."""
    url = with_query(with_query("https://example.com/cb#rc=2", query), params)
    signed = signature(TOKEN, f"{message('GET', url)}.{SHORT}")
    empty: dict[str, Any] = {}
    assert validate_v3_signature("GET", url, SHORT, TOKEN, signed, empty)
