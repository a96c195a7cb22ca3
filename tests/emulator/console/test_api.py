"""Every route of the console: what it tells, what it does, and what it refuses."""

import json
from typing import Any

import anyio
import h11
import pytest

from plivo_async.emulator import CallbackAnswer, CallbackRequest, Emulator, Faults, Limit

from ..support import ACTIVE, AUTH_TOKEN, ROOT
from .support import API, Driver, Listener, driven

pytestmark = pytest.mark.anyio

DIAL = {"role": "agent", "from": "14155550100", "to": "+14155550119", "start_mpc_on_enter": False}
HOOK = "http://127.0.0.1:5000/events"


async def dial(driver: Driver, name: str = "sales", **more: Any) -> None:
    """Ask Plivo to dial somebody into a conference."""
    reply = await driver.plivos("POST", f"name_{name}/Participant/", {**DIAL, **more})
    assert reply.status == 201, reply.body


class Receiver:
    """Takes callbacks, and answers what it is told to."""

    def __init__(self) -> None:
        self.status = 200
        self.letters: list[CallbackRequest] = []

    async def __call__(self, letter: CallbackRequest) -> CallbackAnswer:
        """Take one."""
        self.letters.append(letter)
        return CallbackAnswer(status=self.status)


async def test_without_a_console_there_is_none() -> None:
    """Its paths are Plivo's then, which knows none of them; and nothing of it was loaded."""
    async with driven(console=False) as (plivo, driver):
        assert (await driver.ask("GET", API + "state")).status == 404
        assert (plivo.counts().requests, plivo._core.watcher) == (1, None)


async def test_state_is_what_is_always_on_show() -> None:
    """Clock, gauge, counts, faults; a request of the console itself counts for nothing."""
    async with driven(limit=Limit(2, per=5.0), faults=Faults({"500": 0.25}, callbacks_lost=0.5)) as (plivo, driver):
        plivo.add_conference("a")
        plivo.faults = Faults()
        for _ in range(3):
            await driver.plivos("GET", "name_a/")
        plivo.faults = Faults({"500": 0.25}, callbacks_lost=0.5)
        state = await driver.get("state")
        assert state["limit"] == {
            "limit": 2, "per": 5.0, "window": "sliding", "used": 2, "refused": 1, "refused_last_minute": 1,
        }  # fmt: skip
        assert state["conferences"] == {"Initialized": 1, "Active": 0, "Ended": 0}
        assert (state["requests"], state["minute"][-1][1:]) == (3, [3, 1])
        assert state["faults"] == {"500": 0.25, "callbacks-lost": 0.5}
        assert state["url"] == plivo.url
        await driver.post("clock", advance=60)
        later = await driver.get("state")
        assert (later["now"] - state["now"], later["limit"]["used"], later["minute"]) == (60, 0, [])


@pytest.mark.parametrize("window", ["sliding", "fixed", "bucket"])
async def test_the_gauge_knows_each_kind_of_window(window: Any) -> None:
    """What is used up, and free again when the window has passed."""
    async with driven(limit=Limit(3, per=5.0, window=window)) as (_, driver):
        for used in (1, 2, 3, 3):
            await driver.plivos("GET", "")
            assert (await driver.get("state"))["limit"]["used"] == used
        await driver.post("clock", advance=5)
        assert (await driver.get("state"))["limit"]["used"] == 0


async def test_conferences_are_added_found_and_changed() -> None:
    """By state, by name, by UUID, by number; a page at a time."""
    async with driven() as (plivo, driver):
        [one] = (await driver.post("conferences", name="support-1", waiting=2))["conferences"]
        assert (one["status"], one["present"], one["recorded"]) == ("Initialized", 2, False)
        await driver.post("conferences", names=["support-2", "sales/3"], status="active", started_ago=60)
        listed = await driver.get("conferences?status=active")
        assert ([row["name"] for row in listed["conferences"]], listed["total"]) == (["sales/3", "support-2"], 2)
        assert listed["conferences"][0]["since"] == pytest.approx(plivo._clock.time() - 60, abs=1.1)
        assert (await driver.get("conferences?find=support&limit=1&offset=1"))["total"] == 2
        assert [row["name"] for row in (await driver.get("conferences?limit=1&offset=1"))["conferences"]] == [
            "support-2"
        ]
        assert (await driver.get(f"conferences?find={one['uuid'][:13]}"))["total"] == 1
        number = (await driver.get(f"conferences/{one['uuid']}"))["participants"][0]["number"]
        assert (await driver.get(f"conferences?find=%2B{number}"))["total"] == 1
        assert (await driver.post(f"conferences/{one['uuid']}/activate"))["status"] == "Active"
        assert (await driver.post(f"conferences/{one['uuid']}/end", cause=3000))["status"] == "Ended"
        told = await driver.get(f"conferences/{one['uuid']}")
        assert told["cause"] == "Hangup API Triggered"
        assert [entry["what"] for entry in told["history"]][-1] == "is there, Initialized"
        assert (await driver.get("state"))["conferences"] == {"Initialized": 0, "Active": 2, "Ended": 1}


async def test_conferences_are_added_all_or_none() -> None:
    """Nothing is done of what is refused."""
    async with driven() as (plivo, driver):
        plivo.add_conference("b")
        for body in ({"names": ["a", "b"]}, {"names": ["a", "a"]}, {"name": "a", "waiting": 11}, {}, {"names": "ab"}):
            assert (await driver.refused("POST", "conferences", body))[0] == 400
        assert list(plivo.conferences) == ["b"]


async def test_phones_are_answered_and_hung_up() -> None:
    """Ringing ones first; answering is what makes somebody join."""
    async with driven(answer_after=30.0) as (plivo, driver):
        await dial(driver)
        [ringing] = (await driver.get("phones"))["phones"]
        assert (ringing["state"], ringing["number"]) == ("ringing", "+14155550119")
        assert (ringing["call"]["conference"], ringing["call"]["role"]) == ("sales", "agent")
        talks = await driver.post("phones/%2B14155550119/answer")
        assert (talks["state"], talks["call"]["conference"], talks["call"]["role"]) == ("in a call", "sales", "agent")
        assert plivo.conferences["sales"].present == 1
        await driver.post("phones/14155550119/press", keys="12#")
        assert (await driver.post("phones/14155550119/hang-up"))["state"] == "free"
        assert plivo.conferences["sales"].status == "Ended"
        pressed = [one["keys"] for one in (await driver.get("events?event=ParticipantDigitInput"))["events"]]
        assert pressed == ["1", "2", "#"]
        assert (await driver.refused("POST", "phones/14155550119/answer", {}))[0] == 400
        assert (await driver.refused("POST", "phones/14155550119/press", {"keys": "x"}))[0] == 400


async def test_phones_do_when_rung_what_they_are_told() -> None:
    """From the next call on."""
    async with driven(calls_per_second=None) as (plivo, driver):
        for does in ("busy", "rejects", "no answer", "never answers", "fails", "answers"):
            assert (await driver.post("phones/14155550119/when-rung", does=does, after=3))["when_rung"] == does
            await dial(driver, does.replace(" ", ""))
        await driver.post("clock", advance=60)
        outcomes = [leg.outcome for leg in plivo.phone("14155550119").calls]
        assert outcomes == ["busy", "rejected", "no_answer", "no_answer", "failed", None]
        assert (await driver.get("phones/14155550119"))["rings"] == 5
        assert (await driver.refused("POST", "phones/1/when-rung", {"does": "sings"}))[0] == 400


async def test_somebody_calls_in() -> None:
    """Answered at once, or by XML."""
    receiver = Receiver()
    async with driven(deliver=receiver) as (plivo, driver):
        told = await driver.post("calls", **{"from": "+442071838750", "answered": True})
        assert (told["state"], told["call"]["direction"]) == ("in a call", "inbound")
        told = await driver.post("calls", **{"from": "+442071838751", "answer_url": "http://app/answer"})
        assert told["state"] == "ringing"
        await plivo.delivered()
        assert [one.url for one in receiver.letters] == ["http://app/answer"]
        assert (await driver.refused("POST", "calls", {"from": "1"}))[0] == 400  # no URL


async def test_requests_tell_what_was_decided_done_and_told() -> None:
    """The three, why they differ, and the same once more as a command."""
    async with driven() as (plivo, driver):
        plivo.add_conference("it's")
        await driver.post("script", operation="activate", name="it's", fault="500-applied")
        await driver.plivos("POST", "name_it%27s/", json.loads(ACTIVE))
        await driver.plivos("GET", "name_it%27s/")
        await driver.plivos("GET", "name_other/")
        listed = await driver.get("requests")
        assert ([row["number"] for row in listed["requests"]], listed["total"]) == ([3, 2, 1], 3)
        assert [row["number"] for row in (await driver.get("requests?show=trouble&before=3"))["requests"]] == [1]
        assert [row["number"] for row in (await driver.get("requests?show=faults"))["requests"]] == [1]
        assert [row["number"] for row in (await driver.get("requests?find=other"))["requests"]] == [3]
        assert [row["number"] for row in (await driver.get("requests?find=%232"))["requests"]] == [2]
        one = await driver.get("requests/1")
        assert (one["decided"], one["applied"], one["told"], one["fault"]) == (204, True, 500, "500-applied")
        assert one["why"].startswith("Fault 500-applied, scripted: applied, then answered 500")
        assert ["Authorization", "***"] in one["headers"]
        assert [row["number"] for row in one["same"]] == [1, 2]
        assert one["curl"] == (
            "curl -u \"$PLIVO_AUTH_ID:$PLIVO_AUTH_TOKEN\" -X POST \\\n  -H 'Content-Type: application/json' \\\n"
            f'  --data-binary \'{{"status": "active"}}\' \\\n  {plivo.url}{ROOT}name_it%27s/'
        )
        assert (await driver.get("requests/2"))["curl"].startswith('curl -u "$PLIVO_AUTH_ID:$PLIVO_AUTH_TOKEN" \\\n')


async def test_a_request_that_is_refused_or_unanswered_says_why() -> None:
    """429, a fault by chance, a client that was gone."""
    async with driven(limit=Limit(1), faults=Faults({"lost-response": 0.0})) as (plivo, driver):
        await driver.plivos("GET", "")
        await driver.plivos("GET", "")
        assert (await driver.get("requests/2"))["why"] == "All 1 requests of 5 s were used up (sliding)."
        plivo.faults = Faults({"500": 1.0})
        await driver.plivos("GET", "")
        assert "by chance, seed 0" in (await driver.get("requests/3"))["why"]


async def test_callbacks_are_looked_at_and_sent_again() -> None:
    """Each try with its signature and the text that was signed; the copy has its own."""
    receiver = Receiver()
    receiver.status = 503
    async with driven(deliver=receiver) as (plivo, driver):
        hooked = {"status_callback_url": "http://me:secret@app:5000/events"}
        await dial(driver, **hooked)
        await driver.post("phones/14155550119/answer")
        await plivo.delivered()
        listed = (await driver.get("callbacks?show=trouble"))["callbacks"]
        assert {row["state"] for row in listed} == {"refused"}
        join = next(row for row in listed if row["event"] == "ParticipantJoin")
        one = await driver.get(f"callbacks/{join['number']}")
        [attempt] = one["attempts"]
        letter = next(one for one in receiver.letters if b"ParticipantJoin" in one.body)
        assert attempt["signature"] == {name: value for name, value in letter.headers if name.startswith("X-Plivo")}
        assert attempt["signed"].startswith("http://***@app:5000/events?")
        assert (one["url"], one["params"]["MPCName"]) == ("http://***@app:5000/events", "sales")
        receiver.status = 200
        again = await driver.post(f"callbacks/{join['number']}/resend")
        assert (again["state"], again["status"], again["copy_of"]) == ("delivered", 200, join["number"])
        assert (await driver.get("state"))["callbacks"]["delivered"] == 1
        assert (await driver.refused("POST", "callbacks/999/resend", {}))[0] == 404
        assert not any(b"secret" in text for text in driver.texts)


async def test_recordings_are_listed() -> None:
    """The newest first, with what they are of."""
    async with driven() as (plivo, driver):
        plivo.add_conference("a", status="active")
        await driver.plivos("POST", "name_a/Record/", {})
        listed = await driver.get("recordings")
        [row] = listed["recordings"]
        assert (row["conference"], row["phase"], row["format"], listed["total"]) == ("a", "recording", "mp3", 1)
        assert (await driver.get("conferences"))["conferences"][0]["recorded"] is True
        plivo.end_conference("a")
        assert (await driver.get("recordings"))["recordings"][0]["phase"] == "completed"


async def test_faults_are_changed_and_scripted() -> None:
    """By chance and for certain, of requests and of callbacks."""
    async with driven() as (plivo, driver):
        told = await driver.post("faults", shares={"500": 1.0, "callbacks-lost": 0.5}, apply_after=2)
        assert told == {"shares": {"500": 1.0, "callbacks-lost": 0.5}}
        assert (await driver.plivos("GET", "")).status == 500
        await driver.post("script-callback", event="MPCStart", subject="a", fault="twice")
        await driver.post("script", operation="get", fault="404-html", nth=None)
        found = await driver.get("faults")
        by_name = {row["fault"]: row for row in found["faults"]}
        assert (by_name["500"]["share"], by_name["500"]["hits"], found["times"]["apply_after"]) == (1.0, 1, 2.0)
        assert found["script"] == [{"operation": "get", "name": None, "nth": None, "fault": "404-html"}]
        assert found["callbacks_script"] == [{"event": "MPCStart", "subject": "a", "nth": 1, "fault": "twice"}]
        await driver.post("faults", shares={})
        assert (await driver.plivos("GET", "")).status == 200
        assert plivo.faults.apply_after == 2.0
        wrong: list[Any] = [{"shares": {"x": 1}}, {"shares": {"500": 2}}, {"shares": {"500": 0.6, "502": 0.6}}, {}]
        for body in wrong:
            assert (await driver.refused("POST", "faults", body))[0] == 400
        for body in ({"operation": "x", "fault": "500"}, {"operation": "get", "fault": "x"}, {"operation": "get"}):
            assert (await driver.refused("POST", "script", body))[0] == 400
        assert (await driver.refused("POST", "script-callback", {"event": "MPCStart", "fault": "x"}))[0] == 400


async def test_the_clock_goes_forward_only() -> None:
    """What falls due meanwhile happens."""
    async with driven() as (plivo, driver):
        await dial(driver)
        before = (await driver.get("state"))["now"]
        assert (await driver.post("clock", advance=3600))["now"] - before == pytest.approx(3600, abs=1)
        assert plivo.conferences["sales"].present == 1
        await driver.post("clock", advance=1e9)
        await driver.post("clock", advance=1e9)
        await driver.post("clock", advance=1e9)
        assert "a hundred years" in (await driver.refused("POST", "clock", {"advance": 1e9}))[1]
        assert (await driver.get("state"))["now"] > 3e9
        for body in ({"advance": -1}, {"advance": "1x"}, {}, {"advance": True}, {"advance": 1e300}, {"back": 1}):
            assert (await driver.refused("POST", "clock", body))[0] == 400


async def test_reset_begins_anew() -> None:
    """Nothing is left but credentials, address, limit, faults and the clock; ids of events go on."""
    receiver = Receiver()
    async with driven(deliver=receiver, seed=3) as (plivo, driver):
        plivo.add_conference("a")
        await dial(driver, status_callback_url=HOOK)
        await driver.plivos("POST", "name_a/", json.loads(ACTIVE))
        await driver.post("script", operation="get", fault="500")
        before = await driver.get("state")
        told = await driver.post("reset", seed=7)
        assert told == {"seed": 7, "next": before["next"] + 1}
        state = await driver.get("state")
        assert state["conferences"] == {"Initialized": 0, "Active": 0, "Ended": 0}
        gone = [state[key] for key in ("requests", "recordings", "scripted", "minute", "callbacks")]
        assert gone == [0, 0, 0, [], {}]
        assert (state["now"] >= before["now"], state["seed"]) == (True, 7)
        letters = len(receiver.letters)
        await driver.post("clock", advance=60)  # the phone of the world before answers nobody
        await anyio.sleep(1)
        assert len(receiver.letters) == letters
        await dial(driver, status_callback_url=HOOK)
        await anyio.sleep(2)
        assert len(receiver.letters) > letters
        assert (plivo.requests[0].number, plivo.deliveries[0].number) == (1, 1)


async def test_reset_brings_back_those_it_began_with() -> None:
    """What was named at the start waits again, whatever became of it; what was added later is gone."""
    async with driven(conferences=["a", "b", "a"]) as (plivo, driver):
        before = [one["name"] for one in (await driver.get("conferences"))["conferences"]]
        plivo.activate_conference("a")
        plivo.end_conference("b")
        plivo.add_conference("c")
        await driver.post("reset")
        again = (await driver.get("conferences"))["conferences"]
        assert [one["name"] for one in again] == before == ["b", "a"]
        assert {(one["status"], one["present"]) for one in again} == {("Initialized", 1)}


async def test_reset_breaks_off_what_is_under_way() -> None:
    """A request of the world before ends its connection; who waits for callbacks waits no longer."""
    async with driven(latency=2.0) as (plivo, driver):
        plivo.add_conference("a")
        ended: list[str] = []

        async def asks() -> None:
            with pytest.raises(h11.RemoteProtocolError):
                await driver.plivos("POST", "name_a/", json.loads(ACTIVE))
            ended.append("asked")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(asks)
            await anyio.sleep(0.5)
            plivo.reset()
            plivo.add_conference("a")
        assert (ended, plivo.conferences["a"].status, plivo.counts().requests) == (["asked"], "Initialized", 0)


async def test_reset_lets_those_go_on_who_wait() -> None:
    """`delivered` and a callback that is sent again end with the world."""

    async def deaf(_: CallbackRequest) -> CallbackAnswer:
        await anyio.sleep_forever()
        raise AssertionError

    async with driven(deliver=deaf) as (plivo, driver):
        await dial(driver, status_callback_url=HOOK)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(plivo.delivered)
            await anyio.sleep(1)
            plivo.reset()
        assert not plivo.deliveries


async def test_events_are_waited_for() -> None:
    """At once if it has happened, when it does, or not at all within the time."""
    async with driven(answer_after=5.0) as (plivo, driver):
        plivo.add_conference("a")
        [first] = (await driver.get("events?type=conference&name=a"))["events"]
        assert (first["event"], first["status"]) == ("MPCInitialized", "Initialized")
        await dial(driver, "a")
        began = anyio.current_time()
        told = await driver.get("events?event=ParticipantJoin&name=a&timeout=10")
        assert (told["events"][0]["number"], told["events"][0]["role"]) == ("14155550119", "agent")
        assert anyio.current_time() - began == pytest.approx(5, abs=0.001)  # nobody but the waiting has looked
        began = anyio.current_time()
        told = await driver.get(f"events?after={told['next']}&type=callback&timeout=3")
        assert told["events"] == []
        assert anyio.current_time() - began == pytest.approx(3, abs=0.001)
        asked = (await driver.get("events?type=request&status=201"))["events"]
        assert [(one["event"], one["name"], one["applied"]) for one in asked] == [("add-participant", "a", True)]
        assert [one["status"] for one in (await driver.get("events?type=call&number=%2B14155550119"))["events"]] == [
            "ringing", "in-progress",
        ]  # fmt: skip
        few = await driver.get("events?limit=2")
        assert [one["id"] for one in few["events"]] == [1, 2]
        assert (await driver.get(f"events?after={few['next']}&limit=1"))["events"][0]["id"] == 3
        for query in ("after=x", "timeout=61", "type=x", "what=1", "after=1.5"):
            assert (await driver.refused("GET", f"events?{query}"))[0] == 400


async def test_events_come_as_a_stream() -> None:
    """From now on, or from a given one on; at rest it says that it is there."""
    async with driven() as (plivo, _):
        plivo.add_conference("a")
        async with plivo.connect() as stream:
            listener = Listener(stream)
            headers = await listener.open(f"{API}events/stream?after=0&type=conference")
            assert headers["content-type"] == "text/event-stream"
            kind, event = await listener.next()
            assert (kind, event["event"], event["name"]) == ("conference", "MPCInitialized", "a")
            plivo.activate_conference("a")
            assert (await listener.next())[1]["event"] == "MPCStart"
            assert await listener.next() == ("", None)


async def test_changes_are_what_is_looked_at_and_has_changed() -> None:
    """First all of it, then what is other than before, and of lists whose rows moved their order."""
    async with driven(answer_after=5.0) as (plivo, driver):
        for name in ("a", "b", "c"):
            plivo.add_conference(name)
        uuid = plivo.conferences["b"].mpc_uuid
        async with plivo.connect() as stream:
            listener = Listener(stream)
            query = (
                f"show=conferences,phones,requests,callbacks,recordings&conferences_limit=2&detail=conference:{uuid}"
            )
            await listener.open(f"{API}changes?{query}")
            kind, told = await listener.next()
            assert (kind, told["head"]["conferences"]["Initialized"], told["detail"]["name"]) == ("all", 3, "b")
            rows = told["conferences"]
            assert ([rows["rows"][key]["name"] for key in rows["order"]], rows["total"]) == (["c", "b"], 3)
            plivo.activate_conference("b")
            kind, told = await listener.next()
            assert (kind, set(told)) == ("changed", {"now", "head", "conferences", "detail"})
            assert (list(told["conferences"]["rows"]), "order" in told["conferences"]) == ([uuid], False)
            await dial(driver, "b")
            phones = await listener.until("phones")
            assert [row["state"] for row in phones["rows"].values()] == ["ringing"]
            [talks] = (await listener.until("phones"))["rows"].values()
            assert talks["state"] == "in a call"
            plivo.add_conference("d")
            assert len((await listener.until("conferences"))["order"]) == 2
            assert set((await listener.next())[1]) == {"now"}  # what time it is, now and then
            await driver.post("reset")
            told = await listener.until("conferences")
            assert (told["order"], told["rows"], told["total"]) == ([], {}, 0)
            assert plivo.connections == 1
        await anyio.sleep(1)
        assert plivo.connections == 0  # whoever is gone is told nothing more


async def test_changes_of_everything_else() -> None:
    """What is looked at closely, filters, and what there is not."""
    async with driven(deliver=Receiver(), answer_after=0.0) as (plivo, driver):
        await dial(driver, status_callback_url=HOOK)
        await plivo.delivered()
        for closely, key in (("request:1", "curl"), ("callback:1", "attempts"), ("request:9", None)):
            async with plivo.connect() as stream:
                listener = Listener(stream)
                shown = "show=conferences,requests,callbacks,faults&conferences_status=active&conferences_find=x"
                await listener.open(
                    f"{API}changes?{shown}&requests_show=trouble&callbacks_show=trouble&detail={closely}"
                )
                _, told = await listener.next()
                assert (told["conferences"]["order"], told["requests"]["order"], told["callbacks"]["order"]) == (
                    [],
                    [],
                    [],
                )
                assert told["faults"]["script"] == []
                assert told["detail"] is None if key is None else key in told["detail"]
        for query in ("show=x", "detail=x:1", "requests_show=x", "phones_limit=0", "phones_limit=1001", "x=1"):
            assert (await driver.refused("GET", f"changes?{query}"))[0] == 400


async def test_what_is_no_route_says_so() -> None:
    """404 with where to read on, 405 with what there is, 400 with what is wrong."""
    async with driven() as (plivo, driver):
        for path in ("", "nothing", "conferences/x/y", "phones//answer"):
            assert (await driver.refused("GET", path))[0] == 404
        for path in ("requests/99", "callbacks/99", f"conferences/{plivo.auth_id}"):
            assert (await driver.refused("GET", path))[0] == 404
        assert (await driver.refused("POST", "conferences/x/end", {}))[0] == 404
        reply = await driver.ask("POST", API + "state", b"{}")
        assert (reply.status, reply.headers["allow"]) == (405, "GET")
        reply = await driver.ask("DELETE", API + "conferences")
        assert (reply.status, reply.headers["allow"]) == (405, "GET, POST")
        for body in (b"{", b"[]", b"\xff", b"1", b"[" * 100_000, b'{"seed": 1.5}', b'{"seed": "x"}', b'{"other": 1}'):
            assert (await driver.ask("POST", API + "reset", body)).status == 400
        assert (await driver.ask("HEAD", API + "state")).body == b""
        assert not plivo.requests


async def test_nothing_that_is_told_has_the_token_in_it() -> None:
    """Nor has what a client has sent."""
    async with driven(deliver=Receiver(), answer_after=0.0) as (plivo, driver):
        await dial(driver, status_callback_url=HOOK)
        await plivo.delivered()
        for path in ("state", "requests/1", "callbacks/1", "faults", "phones", "events", "recordings"):
            await driver.get(path)
        assert driver.texts
        assert not any(AUTH_TOKEN.encode() in text for text in driver.texts)


async def test_what_goes_wrong_in_the_console_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Not the emulator, and not the connection."""
    async with driven() as (plivo, driver):

        def broken(*_: object) -> None:
            raise RuntimeError("broken")

        monkeypatch.setattr(plivo._console._views, "conferences", broken)  # type: ignore[union-attr]
        assert (await driver.ask("GET", API + "conferences")).status == 500
        monkeypatch.setattr("plivo_async.emulator.console._stream.head", broken)
        async with plivo.connect() as stream:
            listener = Listener(stream)
            await listener.open(f"{API}changes")
            with pytest.raises(AssertionError):
                await listener.next()
        assert "broken" in caplog.text
        assert (await driver.plivos("GET", "")).status == 200


async def test_a_console_knows_what_was_there_before_it() -> None:
    """What an emulator goes on from a snapshot with is counted; so is a limit that isn't there."""
    async with driven(limit=None) as (plivo, driver):
        plivo.add_conference("a", status="active")
        plivo.add_conference("b")
        assert (await driver.get("state"))["limit"] is None
        kept = plivo.snapshot()
    async with Emulator.from_snapshot(kept, port=None, console=True) as again:
        state = await Driver(again).get("state")
        assert state["conferences"] == {"Initialized": 1, "Active": 1, "Ended": 0}
        again.end_conference("a")
        assert (await Driver(again).get("state"))["conferences"]["Ended"] == 1
        again.reset()
        assert (await Driver(again).get("state"))["conferences"] == {"Initialized": 0, "Active": 0, "Ended": 0}
