"""The state of an emulator as JSON: what goes on from it answers as what it was taken of."""

import json
from collections.abc import Callable
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.emulator import CallbackAnswer, CallbackRequest, Emulator, Faults, Limit, Settings
from plivo_async.emulator.world import _rules as rules

from ..support import in_memory
from .support import ACTIVE, AUTH_ID, AUTH_TOKEN, ask

NAMES = st.sampled_from(["a", "b", "c"])
PHONES = st.sampled_from(["+14157654321", "+14157654322", "+14157654323"])
HOOK = "https://example.com/events"

Step = tuple[float, str, tuple[Any, ...]]
"""Seconds since the one before, what, and of what."""


def steps(*kinds: st.SearchStrategy[tuple[str, tuple[Any, ...]]]) -> st.SearchStrategy[list[Step]]:
    """Some of these, one after another."""
    apart = st.sampled_from([0.0, 0.3, 1.0, 4.0, 50.0])
    return st.lists(st.builds(lambda after, what: (after, *what), apart, st.one_of(kinds)), max_size=14)


def of(kind: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, tuple[Any, ...]]]:
    """A step of that kind."""
    return st.tuples(st.just(kind), st.tuples(*arguments))


WORLD = (of("conference", NAMES, st.integers(1, 3)), of("call", PHONES), of("phone", PHONES, st.integers(0, 5)))
REQUESTS = (
    of("activate", NAMES),
    of("activate", NAMES),
    of("end", NAMES),
    of("add", NAMES, st.lists(PHONES, min_size=1, max_size=3, unique=True), st.booleans()),
    of("transfer", NAMES, st.integers(0, 3)),
    of("hold", NAMES, st.sampled_from(["all", "1", "2"])),
    of("kick", NAMES, st.sampled_from(["all", "1", "2", "3"])),
    of("record", NAMES),
    of("play", NAMES),
    of("make", PHONES),
    of("hang up", st.integers(0, 3)),
    of("application"),
    of("look", NAMES, st.integers(0, 5)),
)


def body(**arguments: Any) -> bytes:
    """As JSON."""
    return json.dumps(arguments).encode()


class Plivo:
    """An emulator that isn't started: its clock is what the test says."""

    def __init__(self, emulator: Emulator, now: float = 0.0) -> None:
        self.emulator = emulator
        self.now = now

    def ask(self, method: str, target: str, data: bytes = b"") -> Any:
        """The answer to a request."""
        answer, request = ask(self.emulator._core, method, target, data, now=self.now)
        return answer, request.fault, request.number

    def do(self, step: Step) -> Any:
        """One step, and what comes of it."""
        after, kind, arguments = step
        self.now += after
        self.emulator._machine.time.advance(self.now)
        done: Callable[..., Any] = getattr(self, f"_do_{kind.replace(' ', '_')}")
        return done(*arguments)

    def _do_conference(self, name: str, waiting: int) -> None:
        machine = self.emulator._machine
        if machine.registry.live(name) is None:
            rules.add(machine, name, now=self.now, waiting=waiting)

    def _do_call(self, number: str) -> None:
        rules.add_call(self.emulator._machine, self.now, from_=number)

    def _do_phone(self, number: str, what: int) -> None:
        phone = self.emulator.phone(number)
        tuned: list[Callable[[], object]] = [phone.busy, phone.rejects, phone.no_answer, phone.never_answers]
        tuned += [lambda: phone.answers(2.0, talks=3.0), phone.answers]
        tuned[what]()

    def _do_activate(self, name: str) -> Any:
        return self.ask("POST", f"name_{name}/", ACTIVE)

    def _do_end(self, name: str) -> Any:
        return self.ask("DELETE", f"name_{name}/")

    def _do_add(self, name: str, to: list[str], starts: bool) -> Any:
        said = {"from": "+14150000000", "to": "<".join(to), "role": "agent", "start_mpc_on_enter": starts}
        said |= {"status_callback_url": HOOK, "record": starts, "ring_timeout": 20}
        return self.ask("POST", f"name_{name}/Participant/", body(**said))

    def _do_transfer(self, name: str, nth: int) -> Any:
        said = {"call_uuid": self.call(nth), "role": "customer"}
        return self.ask("POST", f"name_{name}/Participant/", body(**said))

    def _do_hold(self, name: str, members: str) -> Any:
        return self.ask("POST", f"name_{name}/Participant/{members}/", body(hold=True))

    def _do_kick(self, name: str, members: str) -> Any:
        return self.ask("DELETE", f"name_{name}/Participant/{members}/")

    def _do_record(self, name: str) -> Any:
        return self.ask("POST", f"name_{name}/Record/", body(recording_callback_url=HOOK))

    def _do_play(self, name: str) -> Any:
        return self.ask("POST", f"name_{name}/Member/all/Play/", body(url="https://example.com/a.mp3"))

    def _do_make(self, to: str) -> Any:
        said = {"from": "+14150000000", "to": to, "answer_url": HOOK, "hangup_url": HOOK, "time_limit": 60}
        return self.ask("POST", f"/v1/Account/{AUTH_ID}/Call/", body(**said))

    def _do_hang_up(self, nth: int) -> Any:
        return self.ask("DELETE", f"/v1/Account/{AUTH_ID}/Call/{self.call(nth)}/")

    def _do_application(self) -> Any:
        said = {"app_name": f"at {self.now:.0f}", "answer_url": HOOK}
        return self.ask("POST", f"/v1/Account/{AUTH_ID}/Application/", body(**said))

    def _do_look(self, name: str, what: int) -> Any:
        account = f"/v1/Account/{AUTH_ID}/"
        lists = ["", f"name_{name}/", f"name_{name}/Participant/"]
        return self.ask("GET", [*lists, *(f"{account}{one}/" for one in ("Call", "Recording", "Application"))][what])

    def call(self, nth: int) -> str:
        """The id of the nth call; of none if there are fewer."""
        return dict(enumerate(self.emulator._machine.calls.by_uuid)).get(nth, "none")

    def all_of_it(self) -> list[Any]:
        """What can be seen of it in the end."""
        looks = [self._do_look(name, what) for name in "abc" for what in range(6)]
        phones = [self.emulator.phone(f"+1415765432{nth}").rings for nth in (1, 2, 3)]
        return [looks, phones, self.emulator.snapshot()]


@given(steps(*WORLD, *REQUESTS), steps(*REQUESTS, *WORLD), st.sampled_from(["sliding", "fixed", "bucket"]))
def test_the_same_requests_get_the_same_answers(before: list[Step], after: list[Step], window: Any) -> None:
    """Whatever was there, faults, phones that ring and a limit that is nearly used up included."""
    first = Plivo(
        Emulator(
            AUTH_ID,
            AUTH_TOKEN,
            port=None,
            callbacks_to=(),
            limit=Limit(9, per=30.0, window=window, retry_after="seconds"),
            faults=Faults({"500": 0.1, "503-applied": 0.1}),
            settings=Settings(record_late_share=0.3),
            seed=5,
        )
    )
    first.emulator.script("activate", "a", nth=3, fault="429")
    for step in before:
        first.do(step)
    first.emulator._machine.time.advance(first.now)
    kept = first.emulator.snapshot()
    text = json.dumps(kept, allow_nan=False)
    assert AUTH_TOKEN not in text
    second = Plivo(
        Emulator.from_snapshot(json.loads(text), auth_token=AUTH_TOKEN, port=None, callbacks_to=()), first.now
    )
    assert second.emulator.snapshot() == kept
    first.emulator.callbacks.clear()
    for step in after:
        assert first.do(step) == second.do(step)
    assert first.all_of_it() == second.all_of_it()
    assert first.emulator.callbacks == second.emulator.callbacks


WAITING = b"""<Response><MultiPartyCall role="customer" startMpcOnEnter="false">support-7</MultiPartyCall>
<Speak>Goodbye</Speak></Response>"""


@pytest.mark.anyio
async def test_a_caller_who_waits_by_xml_goes_on_with_it() -> None:
    """Who is in a conference is in it still, and what comes after it in the XML comes after it."""

    async def receiver(request: CallbackRequest) -> CallbackAnswer:
        return CallbackAnswer(body=WAITING, content_type="application/xml")

    async with Emulator(port=None, deliver=receiver) as plivo:
        plivo.phone("+14157654321").answers(after=5.0)
        call = plivo.incoming_call(from_="+442071838750", answer_url="https://example.com/answer")
        with pytest.raises(RuntimeError, match="callbacks are yet to be sent"):
            plivo.snapshot()
        await plivo.delivered()
        async with in_memory(plivo) as client:
            await client.mpc("support-7").add_participant(role="agent", from_="+14151234567", to="+14157654321")
        await anyio.sleep(1)
        kept = json.loads(json.dumps(plivo.snapshot()))
        used = {one.number for one in plivo.deliveries}

    async with Emulator.from_snapshot(kept, port=None, deliver=receiver) as plivo:
        conference = plivo.conferences["support-7"]
        assert (conference.status, conference.present) == ("Initialized", 1)
        await anyio.sleep(4.5)
        assert (conference.status, conference.present) == ("Active", 2)
        async with in_memory(plivo) as client:
            await client.mpc("support-7").stop()
        await plivo.delivered()
        leg = plivo.calls[call.call_uuid]
        assert leg.speaking == "Goodbye"
        await anyio.sleep(2.5)
        await plivo.delivered()
        assert leg.hangup_cause == "End Of XML Instructions"
        assert not used & {one.number for one in plivo.deliveries}


@pytest.mark.anyio
async def test_what_can_not_be_kept_is_said() -> None:
    """In the midst of XML, or with a request that is yet to be applied; from_snapshot refuses what is none."""

    async def receiver(request: CallbackRequest) -> CallbackAnswer:
        return CallbackAnswer(body=b"<Response><Wait length='9'/></Response>", content_type="application/xml")

    async with Emulator(port=None, deliver=receiver) as plivo:
        call = plivo.incoming_call(from_="+442071838750", answer_url="https://example.com/answer")
        await plivo.delivered()
        with pytest.raises(RuntimeError, match=f"{call.call_uuid} is in the midst of its XML"):
            plivo.snapshot()
        plivo.advance(10)
        await plivo.delivered()
        plivo.add_conference("a")
        plivo.script("activate", "a", fault="500-applied-later")
        with anyio.move_on_after(1):
            async with in_memory(plivo) as client:
                await client.mpc.start("a")
        with pytest.raises(RuntimeError, match="a request is yet to be applied"):
            plivo.snapshot()
        plivo.advance(10)
        kept = plivo.snapshot()
    for wrong, why in (
        ({}, "not what Emulator.snapshot"),
        ({**kept, "version": 2}, "of version 2, and this reads 1"),
        ({**kept, "things": [{"Leg": {}}, {"Secret": {}}]}, "can't be read"),
        ({**kept, "world": {}}, "can't be read"),
    ):
        with pytest.raises(ValueError, match=why):
            Emulator.from_snapshot(wrong)
    with pytest.raises(TypeError, match="colour"):
        Emulator.from_snapshot(kept, colour="red")


@pytest.mark.anyio
async def test_tokens_are_new_and_files_are_where_it_is() -> None:
    """A subaccount's token isn't kept either; the URLs of recordings lead to the new one."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("a", status="active", waiting=2)
        recording = await client.mpc("a").start_recording()
        await client.request("POST", "Subaccount/", json={"name": "theirs"})
        [before] = plivo.subaccounts.values()
        kept = json.loads(json.dumps(plivo.snapshot()))
        tokens = plivo.auth_token, before.auth_token
    assert not any(token in json.dumps(kept) for token in tokens)
    async with Emulator.from_snapshot(kept, host="127.0.0.2", port=None, limit=None) as plivo:
        [after] = plivo.subaccounts.values()
        assert (after.auth_id, after.name) == (before.auth_id, "theirs")
        assert after.auth_token not in tokens
        assert plivo.auth_token not in tokens
        [one] = plivo.recordings.values()
        assert one.recording_id == recording.recording_id
        assert one.recording_url == (recording.recording_url or "").replace("127.0.0.1", "127.0.0.2")
