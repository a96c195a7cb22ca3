"""Calls, recordings and the account, as captured answers have them."""

import copy
import json
import pickle
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.models import (
    AccountFacts,
    Application,
    Call,
    CallIds,
    CreatedApplication,
    LiveCall,
    MadeCall,
    Number,
    Recording,
    StoredRecording,
    Subaccount,
    decode,
    decode_page,
)

ANSWERED: dict[str, Any] = {
    "answer_time": "2018-12-07 15:38:03+05:30",
    "api_id": "ff25223a-1c9f-11e4-80aa-12313f048015",
    "bill_duration": 45,
    "billed_duration": 60,
    "call_direction": "outbound",
    "call_duration": 45,
    "call_state": "ANSWER",
    "call_uuid": "eac94337-b1cd-499b-82d1-b39bca50dc31",
    "conference_uuid": None,
    "end_time": "2018-12-07 15:38:48+05:30",
    "from_number": "14154009186",
    "hangup_cause_code": 4000,
    "hangup_cause_name": "Normal Hangup",
    "hangup_source": "Callee",
    "initiation_time": "2018-12-07 15:37:57+05:30",
    "parent_call_uuid": None,
    "resource_uri": "/v1/Account/MAXX/Call/eac94337-b1cd-499b-82d1-b39bca50dc31/",
    "Stir_attestation": "A",
    "stir_verification": "Verified",
    "to_number": "14154009187",
    "total_amount": "0.00300",
    "total_rate": "0.00300",
}
UNANSWERED = ANSWERED | {"answer_time": None, "bill_duration": 0, "call_state": None, "hangup_source": "Caller"}
TOKENS = {"auth_token": "MTZjYWM0YzVjNjMwZmVmODFiNWJjNWJlOGZjZjgw", "new_auth_token": "s3cr3t"}
SUBACCOUNT: dict[str, Any] = {
    "account": "/v1/Account/MAXX/",
    "auth_id": "SA" + "X" * 18,
    "created": "2012-11-05",
    "enabled": True,
    "modified": None,
    "name": "Chewbacca",
    "resource_uri": "/v1/Account/MAXX/Subaccount/SAXX/",
    **TOKENS,
}
RECORDING: dict[str, Any] = {
    "add_time": "2022-04-12 16:08:53.523657+05:30",
    "recording_id": "c2186400-1c8c-1124-a664-0026b945b522",
    "recording_start_ms": "1649759922838.00000",
    "recording_end_ms": "1649759930398.00000",
    "recording_duration_ms": "7560.00000",
    "rounded_recording_duration": "60",
    "recording_storage_duration": 3,
    "recording_storage_rate": 0.0004,
    "monthly_recording_storage_amount": "0.0004",
    "recording_type": "call",
    "conference_name": "noname",
}


def test_a_call_that_was_answered() -> None:
    """Seconds talked are `duration`; times are in UTC, amounts exact."""
    call = decode(Call, ANSWERED)
    assert (call.answered, call.duration, call.billed_duration) == (True, 45, 60)
    assert call.answer_time == datetime(2018, 12, 7, 10, 8, 3, tzinfo=UTC)
    assert (call.total_amount, call.stir_attestation, call.extra) == (Decimal("0.00300"), "A", {})
    json.dumps(call.to_dict())


def test_a_call_that_was_not_answered_has_the_same_cause() -> None:
    """Only the time of the answer tells."""
    call = decode(Call, UNANSWERED)
    assert (call.answered, call.hangup_cause_code, call.hangup_cause_name) == (False, 4000, "Normal Hangup")
    assert decode(Call, UNANSWERED | {"bill_duration": 3}).answered
    assert not decode(Call, {"call_uuid": "x"}).answered


def test_one_request_or_several() -> None:
    """`request_uuid` is text, or an array; nonsense is kept."""
    assert decode(MadeCall, {"request_uuid": "a"}).request_uuid == "a"
    assert decode(MadeCall, {"request_uuid": ["a"]}).request_uuid == "a"
    several = decode(MadeCall, {"request_uuid": ["a", "b"], "message": "calls fired"})
    assert (several.request_uuids, several.request_uuid) == (("a", "b"), None)
    odd = decode(MadeCall, {"request_uuid": [1]})
    assert (odd.request_uuids, odd.extra) == ((), {"request_uuid": [1]})


def test_live_calls() -> None:
    """Times without an offset are UTC; names differ from those of records."""
    live = decode(LiveCall, {"call_uuid": "u", "from": "1", "to": "2", "session_start": "2017-05-22 13:17:49.050872"})
    assert (live.from_, live.to) == ("1", "2")
    assert live.session_start == datetime(2017, 5, 22, 13, 17, 49, 50872, tzinfo=UTC)
    assert decode(CallIds, {"calls": ["a", "b"], "api_id": "x"}).call_uuids == ("a", "b")
    assert decode(CallIds, {"calls": []}).call_uuids == ()
    with pytest.raises(ValueError, match="call_uuids is missing"):
        decode(CallIds, {"objects": []})


def test_recordings() -> None:
    """Numbers as text, text as numbers, microseconds with an offset; what starting one answers."""
    found = decode(StoredRecording, RECORDING)
    assert found.add_time == datetime(2022, 4, 12, 10, 38, 53, 523657, tzinfo=UTC)
    assert (found.recording_duration_ms, found.rounded_recording_duration) == (Decimal("7560.00000"), 60)
    assert found.recording_storage_rate == found.monthly_recording_storage_amount == Decimal("0.0004")
    assert found.extra == {}
    assert decode(Recording, {"url": "https://x", "recording_id": "r"}).recording_url == "https://x"


def test_no_token_of_a_subaccount_is_kept() -> None:
    """In no field, repr, dictionary, pickle or copy, nor in a page of several."""
    meta, [one] = decode_page(Subaccount, {"meta": {"total_count": 1}, "objects": [SUBACCOUNT], **TOKENS})
    for found in (decode(Subaccount, SUBACCOUNT), one, copy.deepcopy(one), pickle.loads(pickle.dumps(one))):  # noqa: S301
        text = f"{found!r} {found} {found.to_dict()} {meta!r}"
        assert not any(token in text for token in TOKENS.values())
        assert (found.auth_id, found.enabled, found.extra) == (SUBACCOUNT["auth_id"], True, {})


def test_the_account_and_its_numbers() -> None:
    """Credits are text on the wire; what a number points at is the end of a URI."""
    account = decode(AccountFacts, {"cash_credits": "4.88860", "account_type": "standard", "colour": "red"})
    assert (account.cash_credits, account.extra) == (Decimal("4.88860"), {"colour": "red"})
    number = decode(Number, {"number": "14151234567", "application": "/v1/Account/MAXX/Application/29986316244302815/"})
    assert number.app_id == "29986316244302815"
    for application in (None, "", "/v1/Account/MAXX/Zentrunk/Trunk/1/", "x"):
        assert decode(Number, {"number": "1", "application": application}).app_id is None
    assert decode(Application, {"app_id": "1", "sub_account": None}).sub_account is None
    assert decode(CreatedApplication, {"app_id": "1", "message": "created"}).app_id == "1"


REQUIRED: dict[type[Any], dict[str, Any]] = {
    AccountFacts: {},
    Application: {"app_id": "1"},
    Call: {"call_uuid": "u"},
    CallIds: {"calls": []},
    CreatedApplication: {},
    LiveCall: {"call_uuid": "u"},
    MadeCall: {},
    Number: {"number": "1"},
    StoredRecording: {"recording_id": "r"},
    Subaccount: {"auth_id": "SA"},
}


@pytest.mark.parametrize("cls", REQUIRED)
@given(data=st.data())
def test_nothing_is_lost_and_nothing_breaks(cls: type[Any], data: st.DataObject) -> None:
    """Whatever Plivo sends beside what makes a thing that thing, it is read or kept."""
    names = st.sampled_from([field.name for field in fields(cls) if field.name != "extra"] + ["from", "bill_duration"])
    junk = st.none() | st.booleans() | st.integers() | st.text() | st.floats() | st.lists(st.text(), max_size=2)
    wire = data.draw(st.dictionaries(names | st.text(), junk, max_size=5)) | REQUIRED[cls]
    found = decode(cls, wire)
    kept = set(found.extra)
    assert kept <= set(wire)
    assert all(found.extra[key] is wire[key] for key in kept)
    json.dumps(found.to_dict())
    assert copy.deepcopy(decode(cls, REQUIRED[cls])) == decode(cls, REQUIRED[cls])
