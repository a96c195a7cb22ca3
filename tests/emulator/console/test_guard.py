"""Who may come in: nobody whom a page of another site has sent."""

import json
import re
import subprocess
import sys
from typing import Any

import anyio
import httpx
import pytest

from plivo_async.emulator import Emulator

from .support import API, Driver, Listener, driven

pytestmark = pytest.mark.anyio


async def asked(driver: Driver, method: str = "GET", path: str = API + "state", **fields: str) -> int:
    """The status that somebody is answered with who sends these headers."""
    headers = {"Host": "127.0.0.1", **{name.replace("_", "-"): value for name, value in fields.items()}}
    async with driver.plivo.connect() as stream:
        body = "{}" if method == "POST" else ""
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        lines += [f"Content-Length: {len(body)}", "Connection: close", "", body]
        await stream.send("\r\n".join(lines).encode())
        data = b""
        while b"\r\n" not in data:
            data += await stream.receive()
    return int(data.split()[1])


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:8808", 200),
        ("localhost:8808", 200),
        ("LOCALHOST", 200),
        ("[::1]:8808", 200),
        ("192.168.1.5:8808", 200),
        ("emulator:8808", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example:8808", 421),
        ("evil.example:80@127.0.0.1", 421),
        ("127.0.0.1:port", 421),
        ("[::1", 421),
    ],
)
async def test_a_host_is_a_number_or_a_name_that_is_allowed(host: str, status: int) -> None:
    """Whatever name somebody lets lead here is none of these (DNS rebinding)."""
    async with driven(console=["Emulator"]) as (_, driver):
        assert await asked(driver, Host=host) == status
        assert await asked(driver, path="/_console/", Host=host) == status


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:81", ""])
async def test_an_origin_is_this_one(origin: str) -> None:
    """Whether it reads or writes."""
    async with driven() as (_, driver):
        for method, path in (("GET", API + "changes"), ("POST", API + "reset")):
            assert await asked(driver, method, path, Origin=origin, Content_Type="application/json") == 403
        own = {"Origin": "http://127.0.0.1", "Content_Type": "application/json"}
        assert await asked(driver, "POST", API + "reset", **own) == 200


async def test_a_page_of_another_site_may_link_here_and_no_more() -> None:
    """`Sec-Fetch-Site` tells, where there is one."""
    async with driven() as (_, driver):
        cross = {"Sec_Fetch_Site": "cross-site"}
        assert await asked(driver, path="/_console/", Sec_Fetch_Mode="navigate", **cross) == 200
        assert await asked(driver, Sec_Fetch_Mode="no-cors", **cross) == 403
        assert await asked(driver, Sec_Fetch_Site="same-site") == 403
        assert await asked(driver, Sec_Fetch_Site="same-origin") == 200
        form = {"Sec_Fetch_Mode": "navigate", "Content_Type": "application/json", **cross}
        assert await asked(driver, "POST", API + "reset", **form) == 403


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
async def test_who_changes_something_says_that_it_is_json(kind: str) -> None:
    """Which forms of other sites can't."""
    async with driven() as (_, driver):
        assert await asked(driver, "POST", API + "reset", Content_Type=kind) == 415
        assert await asked(driver, "POST", API + "reset", Content_Type="application/json; charset=utf-8") == 200


async def test_every_answer_has_a_strict_policy() -> None:
    """Pages, JSON, streams, refusals: no inline script, nothing of others, in no frame."""
    async with driven() as (plivo, driver):
        seen = [await driver.ask("GET", path) for path in ("/_console/", API + "state", "/_console/none", "/_console")]
        seen.append(await driver.ask("POST", API + "reset", b"x"))
        assert [one.status for one in seen] == [200, 200, 404, 308, 400]
        async with plivo.connect() as stream:
            headers = [one.headers for one in seen] + [await Listener(stream).open(API + "changes")]
        for one in headers:
            policy = one["content-security-policy"]
            assert policy.startswith("default-src 'none'; script-src 'self';")
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert (one["x-content-type-options"], one["cache-control"]) == ("nosniff", "no-store")
            assert "access-control-allow-origin" not in one


@pytest.mark.parametrize("hosts", [["http://emulator"], ["emulator:8808"], [""], "a b"])
async def test_names_are_host_names(hosts: Any) -> None:
    """Anything else is refused before it is started."""
    with pytest.raises(ValueError, match="console"):
        Emulator(port=None, console=hosts)


async def test_the_console_speaks_asgi() -> None:
    """Routes and the page through httpx's own transport; Plivo's paths are untouched by it."""
    async with Emulator(port=None, console=True) as plivo:
        transport = httpx.ASGITransport(app=plivo.asgi())
        async with httpx.AsyncClient(transport=transport, base_url=plivo.url) as client:
            assert (await client.post(API + "conferences", json={"name": "a"})).json()["conferences"][0]["name"] == "a"
            assert (await client.get("/_console/")).headers["content-type"] == "text/html; charset=utf-8"
            assert (await client.get("/_consoles/")).status_code == 404
            assert (await client.get("/_console/api/state", headers={"Host": "evil.example"})).status_code == 421
    assert plivo.counts().requests == 1


async def test_the_console_streams_over_asgi() -> None:
    """Until whoever reads is gone."""
    async with Emulator(port=None, console=True) as plivo:
        plivo.add_conference("a")
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        messages = [{"type": "http.request", "body": b""}]

        async def receive() -> Any:
            if messages:
                return messages.pop()
            await anyio.sleep(1)
            return {"type": "http.disconnect"}

        path = API + "events/stream"
        scope = {"type": "http", "method": "GET", "raw_path": path.encode(), "query_string": b"after=0"}
        await plivo.asgi()({**scope, "headers": [(b"host", b"localhost")]}, receive, send)
        assert (sent[0]["status"], b"MPCInitialized" in sent[1]["body"]) == (200, True)
        assert json.loads(sent[1]["body"].partition(b"data: ")[2])["name"] == "a"


@pytest.mark.real_time
def test_who_does_not_ask_for_a_console_loads_none() -> None:
    """An emulator in somebody's tests pays nothing for it."""
    script = (
        "import sys; from plivo_async.emulator import Emulator; Emulator(port=None); "
        "print([name for name in sys.modules if 'emulator.console' in name])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)  # noqa: S603
    assert done.stdout == "[]\n"


async def test_the_page_and_what_it_needs_come_from_here() -> None:
    """Each in its type; nothing of it is in the page itself, and nothing is asked for elsewhere."""
    async with driven() as (_, driver):
        found = {}
        for name, kind in (
            ("", "text/html"),
            ("console.css", "text/css"),
            ("console.js", "text/javascript"),
            ("icon.svg", "image/svg+xml"),
        ):
            reply = await driver.ask("GET", f"/_console/{name}?again")
            assert (reply.status, reply.headers["content-type"].partition(";")[0]) == (200, kind)
            found[name] = reply.body.decode()
        page, script = found[""], found["console.js"]
        assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=|(src|href)=.https?:", page)
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", script)
        assert (await driver.refused("POST", "/_console/console.js", {}))[0] == 405
        assert (await driver.refused("GET", "/_console/..%2f__init__.py"))[0] == 404
