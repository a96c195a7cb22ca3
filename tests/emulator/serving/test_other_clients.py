"""The emulator as clients of other makes see it: curl and Node's fetch, where they are there; other addresses."""

import json
import shutil
import socket
import subprocess

import anyio
import anyio.to_thread
import httpx
import pytest

from plivo_async.emulator import Emulator

from ...support import PATIENCE
from ..support import ACTIVE, AUTH_ID, AUTH_TOKEN, ROOT, authorization

pytestmark = [pytest.mark.anyio, pytest.mark.real_time]

FETCH = """
const [url, authorization, method, body] = process.argv.slice(1);
const headers = {authorization, "content-type": "application/json"};
const answer = await fetch(url, {method, headers, body: body || undefined});
const type = answer.headers.get("content-type");
console.log(JSON.stringify([answer.status, answer.statusText, type, await answer.text()]));
"""


async def output(*command: str) -> str:
    """What a command prints."""

    def run() -> str:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout  # noqa: S603

    return await anyio.to_thread.run_sync(run)


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
async def test_emulator_is_understood_by_curl() -> None:
    """By its own name and through curl as a proxy client: activate, look, HEAD, health."""
    async with Emulator(AUTH_ID, AUTH_TOKEN) as plivo:
        plivo.add_conference("a b")
        curl = ("curl", "--silent", "--show-error", "--max-time", "20", "--user", f"{AUTH_ID}:{AUTH_TOKEN}")
        where = f"{plivo.url}{ROOT}name_a%20b/"
        typed = ("--header", "Content-Type: application/json", "--data", ACTIVE.decode())
        head = await output(*curl, "--include", *typed, where)
        assert head.startswith("HTTP/1.1 204 No Content\n")
        assert json.loads(await output(*curl, where))["status"] == "Active"
        assert (await output(*curl, "--head", where)).startswith("HTTP/1.1 200 OK\n")
        proxied = await output(*curl, "--proxy", plivo.url, f"http://api.plivo.test{ROOT}name_a%20b/")
        assert json.loads(proxied)["friendly_name"] == "a b"
        assert json.loads(await output("curl", "--silent", f"{plivo.url}/health")) == {"status": "ok"}
        assert [one.operation for one in plivo.requests] == ["activate", "get", "get", "get"]


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node")
async def test_emulator_is_understood_by_fetch() -> None:
    """Status, reason and type, of answers with a body and without."""
    async with Emulator(AUTH_ID, AUTH_TOKEN) as plivo:
        plivo.add_conference("a")

        async def fetch(method: str, body: str = "") -> list[object]:
            where = f"{plivo.url}{ROOT}name_a/"
            command = ("node", "--input-type=module", "--eval", FETCH, where, authorization(), method, body)
            answer: list[object] = json.loads(await output(*command))
            return answer

        assert await fetch("POST", ACTIVE.decode()) == [204, "No Content", "application/json", ""]
        status, reason, form, text = await fetch("POST", ACTIVE.decode())
        assert (status, reason, form) == (404, "Not Found", "application/json")
        assert json.loads(str(text))["error"] == "not found"
        assert (await fetch("GET"))[:2] == [200, "OK"]


async def test_emulator_listens_where_it_is_told() -> None:
    """On all addresses for a container; its URL is the one by which this machine reaches it."""
    async with Emulator(host="0.0.0.0") as plivo, httpx.AsyncClient(trust_env=False) as client:  # noqa: S104
        assert plivo.url.startswith("http://127.0.0.1:")
        assert (await client.get(f"{plivo.url}/health")).json() == {"status": "ok"}
    if socket.has_ipv6:
        async with Emulator(host="::1") as plivo, httpx.AsyncClient(trust_env=False) as client:
            assert plivo.url.startswith("http://[::1]:")
            assert (await client.get(f"{plivo.url}/health")).status_code == 200
    with pytest.raises(OSError):  # noqa: PT011  (which one is up to the system)
        async with Emulator(host="192.0.2.1"):
            pass
