"""The client over aiohttp: the same as over httpx in all that can be seen, told apart by nothing but its CPU."""

import builtins
import contextlib
import logging
import random
import socket
import ssl
import sys
from typing import Any, Literal

import anyio
import anyio.lowlevel
import httpx
import pytest
import respx

from plivo_async import (
    Activation,
    ActivationOutcome,
    AsyncClient,
    NoAnswerError,
    NotSentError,
    OutcomeUnknownError,
    PlivoError,
    RateLimit,
    RetryPolicy,
)
from plivo_async.emulator import Emulator, Faults

from ..client.test_secrets import AUTH_ID, TOKEN, as_rich_prints, shown
from ..faults import PLAIN
from ..support import PATIENCE, contradictions, ends_within, waiting
from .raw_server import YES, raw_server
from .test_sockets import QUICK, until

pytest.importorskip("aiohttp")

Transport = Literal["httpx", "aiohttp"]
BOTH: tuple[Transport, ...] = ("httpx", "aiohttp")
PERSISTENT = RetryPolicy(max_attempts=50, base_delay=0.001, max_delay=0.002)
BROKEN: dict[str | None, str] = {"ReadError": "broken", "RemoteProtocolError": "broken"}
both = pytest.mark.parametrize("transport", BOTH)


@pytest.fixture
def anyio_backend() -> str:
    """The only one that aiohttp runs on."""
    return "asyncio"


def client_of(plivo: Emulator, transport: Transport = "aiohttp", **options: Any) -> AsyncClient:
    """A client that leads to an emulator through the loopback."""
    options = {"rate_limit": None, "retry": QUICK, "timeout": 2.0, **options}
    return AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url, transport=transport, **options)


def client_at(port: int, transport: Transport = "aiohttp", *, scheme: str = "http", **options: Any) -> AsyncClient:
    """A client that leads to a port."""
    options = {"rate_limit": None, "retry": RetryPolicy(max_attempts=1), "timeout": 5.0, **options}
    return AsyncClient(AUTH_ID, TOKEN, base_url=f"{scheme}://127.0.0.1:{port}", transport=transport, **options)


class TestChoosing:
    """What the constructor says to `transport=`."""

    @pytest.mark.parametrize("wrong", ["requests", "", None, 7, httpx.AsyncHTTPTransport])
    def test_a_wrong_transport_is_refused(self, wrong: Any) -> None:
        """A `ValueError` that names the two there are."""
        with pytest.raises(ValueError, match="transport must be 'httpx' or 'aiohttp', not"):
            AsyncClient(AUTH_ID, TOKEN, transport=wrong)

    def test_without_the_extra_the_error_names_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An `ImportError` that says what to install, at once."""
        monkeypatch.delitem(sys.modules, "plivo_async.transport._aiohttp", raising=False)
        monkeypatch.setitem(sys.modules, "aiohttp", None)
        with pytest.raises(ImportError, match=r"pip install 'plivo-async\[fast\]'"):
            AsyncClient(AUTH_ID, TOKEN, transport="aiohttp")

    def test_the_default_imports_nothing_of_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A client over httpx is made without aiohttp."""
        imported: list[str] = []
        original = builtins.__import__

        def watch(name: str, *args: Any, **kwargs: Any) -> Any:
            imported.append(name)
            return original(name, *args, **kwargs)

        monkeypatch.setattr(builtins, "__import__", watch)
        AsyncClient(AUTH_ID, TOKEN)
        assert not {name for name in imported if name.startswith("aiohttp")}

    async def _start(self, client: AsyncClient) -> None:
        async with client:
            await client.mpc.start("room")

    def test_on_trio_it_says_that_it_cannot(self) -> None:
        """A `RuntimeError` that names the way out; no permit and no place is lost."""
        client = AsyncClient(AUTH_ID, TOKEN, transport="aiohttp")
        with pytest.raises(RuntimeError, match="asyncio only; on trio take transport='httpx'"):
            anyio.run(self._start, client, backend="trio")
        assert client._core.turnstile.inside == 0

    def test_beside_a_client_of_the_callers_it_is_refused(self) -> None:
        """Two answers to one question are a `ValueError`."""
        with pytest.raises(ValueError, match="http_client= brings others"):
            AsyncClient(AUTH_ID, TOKEN, transport="aiohttp", http_client=httpx.AsyncClient())


@pytest.mark.anyio
@pytest.mark.real_time
class TestFaults:
    """What is known after each fault, over both."""

    async def _attempts(
        self, transport: Transport, operation: str, fault: str, patience: float = PATIENCE
    ) -> tuple[str, str | None, list[tuple[str, str, int | None, str | None]], int]:
        faults = Faults({}, late_by=0.1 if patience == PATIENCE else PATIENCE, drip_interval=0.01)
        async with (
            Emulator(limit=None, faults=faults) as plivo,
            client_of(plivo, transport, timeout=patience) as client,
        ):
            plivo.add_conference("room")
            plivo.script(operation, "room", fault=fault)
            if operation == "get":
                plivo.script("activate", "room", nth=1, fault="lost-response")
            activation = await client.mpc.start("room")
            assert contradictions(plivo, [activation]) == []
            trail = [
                (one.method, one.outcome.value, one.status_code, BROKEN.get(one.error, one.error))
                for one in activation.attempts
            ]
            return activation.outcome.value, activation.confirmed_by, trail, len(plivo.requests)

    @pytest.mark.parametrize("operation", ["activate", "get"])
    @pytest.mark.parametrize("fault", PLAIN)
    async def test_each_fault_is_understood_alike(self, fault: str, operation: str) -> None:
        """The same outcome, by the same attempts, as many as arrive: of a POST, and of the look after it.

        How a connection broke is told in less detail where aiohttp would have repeated the request of its own.
        """
        seen = [await self._attempts(transport, operation, fault) for transport in BOTH]
        assert seen[0] == seen[1]

    @pytest.mark.long
    @pytest.mark.parametrize("operation", ["activate", "get"])
    async def test_an_answer_that_comes_too_late_is_understood_alike(self, operation: str) -> None:
        """The same outcome, by attempts of the same kinds, but for those that the clock has ended, which may be any."""
        seen = [await self._attempts(transport, operation, "late", 2.0) for transport in BOTH]
        outcomes = [outcome for outcome, _, _, _ in seen]
        kinds = [{one for one in trail if one[3] != "TimeoutError"} for _, _, trail, _ in seen]
        assert all(any(one[3] == "TimeoutError" for one in trail) for _, _, trail, _ in seen)
        assert (outcomes[0], kinds[0]) == (outcomes[1], kinds[1])

    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
    @both
    async def test_no_attempt_is_made_that_nobody_counts(self, transport: Transport, method: str) -> None:
        """A broken connection ends the attempt, whatever the method: exactly one request arrives."""
        with raw_server(b"") as server:
            async with client_at(server.port, transport, timeout=0.2) as client:
                with pytest.raises(NoAnswerError if method == "GET" else OutcomeUnknownError):
                    await client.request(method, "Number/1/")
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        "answer",
        [
            b"SSH-2.0-OpenSSH_9.6\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[1",
            b"\x00\x01\x02\r\n\r\n",
        ],
        ids=["no http", "two lengths", "bad chunk", "no gzip", "half", "binary"],
    )
    @both
    async def test_what_nobody_can_read_is_unclear(self, transport: Transport, answer: bytes) -> None:
        """A POST that got such an answer may have been carried out; the error is one of ours."""
        with raw_server(answer, per_connection=1) as server:
            async with client_at(server.port, transport, timeout=1.0) as client:
                with pytest.raises(PlivoError) as caught:
                    await client.request("POST", "Call/", json={})
                assert caught.value.attempts[0].outcome == "unclear"
                assert client.statistics().requests == 0

    @both
    async def test_an_attempt_that_takes_too_long_while_connecting_was_not_sent(self, transport: Transport) -> None:
        """A server that accepts and never shakes hands: the timeout ends it, and nothing was sent."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            timeout = httpx.Timeout(5, connect=0.1)
            async with client_at(port, transport, scheme="https", timeout=timeout) as client:
                with pytest.raises(NotSentError) as caught:
                    await client.mpc.start("room")
                assert caught.value.attempts[0].error == "ConnectTimeout"

    @both
    async def test_the_phases_of_a_timeout_hold(self, transport: Transport) -> None:
        """`read` bounds the wait for an answer."""
        with raw_server(b"") as server:
            async with client_at(server.port, transport, timeout=httpx.Timeout(30, read=0.1)) as client:
                with pytest.raises(OutcomeUnknownError) as caught:
                    await client.mpc.start("room")
                assert caught.value.attempts[0].error == "ReadTimeout"

    @both
    async def test_a_deadline_holds(self, transport: Transport) -> None:
        """Over all attempts and waits."""
        with raw_server(b"") as server:
            async with client_at(server.port, transport, timeout=0.05, retry=PERSISTENT) as client:
                began = anyio.current_time()
                with pytest.raises(OutcomeUnknownError):
                    await client.mpc.start("room", deadline=0.3)
                assert 0.2 < anyio.current_time() - began < 2

    @pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.long)])
    @both
    @pytest.mark.long
    async def test_no_outcome_contradicts_the_truth(self, transport: Transport, seed: int) -> None:
        """Under every fault at once on real sockets, each outcome is what really happened, or says it isn't known."""
        chance = random.Random(seed)
        shares: dict[str, float] = {
            **dict.fromkeys(PLAIN, 0.02),
            "lost-response": 0.06,
            "reset-after": 0.05,
            "idle-close": 0.06,
        }
        faults = Faults(shares, late_by=0.6, drip_interval=0.1)
        async with Emulator(limit=None, faults=faults, latency=(0.001, 0.02), seed=seed) as plivo:
            names = [f"{chance.choice(['room', 'a/b', 'Östermalm', 'e%41;=', '🛎'])} {number}" for number in range(300)]
            for name in names:
                if chance.random() < 0.9:
                    plivo.add_conference(name, status=chance.choice(["initialized"] * 9 + ["ended"]))
            async with client_of(plivo, transport, timeout=0.4) as client:
                report = await client.mpc.start(names)
                statistics = client.statistics()
            assert contradictions(plivo, report) == []
            assert report.counts[ActivationOutcome.ACTIVATED] > 200
            doubtful = [one.name or "" for one in report if one.outcome is ActivationOutcome.UNKNOWN]
            assert sum(name in plivo.conferences and plivo.conferences[name].live for name in doubtful) < 15
            assert len(doubtful) < 45  # one in five has nothing waiting: a lost answer leaves it in doubt
            assert (statistics.requests, statistics.waiting_for_connection) == (0, 0)
            await until(lambda: not plivo.connections)


@pytest.mark.anyio
@pytest.mark.real_time
class TestCancelling:
    """Nothing is left behind."""

    async def _cancelled_after(self, plivo: Emulator, steps: int, told: list[Activation]) -> bool:
        names = [f"{kind} {steps}" for kind in ("a", "b", "lost")]
        for name in names:
            plivo.add_conference(name)
        plivo.script("activate", names[2], fault="lost-response")
        async with client_of(plivo, rate_limit=RateLimit(10_000)) as client:
            finished = await ends_within(steps, lambda: client.mpc.start(names, on_outcome=told.append))
            left = client.statistics()
            assert (left.requests, left.waiting_for_connection, left.permits_in_flight) == (0, 0, 0), steps
        return finished

    async def test_at_every_turn_of_the_loop(self) -> None:
        """While connecting, sending, waiting, reading: connections and permits balance, and no outcome is false."""
        told: list[Activation] = []
        async with Emulator(limit=None) as plivo:
            for steps in range(250):
                if await self._cancelled_after(plivo, steps, told):
                    break
            await until(lambda: not plivo.connections)
            assert contradictions(plivo, told) == []
        assert len({activation.outcome for activation in told}) >= 3
        assert len(told) == 3 * (steps + 1)

    @both
    async def test_in_the_handshake_nothing_was_sent_and_nothing_stays_open(self, transport: Transport) -> None:
        """Before a connection is there nothing can have been applied; and the server sees it closed at once.

        Cancelled from outside, and by the timeout of the attempt.
        """
        for inside, outside in ((0.05, 5.0), (5.0, 0.05)):
            with socket.create_server(("127.0.0.1", 0)) as listener:
                port = listener.getsockname()[1]
                async with client_at(port, transport, scheme="https", timeout=inside) as client:
                    told: list[Activation] = []
                    with anyio.move_on_after(outside):
                        await client.mpc.start(["a"], on_outcome=told.append)
                    assert [activation.outcome for activation in told] == ["failed" if inside < 1 else "not_attempted"]
                    await anyio.wait_all_tasks_blocked()
                    connection, _ = listener.accept()
                    with connection:
                        connection.settimeout(2)
                        assert connection.recv(65536)[:1] == b"\x16"  # its greeting
                        with contextlib.suppress(ConnectionResetError):
                            assert connection.recv(65536) == b""

    async def test_after_a_storm_of_cancellations_it_works_on(self) -> None:
        """Five hundred operations cut off in mid-air, three times: as many connections as ever, all of them good."""
        async with Emulator(limit=None, latency=0.02) as plivo, client_of(plivo) as client:
            names = waiting(plivo, 500)
            for cut in (0.01, 0.03, 0.05):
                with anyio.move_on_after(cut):
                    await client.mpc.start(names)
            report = await client.mpc.start(names)
            assert report.succeeded
            assert contradictions(plivo, [one for one in report if one.outcome == "activated"]) == []
            assert client.statistics().connections_idle <= 64
            await until(lambda: plivo.connections <= 64)


@pytest.mark.anyio
@pytest.mark.real_time
class TestWire:
    """What goes over the wire, and over which connection."""

    async def _sent(self, transport: Transport, name: str) -> list[tuple[bytes, dict[bytes, bytes], bytes]]:
        with raw_server() as server:
            async with client_at(server.port, transport) as client:
                await client.mpc.start(name)
                await client.request("GET", "a%2Fb;c=%3B/é~/", params={"a;b": "ü +&", "c": "%41"})
                await client.request("POST", "Call/")
                await client.request("DELETE", "Call/x/")
                await client.request("PUT", "Call/x/", json={"to": "+1415", "é": "ü"})
        sent = []
        for request in server.requests:
            head, _, body = request.replace(str(server.port).encode(), b"PORT").partition(b"\r\n\r\n")
            line, *headers = head.split(b"\r\n")
            fields = {name.lower(): value.strip() for name, _, value in (header.partition(b":") for header in headers)}
            assert len(fields) == len(headers)
            if line.startswith(b"DELETE"):
                assert fields.pop(b"content-length", b"0") == b"0"  # aiohttp tells the length of nothing
            sent.append((line, fields, body))
        return sent

    @pytest.mark.parametrize("name", ["room", "a/b;c=d", "../Call", "e%41", "Östermalm 🛎", "!$&'()*,:;=@~+ ?#"])
    async def test_the_same_bytes(self, name: str) -> None:
        """Request line, values of headers and body are equal byte for byte."""
        assert await self._sent("aiohttp", name) == await self._sent("httpx", name)

    @both
    async def test_cookies_redirects_and_proxies_are_left_alone(
        self, transport: Transport, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """No cookie comes back, no redirect is followed, nothing of the environment is used."""
        for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(variable, "http://127.0.0.1:9")
        answer = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 0\r\n\r\n"
        with raw_server(answer) as server:
            async with client_at(server.port, transport) as client:
                for _ in range(2):
                    with pytest.raises(PlivoError, match="302"):
                        await client.request("GET", "Call/")
        assert len(server.requests) == 2
        assert not [request for request in server.requests if b"cookie" in request.lower() or b"elsewhere" in request]

    @both
    async def test_the_first_request_after_idle_is_neither_lost_nor_doubled(self, transport: Transport) -> None:
        """The server closed meanwhile, and the loop, blocked, could not see it: even a POST takes one attempt."""
        with raw_server(YES, per_connection=1) as server:
            async with client_at(server.port, transport) as client:
                for _ in range(3):
                    server.idle_closed.clear()
                    await client.request("POST", "Call/", json={})
                    assert server.idle_closed.wait(PATIENCE)  # the loop stands still
        assert (len(server.requests), server.connections) == (3, 3)

    @both
    async def test_a_connection_is_used_again(self, transport: Transport) -> None:
        """One after the other they share one."""
        with raw_server() as server:
            async with client_at(server.port, transport) as client:
                assert (await client.mpc.start([f"room {number}" for number in range(3)])).succeeded
                connections = server.connections
                for number in range(20):
                    await client.mpc.start(f"single {number}")
                assert server.connections == connections <= 3

    @both
    async def test_sixty_four_cold_connections_share_one_tls_context(
        self, transport: Transport, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
    ) -> None:
        """Making one takes 20 ms, in which the loop stands still; two clients of 64 lanes share one."""
        certificate = tmp_path / "certificate.pem"
        certificate.write_text(CERTIFICATE)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        made: list[object] = []
        original = ssl.SSLContext.__new__

        def count(cls: type[ssl.SSLContext], *args: Any, **options: Any) -> ssl.SSLContext:
            made.append(cls)
            return original(cls, *args, **options)

        with raw_server(tls=tls) as server:
            monkeypatch.setattr(ssl.SSLContext, "__new__", count)
            first, second = (client_at(server.port, transport, scheme="https") for _ in range(2))
            async with first, second, anyio.create_task_group() as group:
                for number in range(64):
                    group.start_soon((first, second)[number % 2].mpc.start, f"room {number}")
        assert len(server.requests) == 64
        assert server.connections == 64
        assert len(made) == 1


@pytest.mark.anyio
@pytest.mark.real_time
@pytest.mark.parametrize("fault", ["reset-after", "500", "half", "slow-drip"])
async def test_no_error_gives_the_token_away(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    """Not by a traceback with the locals of all frames; and no log names the number that a conference is called by."""
    caplog.set_level(logging.DEBUG)
    async with Emulator(limit=None, faults=Faults({}, drip_interval=0.3)) as plivo:
        retry = RetryPolicy(max_attempts=1)
        client = AsyncClient(
            plivo.auth_id, TOKEN, base_url=plivo.url, transport="aiohttp", timeout=0.2, retry=retry, rate_limit=None
        )
        plivo.script("activate", None, fault=fault)
        async with client:
            with pytest.raises(PlivoError) as caught:
                await client.mpc.start("+14151234567", confirm="never")
    assert not shown(as_rich_prints(caught.value))
    ours = [one for one in caplog.records if not one.name.startswith("plivo_async.emulator")]
    assert ours
    assert not [one for one in ours if "1415123" in one.getMessage() or shown(one.getMessage())]


@pytest.mark.anyio
async def test_respx_above_the_transport() -> None:
    """Where respx takes the place of httpx's transports, it takes that of aiohttp as well."""
    async with respx.mock(using="httpx") as router:
        router.post(url__regex=".*/name_room/").respond(204)
        async with AsyncClient(AUTH_ID, TOKEN, transport="aiohttp", rate_limit=None) as client:
            assert (await client.mpc.start("room")).outcome == "activated"


@pytest.mark.real_time
@both
def test_it_runs_on_uvloop(transport: Transport) -> None:
    """Faults on real sockets, in uvloop's event loop: every outcome is true, and nothing is left."""
    pytest.importorskip("uvloop")

    async def main() -> None:
        shares = {"lost-response": 0.05, "reset-before": 0.05, "reset-after": 0.05, "half": 0.05, "idle-close": 0.1}
        async with Emulator(limit=None, faults=Faults(shares)) as plivo:
            names = waiting(plivo, 200)
            async with client_of(plivo, transport) as client:
                report = await client.mpc.start(names)
                assert client.statistics().requests == 0
            assert contradictions(plivo, report) == []
            assert report.succeeded
            await until(lambda: not plivo.connections)

    anyio.run(main, backend_options={"use_uvloop": True})


# Signed by itself for localhost and 127.0.0.1, until 2126; of no use to anybody.
CERTIFICATE = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgy2D0nfQBbpjuIJqe
uv0OY1tGMQ0b+mGjf5Hvf/Ht7i6hRANCAASS4L4m7t/01wsmtjI+9EC4oJkSDCfF
wNvEwUCswW7w6uZtsPnk4lwohr6eMoDojJZuT8FDh8cpPB9h7gxD+NY4
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUchwPQNDOURT/BZJDc0BdqkrHZhQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDA0MTkzMloYDzIxMjYxMDMx
MDQxOTMyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASS4L4m7t/01wsmtjI+9EC4oJkSDCfFwNvEwUCswW7w6uZtsPnk4lwo
hr6eMoDojJZuT8FDh8cpPB9h7gxD+NY4o28wbTAdBgNVHQ4EFgQUqJg80D5428Qm
pAnu1yEWXG21uSYwHwYDVR0jBBgwFoAUqJg80D5428QmpAnu1yEWXG21uSYwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgfnyrLWFP184qz4SIRBHISJOc3xJPtZ5PzoSHfTug4/4CIFyw
1ib6Cqy3UUREzH7qePWS2X/qpeRteiP4xiV2yL92
-----END CERTIFICATE-----
"""
