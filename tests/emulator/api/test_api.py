"""The contract of the emulated API, rule by rule as Plivo documents it (or as stated, where it doesn't)."""

import base64
import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.emulator import Emulator, Fault, Faults, Limit, Settings
from plivo_async.emulator._chance import Line
from plivo_async.emulator.api._api import HANDLERS
from plivo_async.emulator.api._auth import Account, made_up
from plivo_async.emulator.api._routes import OPERATIONS, ROUTES, route
from plivo_async.emulator.world import _rules as rules

from ..support import ACTIVE, AUTH_ID, AUTH_TOKEN, ROOT, USUAL, Headers, ask, authorization, new_core, told

JSON = ("Content-Type", "application/json")
ROOM = "11111111-2222-4333-8444-555555555555"


# ---- Activate -------------------------------------------------------------------------------------------------------


def test_emulator_activate_starts_a_waiting_conference() -> None:
    """POST {"status": "active"}: Initialized becomes Active, 204 without a body."""
    core = new_core()
    room = rules.add(core.machine, "a", now=0)
    answer, record = ask(core, "POST", "name_a/", ACTIVE, now=1.0)
    assert answer is not None
    assert (answer.status, answer.body, room.status, record.applied, record.status) == (204, b"", "Active", True, 204)
    assert room.activations == [(record.number, 1.0)]


@pytest.mark.parametrize("state", ["active", "ended"])
@pytest.mark.parametrize("reference", ["name_a/", f"uuid_{ROOM}/"])
def test_emulator_activate_only_from_initialized(state: str, reference: str) -> None:
    """Activating an Active or an Ended conference is a 404."""
    core = new_core()
    rules.add(core.machine, "a", now=0, status=state, uuid=ROOM)
    status, body = told(core, "POST", reference, ACTIVE)
    assert (status, body["error"]) == (404, "not found")
    assert not core.log.requests[0].applied


def test_emulator_activate_creates_nothing() -> None:
    """Activating a name that nobody has is a 404, and no conference comes of it."""
    core = new_core()
    assert told(core, "POST", "name_a/", ACTIVE)[0] == 404
    assert not core.machine.registry.newest


@pytest.mark.parametrize(
    "body",
    [
        {"status": "active"},
        {"status": "Active"},
        {"status": "ACTIVE"},
        {"status": ["active"]},
        {"status": "active", "callback_url": None, "callback_method": "", "friendly_name": "a", "what": [1, {}]},
    ],
)
def test_emulator_activate_takes_what_the_sdks_send(body: Any) -> None:
    """Any case, lists of one element as the Python SDK sends them, and unknown keys."""
    core = new_core()
    rules.add(core.machine, "a", now=0)
    assert told(core, "POST", "name_a/", json.dumps(body).encode()) == (204, None)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "status: missing"),
        (b"{", "body: malformed JSON"),
        (b"\xff", "body: malformed JSON"),
        (b"[" * 100_000, "body: malformed JSON"),
        (b'["active"]', "body: not a JSON object"),
        (b"{}", "status: missing"),
        (b'{"status": null}', "status: missing"),
        (b'{"status": ""}', "status: missing"),
        (b'{"status": NaN}', "body: malformed JSON"),
        (b'{"status": ' + b"9" * 5000 + b"}", "body: malformed JSON"),
        (b'{"status": 1}', "status: not a string"),
        (b'{"status": ["active", "active"]}', "status: not a string"),
        (b'{"status": [["active"]]}', "status: not a string"),
        (b'{"status": "ended"}', "status: only 'active'"),
    ],
)
def test_emulator_activate_refuses_other_bodies(body: bytes, reason: str) -> None:
    """A body that is no JSON object with the status `active` is a 400 and changes nothing."""
    core = new_core()
    room = rules.add(core.machine, "a", now=0)
    status, answer = told(core, "POST", "name_a/", body)
    assert status == 400
    assert answer["error"].startswith(reason)
    assert room.status == "Initialized"


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        (None, 400),
        ("text/plain", 400),
        ("application/x-www-form-urlencoded", 400),
        ("Application/JSON; charset=utf-8", 204),
    ],
)
def test_emulator_post_needs_json(content_type: str | None, status: int) -> None:
    """A POST has the content type application/json."""
    core = new_core()
    rules.add(core.machine, "a", now=0)
    headers = USUAL[:1] + ((("content-type", content_type),) if content_type else ())
    assert told(core, "POST", "name_a/", ACTIVE, headers=headers)[0] == status


# ---- End ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["initialized", "active"])
@pytest.mark.parametrize("reference", ["name_a/", f"uuid_{ROOM}/"])
def test_emulator_end_ends_a_live_conference(state: str, reference: str) -> None:
    """DELETE: 204 without a body, Ended by 3000 Hangup API Triggered; what the SDKs put into the body is ignored."""
    core = new_core()
    room = rules.add(core.machine, "a", now=0, status=state, uuid=ROOM)
    assert told(core, "DELETE", reference, b'{"friendly_name": "a"}', now=2.0) == (204, None)
    assert (room.status, room.termination_cause_code, room.endings) == ("Ended", 3000, [(1, 2.0)])
    assert told(core, "DELETE", reference)[0] == 404


# ---- Retrieve -------------------------------------------------------------------------------------------------------


def test_emulator_get_by_name_shows_a_live_conference() -> None:
    """Every documented key, nullable ones null while live, URIs by name as it was fetched."""
    core = new_core()
    rules.add(core.machine, "Ö / b", now=0, uuid=ROOM)
    status, body = told(core, "GET", "name_%C3%96%20%2F%20b/")
    assert status == 200
    assert UUID(body.pop("api_id")).version == 4
    uri = f"{ROOT}name_Ö / b/"
    assert body == {
        "billed_amount": None,
        "billed_duration": None,
        "creation_time": "2026-11-23 12:00:00+00:00",
        "duration": None,
        "end_time": None,
        "friendly_name": "Ö / b",
        "mpc_uuid": ROOM,
        "participants": f"{uri}Participant/",
        "recording": "not-recording",
        "resource_uri": uri,
        "start_time": None,
        "status": "Initialized",
        "stay_alone": False,
        "sub_account": None,
        "termination_cause": None,
        "termination_cause_code": None,
    }


def test_emulator_get_by_uuid_shows_an_ended_conference() -> None:
    """By UUID (in any case) the ended ones are found as well, with their bill; URIs are by UUID."""
    core = new_core()
    room = rules.add(core.machine, "a", now=0, uuid=ROOM, waiting=2, sub_account="SA0123456789ABCDEFGH")
    rules.activate(core.machine, room, 3)
    rules.end(core.machine, room, 70, cause=2000)
    status, body = told(core, "GET", f"uuid_{ROOM.upper()}/")
    assert status == 200
    assert body["status"] == "Ended"
    assert body["start_time"] == "2026-11-23 12:00:03+00:00"
    assert body["end_time"] == "2026-11-23 12:01:10+00:00"
    assert (body["duration"], body["billed_duration"], body["billed_amount"]) == (67, 240, "0.02000")
    assert (body["recording"], body["termination_cause_code"]) == (None, 2000)
    assert body["termination_cause"] == "Max Duration Reached"
    assert body["sub_account"] == f"/v1/Account/{AUTH_ID}/Subaccount/SA0123456789ABCDEFGH/"
    assert body["resource_uri"] == f"{ROOT}uuid_{ROOM}/"
    assert told(core, "GET", "name_a/")[0] == 404


def test_emulator_unverified_shapes_can_be_chosen() -> None:
    """Lower-case status, amounts as numbers, "null" as text, the account's own zone, 200 with a body."""
    settings = Settings(
        status_case="lower",
        billed_amount="number",
        ended_recording="text-null",
        ended_utc_offset=330,
        done_status=200,
    )
    core = new_core(settings=settings)
    rules.add(core.machine, "a", now=0, uuid=ROOM)
    status, body = told(core, "POST", "name_a/", ACTIVE)
    assert (status, set(body)) == (200, {"api_id", "message", "request_uuid"})
    assert told(core, "GET", "name_a/")[1]["creation_time"] == "2026-11-23 12:00:00+00:00"
    assert told(core, "DELETE", "name_a/", now=60)[0] == 200
    body = told(core, "GET", f"uuid_{ROOM}/")[1]
    assert (body["status"], body["billed_amount"], body["recording"]) == ("ended", 0.005, "null")
    assert body["creation_time"] == "2026-11-23 17:30:00+05:30"


# ---- Paths ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("name_a", "a"),
        ("name_a%20b/", "a b"),
        ("name_a+b/", "a+b"),
        ("name_a%2Fb/", "a/b"),
        ("name_e%2541/", "e%41"),
        ("name_..%2F..%2FCall/", "../../Call"),
        ("name_%C3%96stermalm/", "Östermalm"),
        ("name_%F0%9F%93%9E/", "📞"),
        ("name_name_a/", "name_a"),
        ("name_a%3Fb%23c/", "a?b#c"),
        ("name_" + "%C3%96" * 5000, "Ö" * 5000),
    ],
)
def test_emulator_name_is_decoded_once(path: str, name: str) -> None:
    """The segment is percent-decoded once, as UTF-8, whatever is in it; the last slash may be missing."""
    core = new_core()
    rules.add(core.machine, name, now=0)
    status, body = told(core, "GET", path)
    assert (status, body["friendly_name"]) == (200, name)
    assert core.log.requests[0].raw_path == ROOT + path
    assert core.log.requests[0].name == name


@given(st.text(min_size=1, max_size=50).filter(lambda name: name.isprintable()))
def test_emulator_any_name_comes_through(name: str) -> None:
    """Encoded whole, every name reaches the server as itself."""
    encoded = "".join(f"%{byte:02X}" for byte in name.encode())
    found = route("GET", f"{ROOT}name_{encoded}/?a=b")
    assert found.reference is not None
    assert (found.operation, found.reference.value, found.query) == ("get", name, "a=b")


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "name_a/b/", 404),
        ("GET", "name_a//", 404),
        ("GET", "name_/", 404),
        ("GET", "uuid_/", 404),
        ("GET", "a/", 404),
        ("GET", "name_nobody/", 404),
        ("GET", f"uuid_{ROOM}/", 404),
        ("GET", "name_%FF/", 400),
        ("GET", "name_%zz/", 400),
        ("GET", "name_a%2/", 400),
        ("PUT", "name_a/", 405),
        ("post", "name_a/", 405),
        ("POST", "", 405),
        ("DELETE", "", 405),
        ("GET", f"/v1/Account/{AUTH_ID}/multipartycall/", 404),
        ("GET", f"/v1/Account/{AUTH_ID}/call/", 404),
        ("GET", f"/v1/Account/{AUTH_ID}/Message/", 404),
        ("GET", "/v1/Account/", 404),
        ("GET", "/v1/", 404),
        ("GET", "/", 404),
        ("GET", f"/v2/Account/{AUTH_ID}/MultiPartyCall/", 404),
        ("GET", f"//v1/Account/{AUTH_ID}/MultiPartyCall/", 404),
    ],
)
def test_emulator_other_paths_are_refused(method: str, target: str, status: int) -> None:
    """404 for what is nowhere, 400 for what can't be decoded, 405 for a verb that a path doesn't have."""
    core = new_core()
    rules.add(core.machine, "a", now=0)
    answer, record = ask(core, method, target)
    assert answer is not None
    assert (answer.status, record.status, record.applied, record.operation is None) == (
        status,
        status,
        False,
        "nobody" not in target and ROOM not in target,
    )


@pytest.mark.parametrize("target", ["*", "127.0.0.1:80", f"ftp://127.0.0.1{ROOT}", f"http:{ROOT}", ROOT[1:]])
def test_emulator_targets_in_other_forms_are_nowhere(target: str) -> None:
    """Only a path, or a whole URL, is a target: neither an authority, nor an asterisk."""
    found = route("GET", target)
    assert (found.operation, found.auth_id, found.refusal) == (None, None, 404)


def test_emulator_405_names_the_verbs() -> None:
    """A 405 has an `Allow` header."""
    answer, _ = ask(new_core(), "PUT", "name_a/")
    assert answer is not None
    assert ("Allow", "DELETE, GET, HEAD, POST") in answer.headers


def test_emulator_every_route_has_its_handler() -> None:
    """The table of routes and that of handlers hold the same operations, each once."""
    assert set(HANDLERS) == OPERATIONS
    assert len(ROUTES) == len(OPERATIONS)


# ---- Access ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "Basic",
        "Basic !",
        "Basic \u00e9",
        "Bearer " + authorization()[6:],
        authorization(auth_token="wrong"),
        authorization(auth_id="MA0123456789ABCDEFGX"),
        "Basic " + base64.b64encode(AUTH_ID.encode()).decode(),
    ],
)
def test_emulator_bad_credentials_are_401(value: str | None) -> None:
    """Whatever isn't this account's ID and token in HTTP Basic is a 401 with a challenge; nothing is applied."""
    core = new_core()
    rules.add(core.machine, "a", now=0)
    headers: Headers = (JSON,) if value is None else (JSON, ("Authorization", value))
    answer, record = ask(core, "POST", "name_a/", ACTIVE, headers=headers)
    assert answer is not None
    assert (answer.status, record.applied) == (401, False)
    assert answer.headers[1][0] == "WWW-Authenticate"


def test_emulator_scheme_has_any_case() -> None:
    """The authentication scheme is case-insensitive (RFC 9110, 11.1)."""
    headers = (JSON, ("AUTHORIZATION", authorization().replace("Basic ", "basic  ")))
    assert told(new_core(), "GET", "", headers=headers)[0] == 200


def test_emulator_other_account_is_403() -> None:
    """A path that names another account than the credentials is a 403."""
    assert told(new_core(), "GET", "/v1/Account/MA0123456789ABCDEFGX/MultiPartyCall/")[0] == 403


def test_emulator_unknown_prefix_is_404_even_without_credentials() -> None:
    """Outside of /v1/Account/ there is nothing, for nobody."""
    assert told(new_core(), "GET", "/v1/Other/", headers=())[0] == 404


@pytest.mark.parametrize("auth_id", ["", "MA123", "XX0123456789ABCDEFGH", "MA0123456789abcdefgh", AUTH_ID + "\n"])
def test_emulator_account_refuses_other_ids(auth_id: str) -> None:
    """An Auth ID is MA or SA and 18 of A-Z and 0-9; a token isn't empty."""
    with pytest.raises(ValueError, match="auth_id: "):
        Account(auth_id, "token")
    with pytest.raises(ValueError, match="auth_token is empty"):
        Account(AUTH_ID, "")


def test_emulator_account_is_made_up() -> None:
    """What isn't given is made up, in the right form, another one each time; the token is in no repr."""
    account = made_up(None, None)
    assert len(account.auth_token) == 40
    assert account != made_up(None, None)
    assert account.auth_token not in repr(account)
    assert made_up(AUTH_ID, AUTH_TOKEN) == Account(AUTH_ID, AUTH_TOKEN)
    emulator = Emulator(AUTH_ID, AUTH_TOKEN)
    assert (AUTH_TOKEN in repr(emulator), AUTH_ID in repr(emulator)) == (False, True)


# ---- Errors, limit --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "body", "content_type"),
    [("empty", b"{}", "application/json"), ("text", b"not found", "text/plain; charset=utf-8")],
)
def test_emulator_error_bodies_have_three_shapes(shape: Any, body: bytes, content_type: str) -> None:
    """Besides JSON with `api_id` and `error`: a bare object and plain text, both of which have been seen."""
    answer, _ = ask(new_core(settings=Settings(error_body=shape)), "GET", "name_a/")
    assert answer is not None
    assert (answer.status, answer.body, answer.headers[0][1]) == (404, body, content_type)


def test_emulator_over_the_limit_nothing_is_executed() -> None:
    """The request over the limit is answered 429 and not executed; a window later it is."""
    core = new_core(limit=Limit(2, per=5.0))
    room = rules.add(core.machine, "a", now=0)
    assert [told(core, "GET", "name_a/", now=at)[0] for at in (0.0, 1.0)] == [200, 200]
    status, body = told(core, "POST", "name_a/", ACTIVE, now=4.0)
    assert (status, body["error"], room.status) == (429, "too many requests", "Initialized")
    assert told(core, "POST", "name_a/", ACTIVE, now=5.0)[0] == 204


@pytest.mark.parametrize(("form", "value"), [(None, None), ("seconds", "4"), ("date", "Mon, 23 Nov 2026 12:00:06 GMT")])
def test_emulator_429_says_when(form: Any, value: str | None) -> None:
    """`Retry-After` is absent, whole seconds or a date, as set."""
    core = new_core(limit=Limit(1, per=5.0, retry_after=form))
    told(core, "GET", "", now=0.5)
    answer, _ = ask(core, "GET", "", now=1.75)
    assert answer is not None
    assert (answer.status, dict(answer.headers).get("Retry-After")) == (429, value)


def test_emulator_limit_counts_who_has_access() -> None:
    """400s, 404s and 405s count against the account's limit; 401s, 403s and other prefixes don't (unverified)."""
    core = new_core(limit=Limit(3))
    for _ in range(5):
        assert told(core, "GET", "", headers=())[0] == 401
        assert told(core, "GET", "/v1/Account/MA0123456789ABCDEFGX/MultiPartyCall/")[0] == 403
        assert told(core, "GET", "/")[0] == 404
    assert [told(core, *one)[0] for one in (("GET", "name_%FF"), ("GET", "name_a"), ("PUT", ""))] == [400, 404, 405]
    assert told(core, "GET", "")[0] == 429


# ---- Faults, as far as they are in the answer's text ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "status", "applied", "content_type"),
    [
        ("500", 500, False, "application/json"),
        ("502", 502, False, "text/html; charset=utf-8"),
        ("503", 503, False, "text/plain; charset=utf-8"),
        ("500-applied", 500, True, "application/json"),
        ("502-applied", 502, True, "text/html; charset=utf-8"),
        ("503-applied", 503, True, "text/plain; charset=utf-8"),
        ("429", 429, False, "application/json"),
        ("not-json", 200, True, "text/html; charset=utf-8"),
    ],
)
def test_emulator_answers_wrong_on_purpose(fault: str, status: int, applied: bool, content_type: str) -> None:
    """An injected answer has its status and form; whether the request took its course is as its name says."""
    core = new_core(faults=Faults({fault: 1.0}))
    room = rules.add(core.machine, "a", now=0)
    answer, record = ask(core, "POST", "name_a/", ACTIVE)
    assert answer is not None
    assert (answer.status, answer.headers[0][1]) == (status, content_type)
    assert (record.fault, record.applied, record.status) == (fault, applied, 204 if applied else None)
    assert room.status == ("Active" if applied else "Initialized")
    assert room.applied == applied


def test_emulator_not_json_keeps_the_status_of_a_body() -> None:
    """An answer that has a body keeps its status when that body is replaced."""
    core = new_core(faults=Faults({"not-json": 1.0}))
    answer, record = ask(core, "GET", "name_a/")
    assert answer is not None
    assert (answer.status, record.status, answer.body[:6]) == (404, 404, b"<html>")


def test_emulator_reset_before_is_nothing_at_all() -> None:
    """A request whose connection is reset before is neither counted nor applied nor answered."""
    core = new_core(faults=Faults({"reset-before": 1.0}, operations=("activate",)), limit=Limit(1))
    room = rules.add(core.machine, "a", now=0)
    answer, record = ask(core, "POST", "name_a/", ACTIVE)
    assert (answer, record.status, room.status) == (None, None, "Initialized")
    assert told(core, "GET", "")[0] == 200


def test_emulator_injected_errors_count_and_injected_429s_do_not() -> None:
    """A 500 was counted before it went wrong; a 429 out of the blue wasn't, and says to wait a second."""
    core = new_core(faults=Faults({"429": 1.0}, operations=("get",)), limit=Limit(1, retry_after="seconds"))
    core.script.add(Line("list", None, 1, Fault.ERROR_500))
    answer, _ = ask(core, "GET", "name_a/")
    assert answer is not None
    assert (answer.status, dict(answer.headers)["Retry-After"]) == (429, "1")
    assert told(core, "GET", "")[0] == 500
    assert told(core, "GET", "")[0] == 429
    assert core.log.requests[-1].fault is None


def test_emulator_injected_429_without_a_limit_says_nothing_more() -> None:
    """Where there is no limit, a 429 knows no time to wait."""
    answer, _ = ask(new_core(faults=Faults({"429": 1.0})), "GET", "")
    assert answer is not None
    assert "Retry-After" not in dict(answer.headers)


def test_emulator_503_may_say_when() -> None:
    """An injected 503 has a `Retry-After` if the settings give one."""
    core = new_core(faults=Faults({"503": 1.0}), settings=Settings(unavailable_retry_after=7))
    answer, _ = ask(core, "GET", "")
    assert answer is not None
    assert dict(answer.headers)["Retry-After"] == "7"


def test_emulator_script_counts_by_conference_however_addressed() -> None:
    """The nth request for a conference is the nth, by name or by UUID."""
    core = new_core()
    rules.add(core.machine, "a", now=0, uuid=ROOM)
    for target in ("name_a/", f"uuid_{ROOM}/", "name_b/", "name_a"):
        told(core, "GET", target)
    assert [(one.name, one.uuid, one.nth) for one in core.log.requests] == [
        ("a", None, 1),
        ("a", ROOM, 2),
        ("b", None, 1),
        ("a", None, 3),
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"error_body": "xml"}, "error_body: 'xml' is none of 'json', 'empty', 'text'"),
        ({"done_status": 202}, "done_status: 202 is none of 204, 200"),
        ({"ended_utc_offset": 1440}, "ended_utc_offset: 1440"),
        ({"max_body": 0}, "max_body: 0"),
        ({"unavailable_retry_after": -1}, "unavailable_retry_after: -1"),
    ],
)
def test_emulator_settings_refuse_nonsense(arguments: dict[str, Any], message: str) -> None:
    """A value that isn't among those of its setting is refused by name."""
    with pytest.raises(ValueError, match=message):
        Settings(**arguments)
