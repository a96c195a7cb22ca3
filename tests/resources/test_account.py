"""`client.account`, `applications`, `numbers`, against the emulator."""

import anyio
import httpx
import pytest

from plivo_async import AsyncClient, NotFoundError, OutcomeUnknownError, PlivoError
from plivo_async.emulator import Emulator

from ..support import in_memory

pytestmark = pytest.mark.anyio

HOOK = "https://example.com/answer"


async def test_a_number_is_pointed_at_a_url() -> None:
    """An application is made, changed and deleted; lost answers are settled by repeating, but for making."""
    async with Emulator(port=None) as plivo, in_memory(plivo, timeout=5) as client:
        plivo.add_number("+14151234567")
        made = await client.applications.create("support", HOOK, hangup_url=f"{HOOK}/end")
        assert made.app_id is not None
        plivo.script("update-number", "14151234567", fault="lost-response")
        await client.numbers.update("+14151234567", app_id=made.app_id, alias="front")
        number = await client.numbers.get("14151234567")
        assert (number.app_id, number.alias) == (made.app_id, "front")
        assert [one.number async for one in client.numbers.list(number_startswith="1415")] == ["14151234567"]
        plivo.script("update-application", made.app_id, fault="503-applied")
        await client.applications.update(made.app_id, answer_url=f"{HOOK}/2")
        assert (await client.applications.get(made.app_id)).answer_url == f"{HOOK}/2"
        assert [one.app_id async for one in client.applications.list(app_name="sup")] == [made.app_id]
        plivo.script("delete-application", made.app_id, fault="lost-response")
        await client.applications.delete(made.app_id)
        with pytest.raises(NotFoundError):
            await client.applications.delete(made.app_id)
        plivo.script("create-application", None, nth=None, fault="lost-response")
        with pytest.raises(OutcomeUnknownError, match="app_name"):
            await client.applications.create("again", HOOK)
        assert len(plivo.applications) == 1


async def subaccount(client: AsyncClient, name: str) -> str:
    """Make one by hand; its Auth ID."""
    made = await client.request("POST", "Subaccount/", json={"name": name, "enabled": True})
    auth_id: str = made["auth_id"]
    return auth_id


async def test_the_account_and_no_tokens() -> None:
    """Facts for whoever looks into trouble; subaccounts without what opens them."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        facts = await client.account.get()
        assert (facts.auth_id, facts.timezone) == (plivo.auth_id, "UTC")
        auth_ids = [await subaccount(client, f"sub {number}") for number in range(23)]
        listed = [one async for one in client.account.subaccounts()]
        assert sorted(one.auth_id for one in listed) == sorted(auth_ids)
        one = await client.account.subaccount(auth_ids[0])
        tokens = [held.auth_token for held in plivo.subaccounts.values()]
        assert not any(token in f"{listed!r}{one!r}{one.to_dict()}" for token in tokens)


@pytest.mark.parametrize(
    "body",
    [
        b'{"auth_id": 5, "auth_token": "s3cr3t+/="}',
        b'{"objects": [{"auth_token":"s3cr3t+/=", "new_auth_token": "s3cr3t+/="}]}',
        b"{'auth_token': 's3cr3t+/='}",
        b"auth_token=s3cr3t+/=&x=1",
        b'{"error": "\\"auth_token\\": \\"s3cr3t+/=\\""}',
    ],
)
async def test_no_token_is_in_an_error(body: bytes) -> None:
    """Where an answer can't be read, or is a refusal, what is shown of it has none."""
    for status in (200, 400):
        http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(status, content=body)))  # noqa: B023
        client = AsyncClient("MA" + "X" * 18, "token", http_client=http, clock=anyio.current_time)
        with pytest.raises(PlivoError) as caught:
            await client.account.subaccount("SA" + "X" * 18)
        assert "s3cr3t" not in f"{caught.value}{caught.value!r}{caught.value.to_dict()}"
        assert caught.value.detail or status == 400
