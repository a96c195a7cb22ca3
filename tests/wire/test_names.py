"""Names on their way into a path: whole, and as nothing else."""

import re
from urllib.parse import unquote
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async import InvalidArgumentError as Invalid
from plivo_async.wire import (
    Conference,
    activate,
    callback,
    check_path,
    conference,
    conference_by_uuid,
    deferred,
    end,
    retrieve,
)

ACCOUNT = "https://api.plivo.com/v1/Account/MA000000000000000000/"
UUID_TEXT = "8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e"
names = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1)


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        ("support-4812", "name_support-4812"),
        ("a/b", "name_a%2Fb"),
        ("../Call", "name_..%2FCall"),
        (".", "name_."),
        ("..", "name_.."),
        ("e%41", "name_e%2541"),
        ("a b", "name_a%20b"),
        ("a+b", "name_a%2Bb"),
        ("a?b", "name_a%3Fb"),
        ("a#b", "name_a%23b"),
        ("a;b=c", "name_a%3Bb%3Dc"),
        ("a\\b", "name_a%5Cb"),
        ("Östermalm", "name_%C3%96stermalm"),
        ("O\u0308stermalm", "name_O%CC%88stermalm"),  # the same to the eye, another name to the server
        ("☎️", "name_%E2%98%8E%EF%B8%8F"),
        ("\U0001d518", "name_%F0%9D%94%98"),
        ("uuid_1", "name_uuid_1"),
        (UUID_TEXT, f"name_{UUID_TEXT}"),
        ("A-Z_a.z~0", "name_A-Z_a.z~0"),
        ("\u202e\u00a0\u2028", "name_%E2%80%AE%C2%A0%E2%80%A8"),
    ],
)
def test_name_is_encoded_whole(name: str, segment: str) -> None:
    """Whatever splits, climbs or decodes in a path is escaped; a name is never taken for a UUID."""
    assert conference(name).segment == segment


@given(names)
def test_name_survives_its_encoding(name: str) -> None:
    """Decoding the segment once gives the name back, and nothing in it means anything to a path."""
    segment = conference(name).segment
    assert unquote(segment.removeprefix("name_"), errors="strict") == name
    assert re.fullmatch(r"name_(?:[A-Za-z0-9_.~-]|%[0-9A-F]{2})+", segment)


@given(names)
def test_name_reaches_the_wire_as_it_was_encoded(name: str) -> None:
    """The path passes httpx as it is: nothing is decoded, collapsed or encoded again."""
    path = activate(conference(name)).path
    raw = httpx.Request("POST", f"{ACCOUNT}{path}").url.raw_path
    assert raw == f"/v1/Account/MA000000000000000000/{path}".encode("ascii")
    assert raw.count(b"/") == 6


def test_name_of_ten_kilobytes_reaches_the_wire() -> None:
    """Long names go through httpx, up to the longest that it takes."""
    for name in ("x" * 10_000, "é" * 9_999, "/" * 10_000, "x" * 59_995):
        url = httpx.Request("POST", f"{ACCOUNT}{activate(conference(name)).path}").url
        assert unquote(url.raw_path.decode().split("/")[5]) == f"name_{name}"


@pytest.mark.parametrize("name", ["x" * 60_001, "é" * 10_001, "☎" * 6_667, "/" * 20_001])
def test_name_too_long_for_a_url_is_refused(name: str) -> None:
    """What httpx couldn't send is refused before anything is sent, with the item's position."""
    with pytest.raises(Invalid, match="the conference name at position 7 is too long: at most 60,000"):
        conference(name, " at position 7")


def test_name_empty_is_refused() -> None:
    """An empty name would be the collection of all conferences."""
    with pytest.raises(Invalid, match="the conference name at position 3 is empty"):
        conference("", " at position 3")


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0)], ids=hex)
def test_name_with_a_control_character_is_refused(code: int) -> None:
    """C0, DEL and C1 are refused, with the character and its place; a line break at the end is one, too."""
    with pytest.raises(Invalid, match=rf"at position 3 has a control character \(U\+{code:04X}\) at index 2"):
        conference(f"ab{chr(code)}", " at position 3")


@pytest.mark.parametrize("code", [0xD83D, 0xDCFF, 0xDFFF], ids=hex)
def test_name_with_half_a_surrogate_pair_is_refused(code: int) -> None:
    """What no encoding can write is refused in words, not by a UnicodeEncodeError from below."""
    with pytest.raises(Invalid, match=rf"has half a surrogate pair \(U\+{code:04X}\) at index 1") as caught:
        conference(f"a{chr(code)}")
    assert caught.type is Invalid
    str(caught.value).encode()


@pytest.mark.parametrize(
    "value", [None, 42, b"support", 1.5, ["a"], {"name": "a"}, object()], ids=lambda value: type(value).__name__
)
def test_name_of_another_type_is_refused(value: object) -> None:
    """Only str and UUID name a conference; the message says what was given instead, and where."""
    with pytest.raises(TypeError, match=f"a conference at position 3 must be a name .* not {type(value).__name__}"):
        conference(value, " at position 3")


@given(st.uuids())
def test_uuid_makes_its_own_segment(uuid: UUID) -> None:
    """A UUID, as an object or as text in any spelling, is one and the same conference."""
    assert (
        conference(uuid)
        == conference_by_uuid(uuid)
        == conference_by_uuid(str(uuid))
        == conference_by_uuid(uuid.hex.upper())
    )
    assert conference(uuid).segment == f"uuid_{uuid}"
    assert conference(uuid).label == str(uuid)
    assert conference(uuid) != conference(str(uuid))


@pytest.mark.parametrize("text", ["", "support", "../Call", f"{UUID_TEXT}0", f"uuid_{UUID_TEXT}", "8742d531"])
def test_uuid_malformed_is_refused(text: str) -> None:
    """Text that is no UUID is a Invalid that shows one."""
    with pytest.raises(Invalid, match="uuid must be a UUID such as 8742d531"):
        conference_by_uuid(text)


@pytest.mark.parametrize("value", [None, 7, b"x"], ids=repr)
def test_uuid_of_another_type_is_refused(value: object) -> None:
    """`uuid=` takes str and UUID."""
    with pytest.raises(TypeError, match=r"uuid must be a str or a uuid\.UUID, not"):
        conference_by_uuid(value)


def test_room_is_shown_as_the_caller_knows_it() -> None:
    """The label is the name or the UUID, without any prefix or encoding."""
    assert conference("a/b").label == "a/b"
    assert Conference(None, UUID_TEXT).label == UUID_TEXT


@pytest.mark.parametrize(
    "path",
    [
        "Call/",
        "MultiPartyCall/name_a%2Fb/",
        "MultiPartyCall/name_a%2F..%2Fb/",  # a name, escaped: it does not climb
        "Call",
        "a/...",
        "a/..b/.c",
        "name_%252e",
        f"Call/{UUID_TEXT}/",
    ],
)
def test_path_within_the_account_is_taken_as_it_is(path: str) -> None:
    """A relative path passes unchanged, and reaches the wire under the account."""
    assert check_path(path) == path
    assert httpx.URL(ACCOUNT + path).raw_path.startswith(b"/v1/Account/MA000000000000000000/")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/v1/Account/MA1/",
        "//evil.example/x",
        "https://evil.example/",
        "HTTP://evil.example/",
        "\\\\evil.example",
        "a\\..\\b",
        ".",
        "..",
        "../",
        "./Call/",
        "Call/..",
        "Call/../../MA1/",
        "%2e%2e/MA1/",
        "Call/%2E%2e/x",
        "Call/.%2e/x",
        "Call/%2e/",
        "..%2FMA1/",
        "..;/MA1/",
        "..;x=1/MA1/",
        "%2e%2e%3B/MA1/",
        "Call/..;a%2F..",
        "..%2f",
        "Call/x%2F..%2F..%2FMA1/",
        "Call/%252e%252e/x",
        "Call/..%5Cx",
        "Call/?limit=5",
        "Call/#x",
        "Call/?",
        "a b",
        " Call/",
        "Call/\n",
        "Call/\t",
        "Call/\x00",
        "Call/\x7f",
        "Call/\x85",
        "Call/\ud83d",
        "x" * 60_001,
        "é" * 10_001,
    ],
    ids=lambda path: ascii(path)[:30],
)
def test_path_that_leaves_the_account_or_splits_is_refused(path: str) -> None:
    """Absolute, climbing (also encoded), with a query, a fragment, a control character: refused before sending."""
    with pytest.raises(Invalid, match=r"^path must") as caught:
        check_path(path)
    assert caught.type is Invalid


@given(st.text(max_size=40) | st.text(st.sampled_from("./\\%2eE?#:ab \n\ud800é"), max_size=20))
def test_path_that_passes_stays_under_the_account(path: str) -> None:
    """Whatever is let through makes a URL that httpx takes and that lies under the account, without a query."""
    try:
        check_path(path)
    except Invalid:
        return
    url = httpx.URL(ACCOUNT + path)
    assert url.host == "api.plivo.com"
    assert url.raw_path.startswith(b"/v1/Account/MA000000000000000000/")
    assert url.raw_path.count(b"/") == 4 + path.count("/")
    assert not url.query
    assert not url.fragment


def test_requests_of_a_room_are_as_documented() -> None:
    """Activating is an idempotent POST of `active`, lower case; looking is a GET of the same path."""
    post, get = activate(conference("a/b")), retrieve(conference(uuid4()))
    assert (post.method, post.path, post.body) == ("POST", "MultiPartyCall/name_a%2Fb/", b'{"status":"active"}')
    assert (post.operation, post.target, post.effect.value, post.query) == ("Activate MPC", "a/b", "idempotent", "")
    assert (get.method, get.body, get.effect.value) == ("GET", None, "safe")
    assert re.fullmatch(r"MultiPartyCall/uuid_[0-9a-f-]{36}/", get.path)


def test_ending_a_room_is_as_documented() -> None:
    """A DELETE of the same path, without a body; idempotent by UUID only, for a name may be another's by then."""
    request = end(conference("a/b"))
    assert (request.method, request.path, request.body) == ("DELETE", "MultiPartyCall/name_a%2Fb/", None)
    assert (request.operation, request.target, request.query) == ("End MPC", "a/b", "")
    assert (request.effect.value, end(conference(uuid4())).effect.value) == ("neither", "idempotent")


def test_activating_a_room_with_a_callback() -> None:
    """Text, not the lists of one that Plivo's Python SDK sends; the status comes first."""
    body = deferred(activate(conference("a")), callback("https://a.b/ö", "GET")).body
    assert body == '{"status":"active","callback_url":"https://a.b/ö","callback_method":"GET"}'.encode()
