"""Many clients at once, any request in any order, under every reading of the documents: nothing upsets the emulator."""

import json
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import quote

import anyio
import h11
import pytest

from plivo_async.emulator import Emulator, Fault, Faults, Limit, Settings
from plivo_async.emulator.api._routes import MPC_ROUTES, VOICE_ROUTES
from plivo_async.emulator.world._conferences import MAX_PARTICIPANTS

from ..support import AUTH_ID, AUTH_TOKEN, ROOT, Client
from .support import sound, sound_call

pytestmark = [pytest.mark.anyio, pytest.mark.long]

NAMES = ("a", "ä/b")
NUMBERS = ("14150000001", "14150000002", "sip:a@example.com")
CALLS = ("call-1", "call-2", "call-3")
URL = "https://example.com/hook"
ACTIONS = ("answers", "busy", "rejects", "no_answer", "never_answers", "invalid", "answer", "hang_up", "press")

# ---- What they do ---------------------------------------------------------------------------------------------------


def readings(chance: Random) -> Settings:
    """Some combination of readings."""
    hints = get_type_hints(Settings)
    choices = {name: get_args(hint) for name, hint in hints.items() if get_origin(hint) is Literal}
    choices |= {name: (True, False) for name, hint in hints.items() if hint is bool}
    chosen: dict[str, Any] = {name: chance.choice(values) for name, values in choices.items() if chance.random() < 0.3}
    chosen |= {name: value for name, value in LENGTHS.items() if chance.random() < 0.3}
    return Settings(**chosen)


LENGTHS = {
    "dial_seconds": 0.7,
    "record_after": 0.0,
    "record_late_share": 0.5,
    "record_missing_share": 0.4,
    "recording_after": 0.0,
    "media_after": 0.0,
    "timezone": "Asia/Kolkata",
}

FLAGS = (
    "mute",
    "hold",
    "start_mpc_on_enter",
    "end_mpc_on_exit",
    "stay_alone",
    "record",
    "record_participant_track",
    "create_mpc_with_single_participant",
)


def somebody(chance: Random) -> dict[str, Any]:
    """Whom to add, and how."""
    found: dict[str, Any] = {"role": chance.choice(["agent", "agent", "customer", "supervisor"])}
    if chance.random() < 0.25:
        found["call_uuid"] = chance.choice(CALLS)
    else:
        found |= {"from": "14150000000", "to": chance.choice([*NUMBERS, *NUMBERS, "<".join(NUMBERS)])}
    usual = {"end_mpc_on_exit": 0.1, "create_mpc_with_single_participant": 0.9}
    found |= {name: chance.random() < usual.get(name, 0.5) for name in FLAGS if chance.random() < 0.3}
    more = {
        "confirm_key": "5",
        "max_participants": 3,
        "max_duration": 300,
        "status_callback_url": URL,
        "on_exit_action_url": URL,
        "recording_callback_url": URL,
        "ring_timeout": 5,
    }
    return found | {name: value for name, value in more.items() if chance.random() < 0.2}


def arguments(operation: str, chance: Random) -> dict[str, Any]:
    """What is said with an operation."""
    if operation == "add-participant":
        return somebody(chance)
    if "participant-recording" in operation and chance.random() < 0.5:
        return {"record_track_type": chance.choice(["participant", "all", "both", ""])}
    fixed: dict[str, Any] = {
        "activate": {"status": chance.choice(["active", ["active"], "ended"])},
        "update-participant": {chance.choice(["mute", "hold", "coach_mode"]): chance.choice([True, False, None])},
        "play": {"url": URL},
        "speak": {"text": "Hello"},
    }
    return dict(fixed.get(operation, {}))


CALLING: dict[str, dict[str, Any]] = {
    "play-to-call": {"urls": URL, "length": 5},
    "speak-to-call": {"text": "Hello"},
    "send-digits": {"digits": "12#"},
    "transfer-call": {"aleg_url": URL},
    "update-account": {"city": "Uppsala"},
    "create-subaccount": {"name": "a"},
    "update-subaccount": {"name": "b"},
    "create-application": {"app_name": "a", "answer_url": URL},
    "update-application": {"hangup_url": URL},
    "update-number": {"alias": "a"},
}
NOT_NOTED = {name for name, _, path in VOICE_ROUTES if path.partition("/")[0] not in ("Call", "Request")}


def calling(operation: str, chance: Random) -> dict[str, Any]:
    """What is said with an operation on calls, recordings or the account."""
    if operation == "make-call":
        found = {"from": "14150000000", "to": chance.choice([*NUMBERS, "<".join(NUMBERS)]), "answer_url": URL}
        more = {
            "ring_timeout": 5,
            "time_limit": 20,
            "hangup_on_ring": 3,
            "machine_detection": "hangup",
            "hangup_url": URL,
        }
        return found | {name: value for name, value in more.items() if chance.random() < 0.2}
    if operation in ("list-calls", "get-call"):
        return {"status": chance.choice(["live", "queued", "live", "queued", "finished"])}
    if operation == "start-call-recording":
        return {"time_limit": chance.choice([1, 60]), "callback_url": URL}
    return dict(CALLING.get(operation, {}))


OFTEN_CALLING = {"make-call": 8, "hang-up-all": 0.1, "get-call": 3, "start-call-recording": 2}


def request_of_a_call(chance: Random) -> tuple[str, str, dict[str, Any]]:
    """The same below anything but a conference; `{item}` is something that there is."""
    weights = [OFTEN_CALLING.get(name, 1) for name, _, _ in VOICE_ROUTES]
    [(name, method, pattern)] = chance.choices(VOICE_ROUTES, weights)
    account = ROOT.removesuffix("MultiPartyCall/")
    item = "{media}" if "{media}" in pattern else "{item:" + pattern.partition("/")[0] + "}"
    return method, account + pattern.replace("{item}", item) + "/", calling(name, chance)


OFTEN = {"add-participant": 15, "activate": 4, "start-recording": 3, "end": 0.3, "kick": 0.7}


def request(chance: Random) -> tuple[str, str, dict[str, Any]]:
    """Method, path with `{uuid}` for one that there is, and arguments."""
    weights = [OFTEN.get(name, 1) for name, _, _ in MPC_ROUTES]
    [(name, method, pattern)] = chance.choices(MPC_ROUTES, weights)
    at = chance.choice([*(f"name_{quote(one, safe='')}" for one in NAMES), "uuid_{uuid}"])
    member = chance.choice([*(str(number) for number in range(1, 9)), "1,2", "3,4", "2,2", "1,99", "all", "1,"])
    said = arguments(name, chance)
    if chance.random() < 0.1:
        said["callback_url"] = URL
    path = pattern.replace("MultiPartyCall", ROOT.rstrip("/"), 1).replace("{mpc}", at).replace("{member}", member)
    return method, path + "/", said


def script(chance: Random) -> list[tuple[float, Any]]:
    """What one of them does: requests, phones, and waits before each."""
    return [
        (
            chance.choice([0.0, 0.0, 0.3, 2.0, 10.0]) if chance.random() < 0.98 else 300.0,
            chance.choice([request, request, request_of_a_call])(chance)
            if chance.random() < 0.75
            else (chance.choice(NUMBERS), chance.choice(ACTIONS)),
        )
        for _ in range(40)
    ]


# ---- And what becomes of it -----------------------------------------------------------------------------------------


class Crowd:
    """Clients of one emulator, each with its own connection."""

    def __init__(self, plivo: Emulator, chance: Random) -> None:
        self.plivo = plivo
        self.chance = chance

    async def run(self, script: list[tuple[float, Any]]) -> None:
        """Do one after the other; a connection that breaks is replaced."""
        client = None
        for wait, step in script:
            await anyio.sleep(wait)
            if len(step) == 2:
                self.act(*step)
            else:
                client = client or Client(self.plivo.connect())
                if not await self.ask(client, *step):
                    await client.stream.aclose()
                    client = None
            self.look()

    def act(self, number: str, action: str) -> None:
        """The owner of a phone does something, if that can be done."""
        with suppress(ValueError):
            getattr(self.plivo.phone(number), action)(*("5" if action == "press" else ()))

    async def ask(self, client: Client, method: str, path: str, given_ones: dict[str, Any]) -> bool:
        """Send a request; whether the connection can be used again."""
        uuid = next(reversed([*self.plivo.conferences_by_uuid]), "11111111-2222-4333-8444-555555555555")
        target = path.replace("{uuid}", uuid)
        if "{" in target:
            target = self.named(target)
        if method == "GET" and given_ones:
            target += "?" + "&".join(f"{key}={quote(str(value), safe='')}" for key, value in given_ones.items())
        with suppress(h11.RemoteProtocolError, anyio.BrokenResourceError), anyio.move_on_after(20):
            await client.ask(method, target, b"" if method == "GET" else json.dumps(given_ones).encode())
            return not client.leftover
        return False

    def named(self, target: str) -> str:
        """The path of something that there is: one of the last."""
        plivo = self.plivo
        files = [f"{one.recording_id}.{one.file_format}" for one in plivo.recordings.values()]
        there = {
            "{item:Call}": [*CALLS, *plivo.calls],
            "{item:Request}": ["none", *(leg.request_uuid for leg in plivo.calls.values() if leg.request_uuid)],
            "{item:Recording}": ["none", *plivo.recordings],
            "{item:Subaccount}": ["none", *plivo.subaccounts],
            "{item:Application}": ["none", *plivo.applications],
            "{item:Number}": ["none", *plivo.numbers],
            "{media}": ["none.mp3", *files],
        }
        [what] = [one for one in there if one in target]
        return target.replace(what, self.chance.choice(there[what][-5:]))

    def look(self) -> None:
        """What holds at any time."""
        for leg in self.plivo.calls.values():
            sound_call(leg, self.plivo._machine)
        ends = [leg.ended_at or 0.0 for leg in self.plivo._machine.calls.over]
        assert ends == sorted(ends)
        may_be_empty = self.plivo._core.rules.settings.created_by == "request"
        for room in self.plivo.conferences_by_uuid.values():
            sound(room, most=MAX_PARTICIPANTS, may_be_empty=may_be_empty)
        live = Counter(one.friendly_name for one in self.plivo.conferences_by_uuid.values() if one.live)
        assert all(count == 1 for count in live.values())


def judge(plivo: Emulator) -> None:
    """What holds of the log in the end."""
    for request in plivo.requests:
        assert request.status in (None, 200, 201, 202, 204, 400, 403, 404, 429)
        assert request.status is not None or request.fault is not None
        if request.fault is None:
            assert request.told == request.status
        assert not (request.applied and (request.method == "GET" or request.status in (400, 403, 404, 429)))
    applied = {one.number for one in plivo.requests if one.applied}
    additions = {one.number for one in plivo.requests if one.operation == "add-participant"}
    others = {one.number for one in plivo.requests if one.operation in NOT_NOTED}
    of_calls = {entry.request for leg in plivo.calls.values() for entry in leg.changes}
    of_calls |= {leg.by for leg in plivo.calls.values() if leg.asked is not None and leg.by is not None}
    assert of_calls <= applied
    noted = [
        entry.request
        for room in plivo.conferences_by_uuid.values()
        for entry in (*room.activations, *room.endings, *room.changes)
    ]
    assert len(set(noted)) == len(noted)
    assert applied - additions - others - of_calls <= set(noted) <= applied
    assert sum(plivo.rings.values()) <= sum(leg.rang_at is not None for leg in plivo._core.machine.legs.values())


@pytest.mark.parametrize("seed", range(20))
async def test_emulator_stands_any_crowd(seed: int) -> None:
    """No request is answered 5xx but on purpose, none raises; conferences, log and phones agree, and all ends."""
    chance = Random(seed)
    share = chance.choice([0.0, 0.45 / len(Fault)])
    emulator = Emulator(
        AUTH_ID,
        AUTH_TOKEN,
        port=None,
        limit=chance.choice([None, Limit(10, per=1.0)]),
        faults=Faults(dict.fromkeys(Fault, share), drip_interval=0.01),
        latency=(0.0, 0.5),
        settings=readings(chance),
        calls_per_second=chance.choice([None, 2.0]),
        seed=seed,
    )
    async with emulator as plivo:
        plivo.add_conference("a", waiting=2)
        for number, uuid in enumerate(CALLS):
            plivo.add_call(from_=f"1900000000{number}", call_uuid=uuid)
        plivo.add_number("+14150000000")
        crowd = Crowd(plivo, chance)
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(crowd.run, script(chance))
        await anyio.sleep(60)  # what was late, or drips, is through
        judge(plivo)
        plivo.advance(40_000)
        crowd.look()
        assert not any(room.live for room in plivo.conferences_by_uuid.values())
        assert not any(leg.status in ("queued", "ringing") for leg in plivo.calls.values())
        await read_all(plivo)


async def read_all(plivo: Emulator) -> None:
    """Every conference and everybody in it can be read, and every callback holds text."""
    plivo._core.rules = replace(plivo._core.rules, faults=Faults())
    client = Client(plivo.connect())
    for uuid, room in plivo.conferences_by_uuid.items():
        for path in ("", "Participant/", *(f"Participant/{one.member_id}/" for one in room.participants)):
            reply = await client.ask("GET", f"uuid_{uuid}/{path}")
            if reply.status == 429:
                await anyio.sleep(5)
                reply = await client.ask("GET", f"uuid_{uuid}/{path}")
            assert (reply.status, bool(json.loads(reply.body))) == (200, True)
    assert all(isinstance(value, str) for one in plivo.callbacks for value in one.params.values())
