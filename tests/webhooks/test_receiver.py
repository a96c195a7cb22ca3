"""Nothing but a verified, well-formed callback becomes an event, and nothing else is raised."""

import hmac
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async import CallbackError, InvalidArgumentError, MalformedCallbackError, SignatureError
from plivo_async.webhooks import NonceMemory, ParticipantJoined, Receiver, sign
from plivo_async.webhooks import _request as request_module
from plivo_async.webhooks import _signature as signature_module

from .test_events import JOIN
from .test_signature import SUB_TOKEN, TOKEN

URL = "https://api.example.com/plivo/events?tenant=7"
BODY = urlencode(JOIN).encode()
SIGNED = sign("POST", URL, JOIN, token=TOKEN, nonce="12345")
RIGHT = SIGNED["X-Plivo-Signature-V3"]
NONCE = {"X-Plivo-Signature-V3-Nonce": "12345"}


def test_a_signed_post_is_an_event() -> None:
    """Its query is what the user gave the URL, beside what Plivo says."""
    event = Receiver([TOKEN]).unwrap("POST", URL, SIGNED, BODY)
    assert isinstance(event, ParticipantJoined)
    assert event.extra == {"Tomorrow": "new", "tenant": "7"}
    assert event.raw == tuple(JOIN.items())


def test_a_query_tells_nothing_of_a_posts_event() -> None:
    """Parameters of Plivo's in the query of a POST are the user's own words."""
    url = f"{URL}&MPCUUID=other&DigitInput=1"
    event = Receiver([TOKEN]).unwrap("POST", url, sign("POST", url, JOIN, token=TOKEN), BODY)
    assert isinstance(event, ParticipantJoined)
    assert event.mpc_uuid == JOIN["MPCUUID"]
    assert event.extra == {"Tomorrow": "new", "tenant": "7", "DigitInput": "1"}
    url = f"{URL}&EventName=MPCEnd&MPCUUID=u"
    with pytest.raises(MalformedCallbackError, match="no parameters"):
        Receiver([TOKEN]).unwrap("POST", url, sign("POST", url, token=TOKEN), b"")


def test_a_signed_get_is_an_event() -> None:
    """All of it is in the query; a body of whomever is nothing."""
    url = f"{URL}&{urlencode(JOIN)}"
    event = Receiver([TOKEN]).unwrap("get", url, sign("GET", url, token=TOKEN), b"MPCUUID=other")
    assert isinstance(event, ParticipantJoined)
    assert event.extra == {"Tomorrow": "new", "tenant": "7"}


@pytest.mark.parametrize(
    "headers",
    [
        SIGNED,
        [(name.upper(), text) for name, text in SIGNED.items()],
        {name.lower().encode(): text.encode() for name, text in SIGNED.items()},
        ((name.encode(), text) for name, text in SIGNED.items()),
        httpx.Headers(SIGNED),
        {**NONCE, "X-Plivo-Signature-V3": f"AAAA,,{RIGHT}"},
        {**NONCE, "X-Plivo-Signature-V3": f"{'A' * 44} ,\t{RIGHT} , "},
        {**NONCE, "X-Plivo-Signature-Ma-V3": f"{RIGHT},{'A' * 44}"},
        [*NONCE.items(), ("x-plivo-signature-v3", "A" * 44), ("x-plivo-signature-v3", RIGHT)],
        [*NONCE.items(), *NONCE.items(), *SIGNED.items(), ("x-plivo-signature-v2", "nonsense"), ("n", None)],
        {"X-Plivo-Signature-V3-Nonce": " 12345 ", "X-Plivo-Signature-V3": RIGHT},
    ],
)
def test_headers_in_any_form(headers: Any) -> None:
    """Mappings and pairs, text and bytes, in any case; several signatures with or without spaces."""
    Receiver([TOKEN]).unwrap("POST", URL, headers, BODY)


@pytest.mark.parametrize("body", [BODY, BODY.decode(), bytearray(BODY), memoryview(BODY)])
def test_bodies_in_any_form(body: Any) -> None:
    """As long as they are as they came."""
    Receiver([TOKEN]).unwrap("POST", URL.encode(), SIGNED, body)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        NONCE,
        {"X-Plivo-Signature-V3": RIGHT},
        {"X-Plivo-Signature-V3": RIGHT, "X-Plivo-Signature-V3-Nonce": ""},
        {"X-Plivo-Signature-V3": RIGHT, "X-Plivo-Signature-V3-Nonce": "12346"},
        [*SIGNED.items(), ("x-plivo-signature-v3-nonce", "12346")],
        {**NONCE, "X-Plivo-Signature-V3": ""},
        {**NONCE, "X-Plivo-Signature-V3": RIGHT.lower()},
        {**NONCE, "X-Plivo-Signature-V3": RIGHT[:-1]},
        {**NONCE, "X-Plivo-Signature-V3": RIGHT + "="},
        {**NONCE, "X-Plivo-Signature-V3": "é" * 44},
        {**NONCE, "X-Plivo-Signature-V3": "\udcff" * 44},
        {**NONCE, "X-Plivo-Signature-V2": RIGHT, "X-Plivo-Signature-V2-Nonce": "12345"},
        {**NONCE, "X-Plivo-Signature": RIGHT},
        {**NONCE, "X_Plivo_Signature_V3": RIGHT},
    ],
)
def test_what_is_not_signed_is_refused(headers: Any) -> None:
    """Signatures of older versions too, whatever they are."""
    with pytest.raises(SignatureError) as caught:
        Receiver([TOKEN]).unwrap("POST", URL, headers, BODY)
    assert TOKEN not in str(caught.value)
    assert RIGHT not in str(caught.value)


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("GET", URL, BODY),
        ("POST", URL.replace("https", "http"), BODY),
        ("POST", URL.replace(".com", ".com:443"), BODY),
        ("POST", URL.replace("api", "API"), BODY),
        ("POST", URL.replace("events", "events/"), BODY),
        ("POST", URL.replace("=7", "=8"), BODY),
        ("POST", URL + "&a=", BODY),
        ("POST", URL.partition("?")[0], BODY),
        ("POST", URL, BODY.replace(b"355", b"356")),
        ("POST", URL, BODY + b"&a="),
        ("POST", URL, BODY + b"&MemberID=355"),
        ("POST", URL, b""),
        ("POST", URL, BODY + b"\n"),
        ("POST", "/plivo/events?tenant=7", BODY),
        ("POST", "", BODY),
    ],
)
def test_what_was_altered_is_refused(method: str, url: str, body: bytes) -> None:
    """Any part of it."""
    with pytest.raises(SignatureError):
        Receiver([TOKEN]).unwrap(method, url, SIGNED, body)


def test_any_of_the_tokens_may_have_signed() -> None:
    """Of the account, of a subaccount, of yesterday: each of them, wherever it stands."""
    for tokens in ([TOKEN], [SUB_TOKEN, TOKEN], (TOKEN, SUB_TOKEN), iter([TOKEN, TOKEN])):
        Receiver(tokens).unwrap("POST", URL, SIGNED, BODY)  # type: ignore[arg-type]
    with pytest.raises(SignatureError):
        Receiver([SUB_TOKEN]).unwrap("POST", URL, SIGNED, BODY)
    with pytest.raises(SignatureError):
        Receiver([TOKEN.lower()]).unwrap("POST", URL, SIGNED, BODY)


def test_all_pairs_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first that fits ends nothing: no clock tells which token it was."""
    counted: list[bool] = []
    compare = hmac.compare_digest

    def counting(one: bytes, other: bytes) -> bool:
        counted.append(compare(one, other))
        return counted[-1]

    monkeypatch.setattr(hmac, "compare_digest", counting)
    headers = {**NONCE, "X-Plivo-Signature-V3": f"{RIGHT},{'A' * 44}"}
    Receiver([TOKEN, SUB_TOKEN]).unwrap("POST", URL, headers, BODY)
    assert counted == [True, False, False, False]


# ---- Behind a proxy -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base_url", "seen"),
    [
        ("https://api.example.com", "http://10.0.0.5:8000/plivo/events?tenant=7"),
        ("https://api.example.com", "/plivo/events?tenant=7"),
        ("https://api.example.com/", "/plivo/events?tenant=7#rp=5xx"),
        ("https://api.example.com/plivo", "http://inside/events?tenant=7"),
        ("https://api.example.com/plivo", "http://inside/plivo/events?tenant=7"),
    ],
)
def test_the_public_url_counts(base_url: str, seen: str) -> None:
    """Whatever the framework sees behind a proxy, which may have taken a prefix off."""
    Receiver([TOKEN], base_url=base_url).unwrap("POST", seen, SIGNED, BODY)


def test_path_parameters_count_or_not() -> None:
    """Plivo's Python package drops them, others sign them."""
    for signed in ("https://h/cb;v=1", "https://h/cb"):
        headers = sign("POST", signed, JOIN, token=TOKEN)
        Receiver([TOKEN], base_url="https://h").unwrap("POST", "/cb;v=1", headers, BODY)


def test_the_base_url_is_the_only_host() -> None:
    """A host that the request claims isn't taken beside it."""
    other = "https://evil.example/plivo/events?tenant=7"
    receiver = Receiver([TOKEN], base_url="https://api.example.com")
    with pytest.raises(SignatureError):
        receiver.unwrap("POST", other, sign("POST", other, JOIN, token=TOKEN), BODY)


# ---- Size -----------------------------------------------------------------------------------------------------------


def test_what_is_too_large_is_refused() -> None:
    """By its limits, each to the last byte."""
    receiver = Receiver([TOKEN], max_body=len(BODY), max_params=len(JOIN) + 1)
    receiver.unwrap("POST", URL, SIGNED, BODY)
    for body in (BODY + b"0", BODY + b"&", b"&" * (len(JOIN) + 1)):
        with pytest.raises(MalformedCallbackError, match=r"larger than|more than"):
            receiver.unwrap("POST", URL, SIGNED, body)
    with pytest.raises(MalformedCallbackError, match="more than"):
        receiver.unwrap("POST", f"{URL}&a=1", SIGNED, BODY)
    with pytest.raises(MalformedCallbackError, match="larger than"):
        receiver.unwrap("GET", f"{URL}{'0' * len(BODY)}", SIGNED)


LARGE: list[tuple[str, str, Any, bytes]] = [
    ("POST", URL, SIGNED, b"a" * 10_000_000),
    ("POST", URL, SIGNED, b"a=1&" * 2_500_000),
    ("POST", URL, SIGNED, "&".join(f"k{number}=1" for number in range(100_000)).encode()),
    ("GET", f"{URL}&{'&'.join(f'k{number}=1' for number in range(100_000))}", SIGNED, b""),
    ("GET", URL + "a" * 10_000_000, SIGNED, b""),
    ("POST", "https://h/" + "/" * 10_000_000, SIGNED, b""),
    ("POST", URL, {**NONCE, "X-Plivo-Signature-V3": "A" * 44 + ("," + "A" * 44) * 100_000}, BODY),
    ("POST", URL, {**NONCE, "X-Plivo-Signature-V3": "".join(f",{number:044}" for number in range(90))}, BODY),
    ("POST", URL, {"X-Plivo-Signature-V3": RIGHT, "X-Plivo-Signature-V3-Nonce": "1" * 10_000_000}, BODY),
    ("POST", URL, [*SIGNED.items(), *[("x-plivo-signature-v3", "A" * 44)] * 10_000], BODY),
    ("POST", URL, [*SIGNED.items(), ("content-type", ";" * 10_000_000)], BODY),
]


@pytest.mark.parametrize("request_", LARGE, ids=range(len(LARGE)))
def test_a_flood_is_refused_before_it_is_read(request_: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is decoded, and no signature is made: it takes some microseconds."""

    def never(*_: object) -> str:
        raise AssertionError("it was read")

    monkeypatch.setattr(signature_module, "signature", never)
    monkeypatch.setattr(request_module, "parsed", never)
    with pytest.raises(CallbackError):
        Receiver([TOKEN, SUB_TOKEN]).unwrap(*request_)


# ---- Form -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
def test_a_body_that_is_no_form_is_refused(kind: str) -> None:
    """Plivo sends forms."""
    with pytest.raises(MalformedCallbackError, match="Content-Type"):
        Receiver([TOKEN]).unwrap("POST", URL, {**SIGNED, "content-type": kind}, BODY)


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; charset=utf-8"]
)
def test_a_form_is_taken(kind: str) -> None:
    """In any case, with a charset."""
    Receiver([TOKEN]).unwrap("POST", URL, {**SIGNED, "Content-Type": kind}, BODY)


@pytest.mark.parametrize("body", [b"a=\xff", b"a=%FF", b"%C3=1", b"\xed\xa0\x80"])
def test_what_is_not_utf8_is_refused(body: bytes) -> None:
    """Nothing is made up in its place."""
    with pytest.raises(MalformedCallbackError, match="UTF-8"):
        Receiver([TOKEN]).unwrap("POST", URL, SIGNED, body)


@pytest.mark.parametrize("method", ["PUT", "HEAD", "", "POST ", "pošt"])
def test_other_methods_are_refused(method: str) -> None:
    """Plivo knows two."""
    with pytest.raises(MalformedCallbackError, match="method"):
        Receiver([TOKEN]).unwrap(method, URL, SIGNED, BODY)


def test_a_signed_event_that_is_malformed_is_refused() -> None:
    """A signature makes it Plivo's, not well formed."""
    params = {**JOIN, "SequenceNumber": "two"}
    with pytest.raises(MalformedCallbackError) as caught:
        Receiver([TOKEN]).unwrap("POST", URL, sign("POST", URL, params, token=TOKEN), urlencode(params))
    assert caught.value.parameter == "SequenceNumber"


TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["X-Plivo-Signature-V3", "x-plivo-signature-ma-v3", "X-Plivo-Signature-V3-Nonce", "Content-Type"]),
    st.sampled_from([RIGHT, "12345", "application/x-www-form-urlencoded", "A" * 44, f"{RIGHT},{'é' * 44}", "1" * 5000]),
)
HINTS = ["Host", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Original-URI", "Content-Length"]
EITHER = st.one_of(TEXTS, st.binary(max_size=12))


@given(
    st.sampled_from(["GET", "POST", "PUT", "\udcff"]),
    st.one_of(EITHER, EITHER.map(lambda one: URL + one if isinstance(one, str) else URL.encode() + one)),
    st.one_of(
        st.lists(st.tuples(EITHER, EITHER), max_size=6),
        st.dictionaries(TEXTS, TEXTS, max_size=6),
        st.dictionaries(st.sampled_from(HINTS), TEXTS, max_size=6).map(lambda hints: {**hints, **SIGNED}),
    ),
    st.one_of(st.binary(max_size=40), st.just(BODY), st.text(max_size=20)),
    st.sampled_from([None, "https://api.example.com", "https://api.example.com/plivo"]),
)
def test_whatever_comes_nothing_else_is_raised(
    method: str, url: Any, headers: Any, body: Any, base_url: str | None
) -> None:
    """An event that is rightly signed, or one of two errors; and it can be explained."""
    receiver = Receiver([TOKEN], base_url=base_url)
    try:
        event = receiver.unwrap(method, url, headers, body)
    except (SignatureError, MalformedCallbackError):
        event = None
    if event is not None:
        assert body in (BODY, BODY.decode())
    told = receiver.explain(method, url, headers, body)
    assert TOKEN not in told
    assert RIGHT not in told


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Prefix", "X-Forwarded-Port", "X-Original-URI", "Content-Length"])
@pytest.mark.parametrize("value", ["", "\udcff", "9" * 5000, "²", "/?a=%FF", "[", "a@b:c", "\x1b[31m"])
def test_hints_of_strangers_are_borne(name: str, value: str) -> None:
    """What headers say of the way is anybody's word."""
    for url in (b"/\xff;\xfe", "https://[h", "/%zz?%zz"):
        for base_url in (None, "https://h/p"):
            told = Receiver([TOKEN], base_url=base_url).explain("POST", url, {**SIGNED, name: value}, b"a=b")
            assert "\x1b" not in told


@given(st.binary(max_size=200), st.text(max_size=30))
def test_whatever_is_signed_is_an_event_or_malformed(body: bytes, query: str) -> None:
    """Whoever has a token may send what they like."""
    url = f"https://h/cb?{query}"
    receiver = Receiver([TOKEN])
    try:
        headers = sign("POST", url, signature_module.parsed(body.decode()), token=TOKEN)
    except (MalformedCallbackError, UnicodeDecodeError):
        headers = dict(SIGNED)
        with pytest.raises(CallbackError):
            receiver.unwrap("POST", url, headers, body)
        return
    with suppress(MalformedCallbackError):
        repr(receiver.unwrap("POST", url, headers, body))


# ---- Nonces ---------------------------------------------------------------------------------------------------------


def test_a_request_that_comes_again_is_refused() -> None:
    """If one asks for it; what is refused for something else uses up no nonce."""
    receiver = Receiver([TOKEN], nonces=NonceMemory())
    with pytest.raises(SignatureError):
        receiver.unwrap("POST", URL, SIGNED, b"")
    receiver.unwrap("POST", URL, SIGNED, BODY)
    with pytest.raises(SignatureError, match="nonce"):
        receiver.unwrap("POST", URL, SIGNED, BODY)
    Receiver([TOKEN]).unwrap("POST", URL, SIGNED, BODY)


def test_a_memory_is_bounded() -> None:
    """The oldest are forgotten first."""
    memory = NonceMemory(limit=2)
    assert [memory.is_new(nonce) for nonce in "abacb"] == [True, True, False, True, False]
    assert memory.is_new("a")
    assert len(memory) == 2


# ---- Arguments ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "argument"),
    [
        ({"tokens": []}, InvalidArgumentError, "tokens"),
        ({"tokens": [""]}, InvalidArgumentError, "tokens"),
        ({"tokens": [TOKEN, " "]}, InvalidArgumentError, "tokens"),
        ({"tokens": [f"{TOKEN}\n"]}, InvalidArgumentError, "tokens"),
        ({"tokens": [f"a{chr(0)}b"]}, InvalidArgumentError, "tokens"),
        ({"tokens": [None]}, TypeError, ""),
        ({"tokens": TOKEN}, TypeError, ""),
        ({"tokens": TOKEN.encode()}, TypeError, ""),
        ({"tokens": None}, TypeError, ""),
        ({"base_url": "api.example.com"}, InvalidArgumentError, "base_url"),
        ({"base_url": "ftp://h"}, InvalidArgumentError, "base_url"),
        ({"base_url": "https://"}, InvalidArgumentError, "base_url"),
        ({"base_url": "https://h?"}, InvalidArgumentError, "base_url"),
        ({"base_url": "https://h/#x"}, InvalidArgumentError, "base_url"),
        ({"base_url": "https://h h"}, InvalidArgumentError, "base_url"),
        ({"base_url": "https://[h"}, InvalidArgumentError, "base_url"),
        ({"base_url": "https://h:port"}, InvalidArgumentError, "base_url"),
        ({"base_url": 5}, TypeError, ""),
        ({"max_body": 0}, InvalidArgumentError, "max_body"),
        ({"max_params": True}, TypeError, ""),
        ({"nonces": 5}, TypeError, ""),
    ],
)
def test_arguments_are_checked_early(arguments: dict[str, Any], error: type[Exception], argument: str) -> None:
    """No receiver is made that would believe everybody, or nobody; no message tells a token."""
    with pytest.raises(error) as caught:
        Receiver(**{"tokens": [TOKEN], **arguments})
    assert TOKEN not in str(caught.value)
    if argument:
        assert isinstance(caught.value, InvalidArgumentError)
        assert caught.value.argument == argument


@pytest.mark.parametrize(
    "call",
    [("POST", URL, SIGNED, None), ("POST", URL, SIGNED, {"a": "b"}), (None, URL, SIGNED, b""), ("GET", 5, SIGNED, b"")],
)
def test_arguments_of_wrong_types_are_mistakes(call: Any) -> None:
    """Of the developer, not of the sender."""
    with pytest.raises(TypeError):
        Receiver([TOKEN]).unwrap(*call)
    for headers in (5, [5], ["ab"], [("a", "b", "c")]):
        with pytest.raises(TypeError):
            Receiver([TOKEN]).unwrap("GET", URL, headers)  # type: ignore[arg-type]


def test_tokens_never_show() -> None:
    """Nor does the password of a base URL."""
    receiver = Receiver([TOKEN, SUB_TOKEN], base_url="https://user:secret@h/x")
    assert repr(receiver) == "Receiver(2 tokens, base_url='https://h/x')"
    assert TOKEN not in str(vars(receiver))


# ---- Explaining -----------------------------------------------------------------------------------------------------


def cases() -> Iterator[tuple[dict[str, Any], str]]:
    """What is other than what was signed, and a word of what is said about it."""
    inside = "http://10.0.0.5:8000/plivo/events?tenant=7"
    yield {}, "The signature fits."
    yield {"url": URL.replace("https", "http")}, "scheme is https"
    yield {"url": inside, "headers": {"Host": "api.example.com"}}, "scheme is https and the host is 'api.example.com'"
    yield {"url": inside, "headers": {"X-Forwarded-Host": "api.example.com, 10.0.0.5"}}, "base_url"
    yield {"url": URL.replace(".com", ".com:443")}, "the host is 'api.example.com'"
    yield {"url": URL.replace(".com", ".com:8443")}, "the host is 'api.example.com'"
    yield {"url": URL.replace("/plivo", ""), "headers": {"X-Forwarded-Prefix": "/plivo/"}}, "prefix"
    yield {"url": URL.replace("events", "events/")}, "slash"
    yield {"url": URL + "&added=1", "method": "POST", "none": True}, "no signature fits"
    yield {"base_url": "https://api.example.com/other"}, "isn't put before"
    yield {"body": b""}, "body is empty"
    yield {"body": b"", "headers": {"Content-Length": "360"}}, "its Content-Length says 360"
    yield {"body": BODY + b"&tenant=7"}, "without the parameters of the query"
    yield (
        {"url": URL.partition("?")[0], "headers": {"X-Original-URI": "/plivo/events?tenant=7"}},
        "was dropped on the way",
    )
    yield {"url": URL.partition("?")[0], "headers": {"X-Original-URI": "/?a=%FF"}}, "this request has none"
    yield {"tokens": [SUB_TOKEN]}, "The token is another account's: of the 1 known"
    yield {"url": URL.partition("?")[0]}, "this request has none"
    yield {"url": f"{URL}&{urlencode(JOIN)}", "method": "GET", "body": b""}, "no signature fits"
    yield {"signed": {}}, "no signature at all"
    yield {"signed": {"X-Plivo-Signature-V2": RIGHT}}, "only an older signature"
    yield {"signed": {"X-Plivo-Signature-V3": RIGHT}}, "no X-Plivo-Signature-V3-Nonce"
    yield {"headers": {"Content-Type": "application/json"}}, "no form"
    yield {"body": b"a" * 100_000}, "no signature fits"
    yield {"body": b"a" * 10_000_000}, "larger than"


@pytest.mark.parametrize(("case", "words"), list(cases()))
def test_explanations(case: dict[str, Any], words: str) -> None:
    """What is other is found by trying, or what can't be tried is said; nothing private shows."""
    headers = {**case.get("signed", SIGNED), **case.get("headers", {})}
    receiver = Receiver(case.get("tokens", [TOKEN]), base_url=case.get("base_url"))
    told = receiver.explain(case.get("method", "POST"), case.get("url", URL), headers, case.get("body", BODY))
    assert words in told
    for private in (TOKEN, SUB_TOKEN, RIGHT, "14157654321", "14151234567", "tenant=7"):
        assert private not in told


@pytest.mark.parametrize(
    ("method", "signed", "seen", "words"),
    [
        ("POST", "https://h/cb", "https://h/cb?added=1", "has added it"),
        ("POST", "https://h/a b", "https://h/a%20b", "decoded"),
        ("POST", "https://h/a%20b%2Fc", "https://h/a b%2Fc", "percent-encoded"),
        ("GET", f"https://h/cb?{urlencode(JOIN)}", "https://h/cb", "method is GET"),
    ],
)
def test_more_explanations(method: str, signed: str, seen: str, words: str) -> None:
    """Of what something on the way has done."""
    headers = sign(method, signed, JOIN if method == "POST" else {}, token=TOKEN)
    assert words in Receiver([TOKEN]).explain("POST", seen, headers, BODY)


def test_a_host_is_shown_as_anything_is() -> None:
    """Numbers in it are masked, and it isn't obeyed."""
    host = "4157654321.\x1b[31mexample.com"
    headers = {**sign("POST", f"https://{host}/cb", JOIN, token=TOKEN), "Host": host}
    told = Receiver([TOKEN]).explain("POST", "https://h/cb", headers, BODY)
    assert "the host is '******4321." in told
    assert "\x1b" not in told


def test_a_signed_event_that_is_malformed_is_explained() -> None:
    """The parameter is named."""
    params = {**JOIN, "SequenceNumber": "two"}
    headers = sign("POST", URL, params, token=TOKEN)
    assert "SequenceNumber" in Receiver([TOKEN]).explain("POST", URL, headers, urlencode(params))
