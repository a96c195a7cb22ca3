"""Secrets never show."""

import copy
import dataclasses
import io
import logging
import pickle
import traceback
from base64 import b64encode

import httpx
import pytest
from rich.console import Console
from rich.traceback import Traceback

from plivo_async import AsyncClient, OutcomeUnknownError, PlivoError, RetryPolicy
from plivo_async._secret import Secret

AUTH_ID, TOKEN = "MA" + "X1" * 9, "s3cr3t-t0k3n"
BASIC = b64encode(f"{AUTH_ID}:{TOKEN}".encode()).decode()


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


def breaking(request: httpx.Request) -> httpx.Response:
    """Fail as a connection does, with the request attached."""
    raise httpx.ReadTimeout("no answer", request=request)


async def failed(client: AsyncClient) -> PlivoError:
    """The error of an operation without an answer."""
    with pytest.raises(OutcomeUnknownError) as caught:
        await client.request("POST", "Call/", json={"to": "+14151234567"})
    return caught.value


@pytest.mark.anyio
async def test_no_error_gives_them_away(caplog: pytest.LogCaptureFixture) -> None:
    """Not its text, facts, chain, traceback (with locals, as rich prints them), pickle; nor any log."""
    caplog.set_level(logging.DEBUG)
    async with httpx.AsyncClient(transport=httpx.MockTransport(breaking)) as http_client:
        client = AsyncClient(AUTH_ID, TOKEN, http_client=http_client, retry=RetryPolicy(max_attempts=1))
        error = await failed(client)
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None:
        chain.append(link)
        link = link.__cause__ or link.__context__
    assert [type(one).__name__ for one in chain] == ["OutcomeUnknownError", "ReadTimeout"]
    page = io.StringIO()
    console = Console(file=page, width=200)
    console.print(Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True))
    texts = [
        "".join(traceback.format_exception(error)),
        page.getvalue(),
        caplog.text,
        repr(error.to_dict()),
        repr(client),
    ]
    texts += [repr(vars(one)) for one in chain] + [repr(vars(client)), repr(pickle.dumps(error))]
    assert [text for text in texts if shown(text)] == []
    assert "+14151234567" not in caplog.text
