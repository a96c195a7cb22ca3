"""Callbacks are delivered: signed, in order, again if need be, and never where they may not go. In virtual time."""

from typing import Any

import anyio
import pytest
from plivo.utils.signature_v3 import validate_v3_signature

from plivo_async.emulator import CallbackAnswer, CallbackRequest, Emulator, Faults, Settings

from ...support import in_memory
from ..support import AUTH_ID, AUTH_TOKEN, Client
from .support import STATUS, Receiver, emulator, params, room

BEGUN = ["MPCInitialized", "ParticipantJoin", "MPCStart"]
pytestmark = pytest.mark.anyio


def valid(request: CallbackRequest, token: str, header: str = "X-Plivo-Signature-V3") -> bool:
    """Whether the official package takes it for Plivo's."""
    headers = dict(request.headers)
    told = {} if request.method == "GET" else params(request)
    nonce = headers["X-Plivo-Signature-V3-Nonce"]
    return bool(validate_v3_signature(request.method, request.url, nonce, token, headers[header], told))


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_callbacks_are_delivered_in_order_and_signed(method: str) -> None:
    """Each with its sequence number, a signature of the account's token and one of the main account's."""
    receiver = Receiver()
    async with emulator(receiver) as plivo:
        room(plivo, url=f"{STATUS}?shop=1#ct=500", method=method)
        await plivo.delivered()
        assert receiver.events == BEGUN
        assert [one["SequenceNumber"] for one in receiver.told] == ["1", "2", "3"]
        assert all(valid(one, AUTH_TOKEN) for one in receiver.requests)
        assert all(valid(one, AUTH_TOKEN, "X-Plivo-Signature-Ma-V3") for one in receiver.requests)
        assert not any(valid(one, AUTH_TOKEN[::-1]) for one in receiver.requests)
        assert len({dict(one.headers)["X-Plivo-Signature-V3-Nonce"] for one in receiver.requests}) == 3
        assert [(one.event, one.state, one.status) for one in plivo.deliveries] == [
            (event, "delivered", 200) for event in BEGUN
        ]
        assert [one.params for one in plivo.deliveries] == [one.params for one in plivo.callbacks]
        assert all(one.url.startswith(f"{STATUS}?shop=1") and "#" not in one.url for one in receiver.requests)


async def test_a_request_alone_lets_time_pass() -> None:
    """Whoever is dialled answers, and that is told, though nobody looks at the emulator."""
    receiver = Receiver()
    async with emulator(receiver) as plivo, in_memory(plivo) as client:
        mpc = client.mpc("sales")
        await mpc.add_participant(role="agent", from_="+14151234567", to="+14157654321", status_callback_url=STATUS)
        await anyio.sleep(1.5)
        assert receiver.events == BEGUN


@pytest.mark.parametrize("status", [200, 204, 299])
async def test_any_2xx_is_delivered(status: int) -> None:
    """And nothing is sent again."""
    receiver = Receiver(lambda _: status)
    async with emulator(receiver) as plivo:
        room(plivo)
        await plivo.delivered()
        assert [one.state for one in plivo.deliveries] == ["delivered"] * 3


@pytest.mark.parametrize(
    ("fragment", "status", "tries"),
    [("", 500, 1), ("", 404, 1), ("rp=5xx", 500, 2), ("rp=5xx&rc=5", 503, 6), ("rp=5xx", 404, 1), ("rp=4xx", 404, 2),
     ("rp=4xx,5xx&rc=0", 500, 1), ("rp=ct,rt,4xx,5xx", 302, 1)],
)  # fmt: skip
async def test_what_is_tried_again(fragment: str, status: int, tries: int) -> None:
    """By default only what got no answer; `rp` and `rc` say otherwise. A redirect is neither followed nor repeated."""
    receiver = Receiver(lambda _: status)
    async with emulator(receiver) as plivo:
        room(plivo, url=f"{STATUS}#{fragment}")
        await plivo.delivered()
        first = plivo.deliveries[0]
        assert (first.state, first.status, len(first.tries)) == ("refused", status, tries)


async def test_a_receiver_that_never_answers_is_given_up() -> None:
    """40 s for the first try, what is left of 55 s for the second; the events behind it don't wait for that."""
    receiver = Receiver(takes=1e6)
    async with emulator(receiver) as plivo:
        room(plivo)
        await plivo.delivered()
        assert anyio.current_time() == pytest.approx(receiver.at[0] + 57, abs=0.001)  # the third began 2 s later
        first = plivo.deliveries[0]
        assert (first.state, first.status) == ("failed", None)
        assert [one.took for one in first.tries] == [pytest.approx(40), pytest.approx(15)]
        assert first.tries[0].failure == "nothing came for 40 s"
        assert [at - receiver.at[0] for at in receiver.at[:3]] == [0, pytest.approx(1), pytest.approx(2)]


async def test_the_total_may_be_of_each_try() -> None:
    """`callback_total="each-try"`: nothing but the wait for an answer bounds the second."""
    receiver = Receiver(takes=1e6)
    async with emulator(receiver, settings=Settings(callback_total="each-try")) as plivo:
        room(plivo)
        await plivo.delivered()
        assert [one.took for one in plivo.deliveries[0].tries] == [pytest.approx(40), pytest.approx(40)]


@pytest.mark.parametrize(("nonce", "nonces"), [("each-try", 6), ("each-callback", 3)])
async def test_a_nonce_is_of_a_try_or_of_a_callback(nonce: Any, nonces: int) -> None:
    """Receivers that remember nonces must be able to live with both."""
    receiver = Receiver(lambda _: 500)
    async with emulator(receiver, settings=Settings(callback_nonce=nonce)) as plivo:
        room(plivo, url=f"{STATUS}#rp=5xx")
        await plivo.delivered()
        assert len({dict(one.headers)["X-Plivo-Signature-V3-Nonce"] for one in receiver.requests}) == nonces


async def test_other_signatures_by_setting() -> None:
    """`callback_v2=False` sends V3 alone; `callback_path_parameters` says what of the path is signed."""
    receiver = Receiver()
    settings = Settings(callback_v2=False, callback_path_parameters="kept")
    async with emulator(receiver, settings=settings) as plivo:
        room(plivo, url="http://app.example/cb;v=1")
        await plivo.delivered()
        assert not any("V2" in name for name, _ in receiver.requests[0].headers)
        assert not valid(receiver.requests[0], AUTH_TOKEN)  # the official package drops what was kept


async def test_several_tokens_while_one_is_changed() -> None:
    """Either token's signature is in both headers."""
    receiver = Receiver()
    async with emulator(receiver, callback_tokens=["the-next-token"]) as plivo:
        room(plivo)
        await plivo.delivered()
        for token in (AUTH_TOKEN, "the-next-token"):
            assert valid(receiver.requests[0], token)
            assert valid(receiver.requests[0], token, "X-Plivo-Signature-Ma-V3")


async def test_a_subaccounts_token_signs_what_is_its() -> None:
    """The main account's stands in a header of its own."""
    receiver = Receiver()
    async with emulator(receiver) as plivo, in_memory(plivo) as client:
        made = await client.request("POST", "Subaccount/", json={"name": "one", "enabled": True})
        sub = plivo.subaccounts[made["auth_id"]]
        plivo.add_conference("sales", sub_account=sub.auth_id)
        room(plivo, "sales")
        await plivo.delivered()
        request = receiver.requests[-1]
        assert valid(request, sub.auth_token)
        assert not valid(request, AUTH_TOKEN)
        assert valid(request, AUTH_TOKEN, "X-Plivo-Signature-Ma-V3")


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_what_is_no_text_is_told_all_the_same(method: str) -> None:
    """A lone surrogate, as JSON can bring it, ends nothing: neither in what is told, nor in a URL."""
    receiver = Receiver()
    async with emulator(receiver) as plivo:
        room(plivo, "a\ud800b", method=method)
        room(plivo, "c", url="http://app.example/\ud800", method=method)
        client = Client(plivo.connect())
        for url in ("http://app.example/\\ud800", "http://\\ud800/", "http://[/", "http://h:99999/"):
            body = f'{{"app_name": "a", "answer_url": "{url}"}}'.encode()
            assert (await client.ask("POST", f"/v1/Account/{AUTH_ID}/Application/", body)).status == 201
        await plivo.delivered()
        assert receiver.told[0]["MPCName"] == "a?b"
        assert valid(receiver.requests[0], AUTH_TOKEN)
        assert plivo.deliveries[3].state == "held back"


# ---- Where they may go ----------------------------------------------------------------------------------------------


async def test_nothing_leaves_this_machine_unless_it_is_allowed() -> None:
    """It is held back, and time doesn't pass by itself for it."""
    async with Emulator(port=None) as plivo:
        room(plivo)
        await plivo.delivered()
        assert [one.state for one in plivo.deliveries] == ["held back"] * 3
        assert plivo._machine.time.agenda.changed is None
        with pytest.raises(ValueError, match="callbacks_to"):
            await plivo.resend(plivo.deliveries[0])


# ---- What goes wrong on purpose -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "events", "states"),
    [
        ("lost", ["MPCInitialized", "MPCStart"], ["delivered", "lost", "delivered"]),
        ("twice", ["MPCInitialized", "ParticipantJoin", "MPCStart", "ParticipantJoin"], ["delivered"] * 4),
        ("shuffled", ["MPCInitialized", "MPCStart", "ParticipantJoin"], ["delivered"] * 3),
        ("late", ["MPCInitialized", "MPCStart", "ParticipantJoin"], ["delivered"] * 3),
    ],
)
async def test_one_callback_goes_wrong_by_script(fault: Any, events: list[str], states: list[str]) -> None:
    """That one and no other, in time or not."""
    receiver = Receiver()
    async with emulator(receiver) as plivo:
        plivo.script_callback("ParticipantJoin", "sales", fault=fault)
        plivo.script_callback("ParticipantJoin", "other", fault="lost")
        room(plivo)
        await plivo.delivered()
        assert receiver.events == events
        assert [one.state for one in plivo.deliveries] == states
        assert anyio.current_time() - receiver.at[0] == pytest.approx(30 if fault == "late" else 0, abs=0.001)


async def test_a_script_counts() -> None:
    """The nth, or each; of a conference, or of all."""
    receiver = Receiver()
    async with emulator(receiver) as plivo:
        plivo.script_callback("MPCStart", nth=2, fault="lost")
        plivo.script_callback("MPCInitialized", nth=None, fault="lost")
        for name in "abc":
            room(plivo, name)
        await plivo.delivered()
        assert [one["MPCName"] for one in receiver.told if one["EventName"] == "MPCStart"] == ["a", "c"]
        assert "MPCInitialized" not in receiver.events
        with pytest.raises(ValueError, match="nth"):
            plivo.script_callback("MPCStart", nth=0, fault="lost")
        with pytest.raises(ValueError, match="none of lost, late, twice, shuffled"):
            plivo.script_callback("MPCStart", fault="eaten")  # type: ignore[arg-type]


async def test_chance_follows_from_the_seed() -> None:
    """The same seed, the same fates, whatever else goes on; another one, others."""

    async def fates(seed: int) -> list[Any]:
        faults = Faults(callbacks_lost=0.2, callbacks_twice=0.2, callbacks_late=0.2, callbacks_shuffled=0.2)
        receiver = Receiver()
        async with emulator(receiver, faults=faults, seed=seed) as plivo:
            for number in range(30):
                room(plivo, f"room {number}")
            await plivo.delivered()
            return [(one.event, one.subject, one.mishaps) for one in plivo.deliveries if one.copy_of is None]

    first = await fates(1)
    assert first == await fates(1)
    assert first != await fates(2)
    often = {mishap: sum(mishap in one[2] for one in first) for mishap in ("lost", "twice", "late", "shuffled")}
    assert all(5 < times < 35 for times in often.values()), often


# ---- Again, and the log ---------------------------------------------------------------------------------------------


async def test_a_callback_is_sent_once_more() -> None:
    """The same parameters, another signature; a lost one as well."""
    receiver = Receiver()
    async with emulator(receiver) as plivo:
        plivo.script_callback("MPCStart", fault="lost")
        room(plivo)
        await plivo.delivered()
        lost = plivo.deliveries[-1]
        copy = await plivo.resend(lost)
        assert (lost.state, copy.state, copy.copy_of) == ("lost", "delivered", lost.number)
        again = await plivo.resend(copy)
        assert receiver.told[-1] == receiver.told[-2] == dict(lost.params)
        assert receiver.requests[-1].headers != receiver.requests[-2].headers
        assert again in plivo.deliveries


async def test_the_log_is_bounded() -> None:
    """The latest are kept."""
    async with emulator(Receiver(), keep_deliveries=4) as plivo:
        for name in "abc":
            room(plivo, name)
        await plivo.delivered()
        assert [one.number for one in plivo.deliveries] == [6, 7, 8, 9]


async def test_a_delivery_shows_no_secret() -> None:
    """Neither the parameters nor what is in the URL."""
    receiver = Receiver()
    async with emulator(receiver) as plivo:
        room(plivo, url="http://me:secret@app.example/14157654321?token=secret")
        await plivo.delivered()
        text = repr(plivo.deliveries[0]) + repr(receiver.requests[0])
        assert text == (
            "<Delivery 1 MPCInitialized POST http://app.example/***21?*** delivered 200><CallbackRequest POST>"
        )
        assert dict(receiver.requests[0].headers)["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    "options",
    [
        {"callbacks_to": "https://app"},
        {"keep_deliveries": 0},
        {"callback_tokens": "a-token"},
        {"callback_tokens": [""]},
        {"deliver": Receiver(), "callbacks_app": lambda: None},
    ],
)
async def test_arguments_are_checked(options: dict[str, Any]) -> None:
    """Before anything is sent."""
    with pytest.raises(ValueError, match=r"callback|deliver"):
        Emulator(**options)


@pytest.mark.parametrize("share", ["callbacks_lost", "callbacks_late", "callbacks_twice", "callbacks_shuffled"])
async def test_shares_are_between_0_and_1(share: str) -> None:
    """As in the text form, which knows them as well."""
    options: dict[str, Any] = {share: 1.5}
    with pytest.raises(ValueError, match=share):
        Faults(**options)
    parsed = Faults.parse(f"500=0.1, {share.replace('_', '-')}=0.25")
    assert getattr(parsed, share) == 0.25
    assert dict(parsed.probabilities) == {"500": 0.1}
    with pytest.raises(ValueError, match="expected a fault"):
        Faults.parse(f"{share.replace('_', '-')}=often")
    with pytest.raises(ValueError, match="is no fault"):
        Faults.parse("callbacks-eaten=0.1")


# ---- In process -----------------------------------------------------------------------------------------------------


async def test_a_function_that_raises_is_a_broken_connection() -> None:
    """It is tried again, and the emulator lives on."""

    async def broken(_: CallbackRequest) -> CallbackAnswer:
        raise KeyError("oh")

    async with Emulator(port=None, deliver=broken) as plivo:
        room(plivo)
        await plivo.delivered()
        assert [(one.state, len(one.tries)) for one in plivo.deliveries] == [("failed", 2)] * 3
        assert plivo.deliveries[0].tries[0].failure == "it raised KeyError"


async def test_an_application_takes_callbacks() -> None:
    """An ASGI application, without a server."""
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        seen.append((scope["method"], scope["path"], scope["raw_path"], scope["query_string"], message["body"]))
        seen.append(dict(scope["headers"]))
        await send({"type": "http.response.start", "status": 503, "headers": [(b"Content-Type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"x" * 10**6, "more_body": True})
        await send({"type": "http.response.body", "body": b"x"})

    async with Emulator(port=None, callbacks_app=app) as plivo:
        room(plivo, url="https://app.example:8443/a%20b?x=1")
        await plivo.delivered()
        assert plivo.deliveries[0].status == 503
        assert seen[0][:4] == ("POST", "/a b", b"/a%20b", b"x=1")
        assert seen[1][b"host"] == b"app.example:8443"
        assert b"EventName=MPCInitialized" in seen[0][4]


async def test_an_application_that_does_not_answer() -> None:
    """It has failed."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()

    async with Emulator(port=None, callbacks_app=app) as plivo:
        room(plivo)
        await plivo.delivered()
        assert plivo.deliveries[0].tries[0].failure == "the application did not answer"


async def test_an_application_may_go_on_after_its_answer() -> None:
    """As background tasks do: the callback is answered, and what is raised afterwards is no matter of it."""
    went_on: list[float] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        await anyio.sleep(100)
        assert (await receive())["type"] == "http.disconnect"
        went_on.append(anyio.current_time())
        raise KeyError("oh")

    async with Emulator(port=None, callbacks_app=app) as plivo:
        room(plivo)
        began = anyio.current_time()
        await plivo.delivered()
        assert [one.status for one in plivo.deliveries] == [204] * 3
        assert anyio.current_time() - began < 1
        await anyio.sleep(101)
        assert len(went_on) == 3


@pytest.mark.parametrize("half", [True, False])
async def test_an_application_that_raises(half: bool) -> None:
    """Before its answer is whole: tried again, as a connection that broke."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if half:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise KeyError("oh")

    async with Emulator(port=None, callbacks_app=app) as plivo:
        room(plivo)
        await plivo.delivered()
        first = plivo.deliveries[0]
        assert (first.state, len(first.tries), first.tries[0].failure) == (
            "failed",
            2,
            "the application raised KeyError",
        )


# ---- Its end --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [0.0, 0.5, 1.0, 2.5, 40.0, 50.0])
async def test_the_end_of_the_emulator_ends_deliveries(at: float) -> None:
    """Whatever is due, in flight or tried again: nothing is left, and nothing raises."""
    receiver = Receiver(takes=1e6)
    async with emulator(receiver) as plivo:
        plivo.script_callback("MPCStart", fault="late")
        room(plivo)
        await anyio.sleep(at)
    sent = len(receiver.requests)
    await anyio.sleep(200)
    assert len(receiver.requests) == sent


async def test_waiting_for_deliveries_may_be_cancelled() -> None:
    """The deliveries go on, and somebody else may wait."""
    receiver = Receiver(takes=10)
    async with emulator(receiver) as plivo:
        room(plivo)
        with anyio.move_on_after(0.5) as scope:
            await plivo.delivered()
        assert scope.cancelled_caught
        with anyio.move_on_after(0.5) as scope:
            await plivo.resend(plivo.deliveries[0])
        assert scope.cancelled_caught
        await plivo.delivered()
        assert [one.state for one in plivo.deliveries] == ["delivered"] * 4


async def test_putting_the_clock_forward_sends_what_is_late() -> None:
    """30 seconds of waiting in no time."""
    receiver = Receiver()
    async with emulator(receiver) as plivo:
        plivo.script_callback("MPCStart", fault="late")
        room(plivo)
        began = anyio.current_time()
        plivo.advance(30)
        await plivo.delivered()
        assert receiver.events == BEGUN
        assert anyio.current_time() - began < 1
