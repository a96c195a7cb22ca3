"""What nobody should send, and what goes wrong on purpose, for all of the emulator's operations on conferences."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

import anyio
import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.emulator import MEANINGS, Fault, Faults, Limit
from plivo_async.emulator._core import Core
from plivo_async.emulator.api._routes import ALIASES, MPC_ROUTES, route
from plivo_async.emulator.world import _rules as rules

from ..api.test_contract import EVERYTHING, EXAMPLES, ROOM, example, service
from ..support import ACTIVE, AUTH_ID, ROOT, USUAL, Client, ask, new_core, told

SORTED = sorted(name for name, _, _ in MPC_ROUTES)
OF_MEMBERS = {name for name, _, path in MPC_ROUTES if "{member}" in path}
READS = {"list", "get", "list-participants", "get-participant"}


def prepared(operation: str = "", **options: Any) -> Core:
    """A core with a conference in which that operation has something to do."""
    core = new_core(**options)
    rules.add(
        core.machine, "a", now=0, uuid=ROOM, waiting=3, status="initialized" if operation == "activate" else "active"
    )
    for path in ("", "Participant/1/"):
        if operation.endswith("recording") and not operation.startswith("start"):
            told(core, "POST", f"name_a/{path}Record/")
        if operation.startswith("resume"):
            told(core, "POST", f"name_a/{path}Record/Pause/")
    if operation.startswith("stop-"):
        told(core, "POST", "name_a/Member/1/Play/", b'{"url": "https://example.com/a.mp3"}')
        told(core, "POST", "name_a/Member/1/Speak/", b'{"text": "Hello"}')
    return core


def request(operation: str, at: str = "name_a", member: str = "1") -> tuple[str, str, bytes]:
    """Method, target and body of an operation."""
    method, path, arguments = example(operation, at, member)
    return method, path, b"" if arguments is None else json.dumps(arguments).encode()


# ---- Faults ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", SORTED)
def test_emulator_every_fault_hits_every_operation(operation: str) -> None:
    """A fault hits that operation, which takes its course, or doesn't, now or later, as the fault's name says."""
    for fault in Fault:
        hits(operation, fault)


def hits(operation: str, fault: Fault) -> None:
    """A fault hits an operation."""
    core = prepared(operation)
    before = core.machine.registry.by_uuid[ROOM].applied
    core.rules = replace(core.rules, faults=Faults({fault: 1.0}, operations=[operation]))
    answer, record = ask(core, *request(operation))
    meaning = MEANINGS[fault]
    assert (record.operation, record.fault) == (operation, fault)
    assert record.applied == (meaning.applied and not afterwards(fault) and operation not in READS)
    core.machine.time.advance(5)
    assert record.applied == (meaning.applied and operation not in READS)
    assert core.machine.registry.by_uuid[ROOM].applied - before == record.applied
    assert (answer is None) == (fault in (Fault.RESET_BEFORE, Fault.LOST_APPLIED_LATER, Fault.RESET_APPLIED_LATER))
    if answer is not None and meaning.status is not None:
        assert answer.status == meaning.status


def afterwards(fault: Fault) -> bool:
    """Whether the request is applied only when it has been answered, or broken off."""
    return MEANINGS[fault].later and fault is not Fault.APPLIED_LATER


SILENT = {
    Fault.LOST_RESPONSE,
    Fault.RESET_BEFORE,
    Fault.RESET_AFTER,
    Fault.HALF,
    Fault.LOST_APPLIED_LATER,
    Fault.RESET_APPLIED_LATER,
}


@pytest.mark.anyio
@pytest.mark.parametrize("fault", list(Fault))
async def test_emulator_a_phone_rings_once_or_not_at_all_whatever_the_wire_does(fault: Fault) -> None:
    """A request to add a participant is carried out once if its fault lets it come so far, whoever is told of it."""
    async with service(faults=Faults({fault: 1.0}, late_by=3.0, drip_interval=0.01)) as api:
        client = Client(api.plivo.connect())
        try:
            await client.ask(*request("add-participant"))
        except (h11.RemoteProtocolError, anyio.BrokenResourceError):
            assert fault in SILENT
        api.plivo.advance(10)
        assert sum(api.plivo.rings.values()) == MEANINGS[fault].applied
        assert api.plivo.requests[0].applied == MEANINGS[fault].applied
        assert api.plivo.counts().applied == MEANINGS[fault].applied


@pytest.mark.parametrize("operation", SORTED)
def test_emulator_over_the_limit_no_operation_is_carried_out(operation: str) -> None:
    """What is answered 429 has changed nothing, whatever it is."""
    core = prepared(limit=Limit(1))
    told(core, "GET", "")
    assert told(core, *request(operation))[0] == 429
    assert (core.machine.registry.by_uuid[ROOM].applied, core.log.requests[-1].applied) == (0, False)


def test_emulator_lets_due_things_happen_before_a_request() -> None:
    """A conference that has lasted too long is over for the request that comes after."""
    core = prepared()
    assert told(core, "GET", "name_a/", now=14_399)[0] == 200
    assert told(core, "GET", "name_a/", now=14_400)[0] == 404
    assert told(core, "GET", f"uuid_{ROOM}/", now=14_400)[1]["termination_cause_code"] == 2000


# ---- Paths ----------------------------------------------------------------------------------------------------------

PATHS = sorted({path for _, _, path in MPC_ROUTES})
METHODS = ("GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "get", "X")


@pytest.mark.parametrize("path", PATHS)
def test_emulator_every_path_has_its_verbs_and_says_which(path: str) -> None:
    """Another verb is a 405 that names those there are, by either reference, with and without the last slash."""
    there = {method: name for name, method, other in MPC_ROUTES if other == path}
    there |= {"HEAD": there["GET"]} if "GET" in there else {}
    for at in ("name_a", f"uuid_{ROOM}", "name_%C3%96%2F"):
        target = f"/v1/Account/{AUTH_ID}/{path}".replace("{mpc}", at).replace("{member}", "1,2")
        for method in METHODS:
            for end in ("", "/", "/?a=b", "?a=b"):
                found = route(method, target + end)
                assert found.operation == there.get(method)
                assert (found.refusal, found.allow) == ((None, ()) if method in there else (405, tuple(sorted(there))))
        answer, _ = ask(prepared(), "PUT", target)
        assert answer is not None
        assert dict(answer.headers)["Allow"] == ", ".join(sorted(there))
        assert json.loads(answer.body)["error"] == "method not allowed"


@pytest.mark.parametrize("path", PATHS)
def test_emulator_nothing_is_below_a_path(path: str) -> None:
    """A segment more, an empty one, one in another case: 404."""
    target = f"/v1/Account/{AUTH_ID}/{path}/".replace("{mpc}", "name_a").replace("{member}", "1")
    for wrong in (target + "x/x/x/", target + "/", target.lower(), target.replace("MultiPartyCall", "PartyCall")):
        status, answer = told(prepared(), "GET", wrong)
        assert (status, answer["error"]) == (404, "not found")


def test_emulator_aliases_are_off_unless_asked_for() -> None:
    """Play and Speak below `Participant` lead nowhere by default, and where their like leads if they are on."""
    for name, method, path in ALIASES:
        target = f"/v1/Account/{AUTH_ID}/{path}".replace("{mpc}", "name_a").replace("{member}", "1")
        assert route(method, target).refusal == 404
        assert route(method, target, aliases=True).operation == name


@given(st.sampled_from(SORTED), st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_emulator_any_name_and_member_come_through(operation: str, name: str, member: str) -> None:
    """Whatever they are, encoded whole they reach every operation as themselves, and the log too."""
    try:
        at, who = f"name_{quote(name, safe='')}", quote(member, safe="")
    except UnicodeEncodeError:  # half of a surrogate pair is no text
        return
    method, path, body = request(operation, at, who)
    core = new_core()
    answer, record = ask(core, method, path, body)
    assert answer is not None
    assert answer.status in ((200,) if operation == "list" else (201,) if operation == "add-participant" else (404,))
    assert record.name == (None if operation == "list" else name)
    assert record.member == (member if operation in OF_MEMBERS else None)


@pytest.mark.parametrize("name", ["Östermalm", "a/b", "../..", "e%41", "📞", "a?b#c", " ", "a\r\nX: y", "\0"])
def test_emulator_any_name_is_served_by_all_operations(name: str) -> None:
    """A conference with such a name is found by every operation, and links to its lists lead back to it."""
    for operation in SORTED:
        core = new_core()
        rules.add(core.machine, name, now=0, waiting=3, status="initialized" if operation == "activate" else "active")
        method, path, body = request(operation, f"name_{quote(name, safe='')}")
        status, answer = told(core, method, path, body)
        assert status < 300 or answer["error"] == "no recording"
        if operation == "list-participants":
            link = told(core, method, path + "?limit=1")[1]["meta"]["next"]
            assert unquote(link).startswith(f"{ROOT}name_{name}/Participant/?limit=1")
            assert told(core, "GET", link)[1]["meta"]["offset"] == 1


# ---- Bodies ---------------------------------------------------------------------------------------------------------

WITH_BODY = [name for name, method, _ in MPC_ROUTES if method != "GET"]


@pytest.mark.parametrize("operation", WITH_BODY)
@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe\x00", b"[1]", b'"text"', b"1", b"null", b"[" * 100_000, b"{}{}", b'{"a": NaN}', b"\0"]
)
def test_emulator_garbage_is_a_400_to_all_operations(operation: str, body: bytes) -> None:
    """A body that is no JSON object is a 400, and nothing has happened."""
    core = prepared()
    method, path, _ = request(operation)
    status, answer = told(core, method, path, body)
    assert (status, answer["error"].partition(":")[0]) == (400, "body")
    assert core.machine.registry.by_uuid[ROOM].applied == 0


@pytest.mark.parametrize("operation", sorted(set(WITH_BODY) - set(EXAMPLES)))
def test_emulator_no_body_is_no_arguments(operation: str) -> None:
    """Where none are needed, a request without a body, and without a content type, will do; so will an empty object."""
    for body in (b"", b"{}"):
        core = prepared(operation)
        method, path, _ = request(operation)
        assert told(core, method, path, body)[0] < 300
        assert told(prepared(operation), method, path, b"", headers=USUAL[:1])[0] < 300


@pytest.mark.parametrize("operation", sorted(READS))
def test_emulator_reads_have_no_body(operation: str) -> None:
    """What a GET has for a body is not looked at."""
    method, path, _ = request(operation)
    assert told(prepared(), method, path, b"\xff{")[0] == 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("https://example.com/"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = sorted({*EVERYTHING, *(key for one in EXAMPLES.values() for key in one), "call_uuid", "hold", "urls", "voice"})


@given(st.sampled_from(WITH_BODY), st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6), st.booleans())
def test_emulator_no_argument_upsets_it(operation: str, arguments: dict[str, Any], complete: bool) -> None:
    """Whatever an argument is: the answer is a success or a 400 or 404, and what is told to be applied is."""
    core = prepared(operation)
    before = core.machine.registry.by_uuid[ROOM].applied
    method, path, _ = request(operation)
    given_ones = {**(EXAMPLES.get(operation, {}) if complete else {}), **arguments}
    answer, record = ask(core, method, path, json.dumps(given_ones).encode())
    assert answer is not None
    assert answer.status in (200, 201, 202, 204, 400, 404)
    core.machine.time.advance(0)
    assert core.machine.registry.by_uuid[ROOM].applied - before == record.applied
    core.machine.time.advance(100_000)  # and nothing that follows from it upsets it either
    assert told(core, "GET", f"uuid_{ROOM}/Participant/", now=100_000)[0] == 200


@given(st.binary(max_size=200), st.sampled_from(SORTED))
def test_emulator_no_query_upsets_it(query: bytes, operation: str) -> None:
    """Whatever a query is: a success or a 400 or 404."""
    method, path, body = request(operation)
    target = path + "?" + "".join(chr(byte) for byte in query if 33 <= byte < 127)
    answer, _ = ask(prepared(operation), method, target, body)
    assert answer is not None
    assert answer.status in (200, 201, 202, 204, 400, 404)


@pytest.mark.anyio
@pytest.mark.parametrize("operation", WITH_BODY)
async def test_emulator_a_huge_body_is_a_413_to_all_operations(operation: str) -> None:
    """A body above the limit is not read to its end; one that is just below is, in time."""
    async with service() as api:
        method, path, _ = request(operation)
        reply = await Client(api.plivo.connect()).ask(method, path, b" " * ((1 << 20) + 1))
        assert (reply.status, api.plivo.requests) == (413, [])
        huge = json.dumps({**EXAMPLES.get(operation, {}), "unknown": "x" * ((1 << 20) - 200)}).encode()
        reply = await Client(api.plivo.connect()).ask(method, path, huge)
        assert reply.status == (201 if operation == "add-participant" else 404)


def test_emulator_activation_costs_nothing_more() -> None:
    """The two bodies of an activation that a batch sends by the million are read alike."""
    for body in (ACTIVE, b'{"status":"active"}'):
        assert told(prepared("activate"), "POST", "name_a/", body) == (204, None)
