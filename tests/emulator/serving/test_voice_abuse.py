"""What nobody should send, and what goes wrong on purpose, for the operations on calls, recordings and the account."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import anyio
import h11
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plivo_async.emulator import MEANINGS, Fault, Faults, Limit, Settings
from plivo_async.emulator._core import Core
from plivo_async.emulator.api._routes import MPC_ROUTES, OPERATIONS, ROUTES, VOICE_ROUTES, route
from plivo_async.emulator.world import _placing as placing
from plivo_async.emulator.world import _rules as rules
from plivo_async.emulator.world._values import CallHooks, Calling, NewCallRecording

from ..api.voice_support import ACCOUNT, EXAMPLES, MAKING, example, voice
from ..support import AUTH_ID, USUAL, Client, ask, new_core, told

SORTED = sorted(name for name, _, _ in VOICE_ROUTES)
METHOD = {name: method for name, method, _ in VOICE_ROUTES}
WITH_BODY = [name for name in SORTED if METHOD[name] != "GET"]
NOT_COUNTED = {"get-media"}


def prepared(operation: str = "", **options: Any) -> tuple[Core, str]:
    """A core in which that operation has something to do, and the id of what it has to do it to."""
    core = new_core(**options)
    machine = core.machine
    leg = rules.add_call(machine, 0, from_="1")
    placing.record(machine, leg.call_uuid, NewCallRecording(), 0, by=0)
    placing.play(machine, leg.call_uuid, "https://example.com/", None, 0, by=0)
    placing.speak(machine, leg.call_uuid, "Hello", 0, by=0)
    waiting = Calling(from_="1", to=tuple(map(str, range(2, 30))), hooks=CallHooks())
    queued = placing.make(machine, waiting, 0, by=0)[0][-1]
    done = rules.add_call(machine, 0, from_="4")
    recording = placing.record(machine, done.call_uuid, NewCallRecording(), 0, by=0)
    placing.end(machine, done.call_uuid, 0, 4000)
    told(core, "POST", f"{ACCOUNT}Subaccount/", b'{"name": "a"}')
    told(core, "POST", f"{ACCOUNT}Application/", b'{"app_name": "a", "answer_url": "https://example.com/"}')
    machine.office.add_number("14150001111", machine.time.wall(0))
    items = {
        "get-call": done.call_uuid,
        "cancel-request": queued.request_uuid,
        "Recording": recording.recording_id,
        "Subaccount": next(iter(machine.office.subaccounts)),
        "Application": next(iter(machine.office.applications)),
        "Number": "14150001111",
    }
    kind = next((path.partition("/")[0] for name, _, path in VOICE_ROUTES if name == operation), "")
    return core, items.get(operation) or items.get(kind) or leg.call_uuid


def request(operation: str, item: str) -> tuple[str, str, bytes]:
    """Method, target and body of an operation."""
    method, path, arguments = example(operation, item)
    return method, path, b"" if arguments is None else json.dumps(arguments).encode()


def truth(core: Core) -> Any:
    """All that these operations may change, as text."""
    machine, office = core.machine, core.machine.office
    legs = [(leg.call_uuid, leg.changes, leg.by, leg.digits, leg.transferred_to) for leg in machine.calls.all()]
    kept = [(one.recording_id, one.open, one.deleted) for one in machine.recorder.by_id.values()]
    return repr((legs, kept, office.account, office.subaccounts, office.applications, office.numbers))


# ---- Faults ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", SORTED)
def test_voice_every_fault_hits_every_operation(operation: str) -> None:
    """A fault hits that operation, which takes its course, or doesn't, now or later, as the fault's name says."""
    for fault in Fault:
        hits(operation, fault)


def hits(operation: str, fault: Fault) -> None:
    """A fault hits an operation."""
    core, item = prepared(operation, settings=Settings(record_after=0.0, recording_after=0.0, media_after=0.0))
    before = truth(core)
    core.rules = replace(core.rules, faults=Faults({fault: 1.0}, operations=[operation]))
    answer, record = ask(core, *request(operation, item))
    meaning = MEANINGS[fault]
    afterwards = meaning.later and fault is not Fault.APPLIED_LATER
    changes = METHOD[operation] != "GET"
    assert (record.operation, record.fault) == (operation, fault)
    if meaning.applied and not afterwards:
        assert record.status is not None
        assert record.status < 300
    assert (record.applied, truth(core) != before) == ((meaning.applied and not afterwards and changes),) * 2
    core.machine.time.advance(5)
    assert record.applied == (meaning.applied and changes)
    assert (answer is None) == (fault in (Fault.RESET_BEFORE, Fault.LOST_APPLIED_LATER, Fault.RESET_APPLIED_LATER))
    if answer is not None and meaning.status is not None:
        assert answer.status == meaning.status


@pytest.mark.anyio
@pytest.mark.parametrize("fault", list(Fault))
async def test_voice_a_phone_rings_once_or_not_at_all_whatever_the_wire_does(fault: Fault) -> None:
    """A request to make a call is carried out once if its fault lets it come so far, whoever is told of it."""
    async with voice(faults=Faults({fault: 1.0}, late_by=3.0, drip_interval=0.01)) as api:
        client = Client(api.plivo.connect())
        with anyio.move_on_after(100):
            try:
                await client.ask("POST", f"{ACCOUNT}Call/", json.dumps(MAKING).encode())
            except (h11.RemoteProtocolError, anyio.BrokenResourceError):
                assert MEANINGS[fault].status is None
        api.plivo.advance(10)
        assert sum(api.plivo.rings.values()) == MEANINGS[fault].applied
        assert len(api.plivo.calls) == MEANINGS[fault].applied
        assert api.plivo.counts().applied == MEANINGS[fault].applied


@pytest.mark.anyio
async def test_voice_faults_by_script() -> None:
    """By the id of a call, or for whichever; the nth of its operation for that call, or of all."""
    async with voice() as api:
        one, two = await api.make(), await api.make()
        api.plivo.script("get-call", two.call_uuid, nth=2, fault="500")
        api.plivo.script("hang-up", nth=1, fault="503")
        statuses = [(await api.ask("GET", f"Call/{uuid}/"))[0] for uuid in [one.call_uuid, two.call_uuid] * 2]
        assert statuses == [404, 404, 404, 500]
        reply = await api.client.ask("DELETE", f"{ACCOUNT}Call/{one.call_uuid}/")
        assert (reply.status, one.over) == (503, False)
        assert [request.item for request in api.plivo.requests[-2:]] == [two.call_uuid, one.call_uuid]


@pytest.mark.parametrize("operation", SORTED)
def test_voice_over_the_limit_no_operation_is_carried_out(operation: str) -> None:
    """What is answered 429 has changed nothing. Media files come from a host of their own, and are not counted."""
    core, item = prepared(operation, limit=Limit(3), settings=Settings(media_after=0.0))
    told(core, "GET", ACCOUNT)  # the third, after those that have prepared it
    before = truth(core)
    answer, record = ask(core, *request(operation, item))
    assert answer is not None
    assert answer.status == (200 if operation in NOT_COUNTED else 429)
    assert (truth(core), record.applied) == (before, False)


@pytest.mark.parametrize("counters", ["one", "two"])
def test_voice_emulator_settings_of_limit_counters(counters: Any) -> None:
    """`limit_counters="two"`: what rings phones and all else are counted apart, each with the whole limit."""
    core = new_core(limit=Limit(2), settings=Settings(limit_counters=counters))
    adding = json.dumps({"role": "agent", "from": "1", "to": "2"}).encode()
    asked = [
        ("GET", ACCOUNT, b""),
        ("POST", f"{ACCOUNT}Call/", json.dumps(MAKING).encode()),
        ("GET", ACCOUNT, b""),
        ("POST", "name_a/Participant/", adding),
        ("GET", ACCOUNT, b""),
        ("POST", f"{ACCOUNT}Call/", json.dumps(MAKING).encode()),
    ]
    statuses = [told(core, *one)[0] for one in asked]
    assert statuses == ([200, 201, 429, 429, 429, 429] if counters == "one" else [200, 201, 200, 201, 429, 429])


@pytest.mark.parametrize("counted", [True, False])
def test_voice_emulator_settings_of_the_limit_for_dialling(counted: bool) -> None:
    """`dialling_counted=False`: neither making a call nor adding a participant counts."""
    core = new_core(limit=Limit(1), settings=Settings(dialling_counted=counted))
    statuses = [told(core, "POST", f"{ACCOUNT}Call/", json.dumps(MAKING).encode())[0] for _ in range(3)]
    assert statuses == ([201, 429, 429] if counted else [201] * 3)
    assert told(core, "GET", ACCOUNT)[0] == (429 if counted else 200)


# ---- Paths ----------------------------------------------------------------------------------------------------------

PATHS = sorted({path for _, _, path in VOICE_ROUTES})
METHODS = ("GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "get", "X")


@pytest.mark.parametrize("path", PATHS)
def test_voice_every_path_has_its_verbs_and_says_which(path: str) -> None:
    """Another verb is a 405 that names those there are, with and without the last slash."""
    there = {method: name for name, method, other in VOICE_ROUTES if other == path}
    there |= {"HEAD": there["GET"]} if "GET" in there else {}
    target = f"/v1/Account/{AUTH_ID}/{path}".rstrip("/").replace("{item}", "%C3%96%2F").replace("{media}", "a.mp3")
    for method in METHODS:
        for end in ("", "/", "/?a=b", "?a=b"):
            found = route(method, target + end)
            assert found.operation == there.get(method)
            assert (found.refusal, found.allow) == ((None, ()) if method in there else (405, tuple(sorted(there))))
            assert found.item == ("Ö/" if "{item}" in path else "a.mp3" if "{media}" in path else None)


def test_voice_every_operation_has_a_name_of_its_own() -> None:
    """Those of conferences and these are all there are, and none has the name of another."""
    assert len(OPERATIONS) == len(ROUTES) == len(MPC_ROUTES) + len(VOICE_ROUTES)


@pytest.mark.parametrize("path", ["Call/a/b", "Call/a/Record/b", "Request", "call", "Recording/a/b", "Number/a/b", "X"])
def test_voice_other_paths_are_nowhere(path: str) -> None:
    """404, and nobody is hung up."""
    core, _ = prepared()
    before = truth(core)
    for method in ("GET", "POST", "DELETE"):
        assert told(core, method, f"{ACCOUNT}{path}/")[0] == 404
    assert truth(core) == before


@given(st.sampled_from(SORTED), st.text(min_size=1, max_size=20))
def test_voice_any_id_comes_through_or_is_nobodys(operation: str, item: str) -> None:
    """Whatever it is, encoded whole it reaches its operation as itself; `.` and `..` go where gateways send them."""
    try:
        who = quote(item, safe="")
    except UnicodeEncodeError:  # half of a surrogate pair is no text
        return
    method, path, body = request(operation, who)
    answer, record = ask(new_core(), method, path, body)
    assert answer is not None
    if item in (".", ".."):
        return
    pattern = next(pattern for name, _, pattern in VOICE_ROUTES if name == operation)
    files = pattern == "Recording/{item}" and item.endswith((".mp3", ".wav"))
    if not files:
        assert record.operation == operation
        assert record.item == (item + ".mp3" if "{media}" in pattern else item if "{item}" in pattern else None)
        assert answer.status in ((404,) if "{" in pattern else (200, 201, 202, 204))


# ---- Bodies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", WITH_BODY)
@pytest.mark.parametrize("body", [b"{", b"\xff\xfe\x00", b"[1]", b'"text"', b"null", b"[" * 100_000, b'{"a": NaN}'])
def test_voice_garbage_is_a_400_to_all_operations(operation: str, body: bytes) -> None:
    """A body that is no JSON object is a 400, and nothing has happened."""
    core, item = prepared(operation)
    before = truth(core)
    method, path, _ = request(operation, item)
    status, answer = told(core, method, path, body)
    assert (status, answer["error"].partition(":")[0]) == (400, "body")
    assert truth(core) == before


NEEDED = set(EXAMPLES) - {"update-application", "update-number"}
OPTIONAL = sorted(set(WITH_BODY) - NEEDED)


@pytest.mark.parametrize("operation", OPTIONAL)
def test_voice_no_body_is_no_arguments(operation: str) -> None:
    """Where none are needed, a request without a body, and without a content type, will do; so will an empty object."""
    for body, headers in ((b"", USUAL), (b"{}", USUAL), (b"", USUAL[:1])):
        core, item = prepared(operation, settings=Settings(recording_after=0.0))
        method, path, _ = request(operation, item)
        assert told(core, method, path, body, headers=headers)[0] < 300


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("https://example.com/"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = sorted(
    {
        *(key for one in EXAMPLES.values() for key in one),
        *("ring_timeout", "time_limit", "hangup_on_ring", "caller_name", "send_digits", "machine_detection"),
        *("sip_headers", "parent_call_uuid", "legs", "bleg_url", "file_format", "callback_url", "length", "loop"),
        *("URL", "voice", "cascade", "app_id", "alias", "subaccount", "enabled", "hangup_url", "ring_url"),
    }
)


@settings(max_examples=60)
@given(st.sampled_from(WITH_BODY), st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6), st.booleans())
def test_voice_no_argument_upsets_it(operation: str, arguments: dict[str, Any], complete: bool) -> None:
    """Whatever an argument is: a success, a 400 or a 404, and what is told to be applied is."""
    core, item = prepared(operation)
    before = truth(core)
    method, path, _ = request(operation, item)
    given_ones = {**(EXAMPLES.get(operation, {}) if complete else {}), **arguments}
    answer, record = ask(core, method, path, json.dumps(given_ones).encode())
    assert answer is not None
    assert answer.status in (200, 201, 202, 204, 400, 404)
    assert record.applied or truth(core) == before
    core.machine.time.advance(100_000)  # and nothing that follows from it upsets it either
    for path in ("Call/", "Call/?status=live", "Recording/", "Application/", "Number/", "Subaccount/", ""):
        assert told(core, "GET", ACCOUNT + path, now=100_000)[0] == 200
    assert all(isinstance(value, str) for one in core.machine.told.records for value in one.params.values())


@given(st.binary(max_size=200), st.sampled_from([name for name in SORTED if METHOD[name] == "GET"]))
def test_voice_no_query_upsets_it(query: bytes, operation: str) -> None:
    """Whatever a query is: a success, a 400 or a 404."""
    core, item = prepared(operation)
    method, path, body = request(operation, item)
    target = path + "?" + "".join(chr(byte) for byte in query if 33 <= byte < 127)
    assert told_status(core, method, target, body) in (200, 400, 404)


FILTERS = ("end_time", "add_time", "bill_duration", "recording_storage_duration", "limit", "offset", "from_number")


@given(
    st.sampled_from(["Call/", "Call/?status=live", "Recording/", "Number/", "Application/", "Subaccount/"]),
    st.dictionaries(
        st.sampled_from([f"{name}{end}" for name in FILTERS for end in ("", "__gt", "__gte", "__lt", "__lte")]),
        st.text(max_size=20) | st.just("0001-01-01 00:00") | st.just("9999-12-31 23:59:59.999999") | st.just("7"),
        max_size=4,
    ),
)
def test_voice_no_filter_upsets_it(path: str, filters: dict[str, str]) -> None:
    """Whatever a filter is, the first and the last year included: a success or a 400."""
    core, _ = prepared()
    text = "&".join(f"{key}={quote(value.encode('utf-8', 'replace'))}" for key, value in filters.items())
    assert told_status(core, "GET", f"{ACCOUNT}{path}{'&' if '?' in path else '?'}{text}") in (200, 400)


def told_status(core: Core, method: str, target: str, body: bytes = b"") -> int:
    """The status of one request; media have no JSON."""
    answer, _ = ask(core, method, target, body)
    assert answer is not None
    return answer.status
