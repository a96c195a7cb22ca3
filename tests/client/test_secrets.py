"""Secrets never show."""

import copy
import dataclasses
import json
import logging
import pickle
import pprint
import traceback
from base64 import b64encode
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from rich.pretty import pretty_repr
from rich.traceback import Traceback

from plivo_async import ActivationFailures, AsyncClient, PlivoError, RetryPolicy
from plivo_async._credentials import Credentials
from plivo_async._credentials import credentials as read
from plivo_async.shown._secret import Secret
from plivo_async.transport._faults import body_without, without

AUTH_ID, TOKEN = "MA" + "X1" * 9, "s3cr3t-t0k3n"
BASIC = b64encode(f"{AUTH_ID}:{TOKEN}".encode()).decode()


def taken(auth_id: Any, auth_token: Any) -> Credentials:
    """Read credentials as the client does: the token wrapped, if there is one."""
    return read(auth_id, None if auth_token is None else Secret(auth_token))


def shown(text: str) -> bool:
    """Whether a text gives the token away, plain or as the header has it."""
    return TOKEN in text or BASIC in text


def test_a_secret_shows_in_no_form() -> None:
    """Not by repr, str, format, asdict or copies; it refuses to be pickled."""

    @dataclasses.dataclass
    class Holder:
        secret: Secret

    secret = Secret(TOKEN)
    forms = [repr(secret), str(secret), f"{secret}", f"{secret:>40}", "%s %r" % (secret, secret)]  # noqa: UP031
    forms += [repr(dataclasses.asdict(Holder(secret))), repr(copy.copy(secret)), repr(copy.deepcopy(secret))]
    assert not any(shown(form) for form in forms)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(secret)
    assert secret.reveal() == TOKEN
    assert secret == Secret(TOKEN) != Secret("other")
    assert len({secret, Secret(TOKEN)}) == 1


def test_credentials_show_in_no_form() -> None:
    """Neither the pair nor the header made of it gives the token away, however it is printed or taken apart."""
    who = taken(AUTH_ID, TOKEN)
    forms = [repr(who), str(who), pprint.pformat(who), repr(dataclasses.asdict(who)), repr(who.authorization)]
    forms += [repr(copy.deepcopy(who)), pretty_repr(who, expand_all=True), repr(dataclasses.astuple(who))]
    assert not any(shown(form) for form in forms)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(who, protocol)
    with pytest.raises(TypeError):
        json.dumps(who.auth_token)
    assert not hasattr(who.auth_token, "__dict__")


def fail_with(local: object) -> None:
    """Fail in a frame that has a local variable."""
    raise KeyError(type(local))


@pytest.mark.parametrize(("local", "shows"), [(Secret(TOKEN), False), (taken(AUTH_ID, TOKEN), False), (TOKEN, True)])
def test_secret_shows_in_no_traceback(local: object, shows: bool) -> None:
    """Not even where the locals of all frames are printed, as they would be of a plain str."""
    with pytest.raises(KeyError) as caught:
        fail_with(local)
    printed = traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    frames = "".join(printed).partition("in fail_with")[2]
    assert shown(frames) is shows
    assert shown(as_rich_prints(caught.value).rpartition("in fail_with")[2]) is shows


def as_rich_prints(error: BaseException) -> str:
    """The locals of all frames, in full, as rich prints them in a traceback, without the code, which takes it long."""
    printed = Traceback.extract(
        type(error),
        error,
        error.__traceback__,
        show_locals=True,
        locals_max_length=1000,
        locals_max_string=100_000,
        locals_hide_dunder=False,
    )
    lines: list[str] = []
    for stack in printed.stacks:
        lines.append(f"{stack.exc_type}: {stack.exc_value} {stack.notes}")
        for frame in stack.frames:
            lines += [f"in {frame.name}", *(f"{name} = {node}" for name, node in (frame.locals or {}).items())]
    return "\n".join(lines)


def chain_of(error: BaseException) -> list[BaseException]:
    """An error, what caused it, and what caused that."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None:
        chain.append(link)
        link = link.__cause__ or link.__context__
    return chain


FAULTS = {
    "no answer": httpx.ReadTimeout("no answer"),
    "broken": httpx.RemoteProtocolError("Server disconnected without sending a response."),
    "never connected": httpx.ConnectError("[Errno 111] Connection refused"),
    "a bare OSError": ConnectionResetError(104, "Connection reset by peer"),
    "refused": 429,
    "wrong credentials": 401,
    "server error": 500,
    "no JSON": 200,
}


async def start_one(client: AsyncClient) -> object:
    """Activate a conference that is called by a phone number."""
    return await client.mpc.start("+14151234567")


async def start_many(client: AsyncClient) -> None:
    """The same as a batch."""
    (await client.mpc.start(["+14151234567"])).raise_for_failures()


async def call(client: AsyncClient) -> object:
    """Another endpoint, with a phone number in path and body."""
    return await client.request("POST", "Call/+14151234567/", json={"to": "+14151234567"})


OPERATIONS = {"start": start_one, "start many": start_many, "request": call}


@pytest.mark.anyio
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("operation", OPERATIONS)
async def test_no_error_gives_the_token_away(
    fault: int | Exception, operation: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Not by its text, facts, chain, attributes, pickle, nor a traceback with locals; nor does any log at DEBUG.

    What httpx attaches to its errors, the request with its headers, is nowhere in the chain.
    """

    def break_it(request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == f"Basic {BASIC}"
        if isinstance(fault, httpx.RequestError):
            fault.request = request
        if isinstance(fault, Exception):
            raise fault
        return httpx.Response(fault, text="<html>") if fault == 200 else httpx.Response(fault, json={"error": "no"})

    caplog.set_level(logging.DEBUG)
    async with httpx.AsyncClient(transport=httpx.MockTransport(break_it)) as http_client:
        client = AsyncClient(
            AUTH_ID, TOKEN, http_client=http_client, rate_limit=None, retry=RetryPolicy(max_attempts=2, base_delay=0)
        )
        with pytest.raises((PlivoError, ActivationFailures)) as caught:
            await OPERATIONS[operation](client)
    error = caught.value
    errors = [*chain_of(error), *(chain_of(error.exceptions[0]) if isinstance(error, ActivationFailures) else ())]
    texts = ["".join(traceback.format_exception(error)), caplog.text, repr(client), as_rich_prints(error)]
    texts += [f"{one!r} {one} {vars(one)} {one.args}" for one in errors]
    texts += [repr(pickle.dumps(error)), repr(vars(client))]
    assert [text for text in texts if shown(text)] == []
    assert [one for one in errors if getattr(one, "_request", None) is not None] == []
    assert "1415123" not in caplog.text
    assert "plivo_async" in {record.name for record in caplog.records} or fault == 401


@pytest.mark.parametrize("wrong", [{"base_url": "http://api.plivo.com"}, {"timeout": -1}, {"auth_id": "MA1"}])
def test_a_constructor_that_fails_shows_no_token(wrong: dict[str, Any]) -> None:
    """Not even with the locals of our frames printed, in which the client itself is half made."""
    arguments = {"auth_id": AUTH_ID, **wrong}
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        AsyncClient(auth_token=Secret(TOKEN).reveal(), **arguments)
    lines = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [frame for frame in lines.stack if "plivo_async" in frame.filename]
    assert ours
    assert not any(shown(repr(frame.locals)) for frame in ours)
    assert "?" in repr(AsyncClient.__new__(AsyncClient))


def forms_of(token: str) -> dict[str, str]:
    """A token as it may be shown."""
    basic = b64encode(f"{AUTH_ID}:{token}".encode()).decode()
    return {"basic": basic, "token": token, "escaped": basic.replace("/", "\\/"), "quoted": quote(basic, safe="")}


FORMS = forms_of("s3cr3t???>>>/t0k3n")  # packed it has slashes and plus signs, which are escaped

SHOWN = {
    "a page": (502, "text/html", "<pre>Authorization: Basic {basic}</pre>"),
    "a page with 200": (200, "text/html", "<pre>Authorization: Basic {basic}</pre>"),
    "words": (403, "text/plain", "{token} is not allowed"),
    "an error": (400, "application/json", '{{"error": "Basic {escaped} is no header"}}'),
    "a URL": (407, "text/plain", "see https://gateway.example/why?header=Basic%20{quoted}"),
    "a list": (404, "application/json", '["{basic}"]'),
}
"""What somebody between us and Plivo may answer who shows what it was sent."""


@pytest.mark.anyio
@pytest.mark.parametrize(("status", "kind", "text"), SHOWN.values(), ids=SHOWN)
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
async def test_a_gateway_that_shows_what_it_was_sent(
    operation: Any, status: int, kind: str, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It gives our credentials away to nobody who reads the error, the report or the log."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == f"Basic {FORMS['basic']}"
        return httpx.Response(status, headers={"Content-Type": kind}, text=text.format(**FORMS))

    caplog.set_level(logging.DEBUG, "plivo_async")
    http_client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    retry = RetryPolicy(max_attempts=1)
    async with http_client, AsyncClient(AUTH_ID, FORMS["token"], http_client=http_client, retry=retry) as client:
        with pytest.raises((PlivoError, ActivationFailures)) as caught:
            await operation(client)
    told = [as_rich_prints(caught.value), caplog.text]
    for one in chain_of(caught.value):
        told += [str(one), repr(one), json.dumps(one.to_dict()) if isinstance(one, PlivoError) else ""]
    assert not [form for form in FORMS.values() for words in told if form.rstrip("=") in words]


@pytest.mark.parametrize(
    ("token", "text", "shown"),
    [
        ("token", "auth_token=1, tokens", "auth_token=1, tokens"),
        ("token", "it was 'token'.", "it was '********'."),
        ("s3cr3t-t0k3n", "xs3cr3t-t0k3ny", "x********y"),
        ("a/b+c/d+e", r"a\/b+c\/d+e a%2Fb%2Bc%2Fd%2Be", "******** ********"),
        ("", "nothing at all", "nothing at all"),
    ],
)
def test_a_short_token_is_hidden_as_a_word_and_a_long_one_anywhere(token: str, text: str, shown: str) -> None:
    """`token`, made up for a test, hides itself and not every word that it is a part of."""
    authorization = Secret("Basic " + b64encode(f"MA:{token}".encode()).decode())
    assert without(text, authorization) == shown
    assert body_without(text.encode(), authorization) == shown.encode()
