"""What is asked of recordings that are there, of the account, of applications and numbers."""

from datetime import UTC, datetime
from typing import Any

import pytest

from plivo_async import InvalidArgumentError as Invalid
from plivo_async.wire import (
    cancel_request,
    create_application,
    delete_application,
    delete_recording,
    file_name,
    get_account,
    get_application,
    get_number,
    get_recording,
    get_subaccount,
    is_plivos_own,
    list_applications,
    list_numbers,
    list_recordings,
    list_subaccounts,
    media_url,
    update_application,
    update_number,
)

from .support import CALL, HOOK, UUID_TEXT, asked, segments, sent

SUB = "SA" + "X" * 18


def test_recordings() -> None:
    """Listed by every filter, looked at, deleted."""
    filters: dict[str, Any] = {
        "mpc_name": "a/b ü",
        "mpc_uuid": UUID_TEXT,
        "call_uuid": CALL,
        "from_number": "+14151234567",
        "to_number": "sip:a@b",
        "subaccount": SUB,
        "conference_name": "old",
        "conference_uuid": UUID_TEXT,
        "add_time__gte": datetime(2026, 11, 24, 12, tzinfo=UTC),
        "limit": 5,
    }
    request = list_recordings(filters)
    assert asked(request) == {**filters, "add_time__gte": "2026-11-24 12:00:00", "limit": "5"}
    assert asked(list_recordings({"recording_storage_duration__gt": 30})) == {"recording_storage_duration__gt": "30"}
    for wrong in (
        {"recording_storage_duration": 1, "add_time__gt": datetime.now(UTC)},
        {"mpc_name": ""},
        {"mpc_uuid": "x"},
    ):
        with pytest.raises(Invalid):
            list_recordings(wrong)
    assert segments(get_recording(CALL)) == ["Recording", CALL]
    deletion = delete_recording(CALL)
    assert (deletion.method, deletion.effect.value, segments(deletion)) == ("DELETE", "idempotent", ["Recording", CALL])
    assert segments(cancel_request(CALL)) == ["Request", CALL]


def test_the_account() -> None:
    """Its own path is that of nothing below it."""
    assert (get_account().method, get_account().path) == ("GET", "")
    assert asked(list_subaccounts({"limit": 3})) == {"limit": "3"}
    assert segments(get_subaccount(SUB)) == ["Subaccount", SUB]
    with pytest.raises(Invalid):
        get_subaccount("MA" + "X" * 18)


def test_applications() -> None:
    """Made, changed, deleted; each option."""
    options: dict[str, Any] = {
        "answer_method": "GET",
        "hangup_url": HOOK,
        "hangup_method": "GET",
        "fallback_answer_url": HOOK,
        "fallback_method": "POST",
        "message_url": HOOK,
        "message_method": "POST",
        "default_number_app": False,
        "default_endpoint_app": True,
        "subaccount": SUB,
        "log_incoming_messages": False,
        "public_uri": True,
    }
    made = create_application("support-1", HOOK, options)
    assert sent(made) == {"app_name": "support-1", "answer_url": HOOK, **options}
    assert (made.effect.value, segments(made)) == ("neither", ["Application"])
    changed = update_application("101", {"answer_url": HOOK, **options})
    assert sent(changed) == {"answer_url": HOOK, **options}
    assert (changed.method, changed.effect.value, segments(changed)) == ("POST", "idempotent", ["Application", "101"])
    assert sent(delete_application("101", cascade=False)) == {"cascade": False}
    assert segments(get_application("101")) == ["Application", "101"]
    assert asked(list_applications({"app_name": "sup", "subaccount": SUB})) == {"subaccount": SUB, "app_name": "sup"}
    for wrong in ({}, {"answer_method": "PUT"}, {"public_uri": None}):
        with pytest.raises(Invalid):
            update_application("101", wrong)
    with pytest.raises(TypeError):
        create_application("x", HOOK, {"answer_ur": HOOK})
    with pytest.raises(Invalid):
        create_application("a b", HOOK, {})


def test_numbers() -> None:
    """A number is its digits."""
    assert segments(get_number("+14151234567")) == ["Number", "14151234567"]
    assert get_number("+14151234567").target == update_number("14151234567", {"alias": "x"}).target == "*******4567"
    changed = update_number("14151234567", {"app_id": "101", "subaccount": SUB, "alias": "front"})
    assert sent(changed) == {"app_id": "101", "subaccount": SUB, "alias": "front"}
    assert (changed.method, changed.effect.value) == ("POST", "idempotent")
    filters = {"type": "local", "number_startswith": "1415", "subaccount": SUB, "alias": "a", "services": "voice"}
    assert asked(list_numbers(filters)) == filters
    for wrong in ("", "1", "+1 415", "abc", "1" * 16):
        with pytest.raises(Invalid) as caught:
            get_number(wrong)
        assert "415" not in str(caught.value)
    with pytest.raises(Invalid):
        update_number("14151234567", {})


API = "https://api.plivo.com"


@pytest.mark.parametrize(
    ("address", "base_url", "own"),
    [
        ("https://media.plivo.com/v1/Account/MA/Recording/x.mp3", API, True),
        ("https://MEDIA.plivo.com:443/x.mp3", API, True),
        ("https://api.plivo.com/x.mp3", API, True),
        ("http://127.0.0.1:8080/x.mp3", "http://127.0.0.1:8080", True),
        ("http://media.plivo.com/x.mp3", API, False),
        ("https://media.plivo.com:8443/x.mp3", API, False),
        ("https://media.plivo.com.example.com/x.mp3", API, False),
        ("https://media.plivo.com@example.com/x.mp3", API, False),
        ("https://example.com/media.plivo.com/x.mp3", API, False),
        ("http://api.plivo.com/x.mp3", API, False),
        ("http://127.0.0.1:8081/x.mp3", "http://127.0.0.1:8080", False),
        ("https://s3.amazonaws.com/x.mp3", API, False),
        ("https://[::1", API, False),
        ("https://media.plivo.com:99999/x", API, False),
    ],
)
def test_where_credentials_may_go(address: str, base_url: str, own: bool) -> None:
    """To Plivo's media host over TLS, and to the server that the client talks to."""
    assert is_plivos_own(address, base_url) is own


def test_names_of_files() -> None:
    """A name from a URL leads nowhere else."""
    assert file_name("https://media.plivo.com/a/b/x-1.mp3?y=/z", "recording") == "x-1.mp3"
    assert file_name("https://media.plivo.com/", "recording") == "recording"
    assert file_name("https://media.plivo.com/..", "recording") == "recording"
    assert "/" not in file_name("https://media.plivo.com/a%2Fb\\c", "recording")
    for wrong in ("ftp://x/y", "https://user:secret@media.plivo.com/x", "https://media.plivo.com/x#y", ""):
        with pytest.raises(Invalid) as caught:
            media_url(wrong)
        assert "secret" not in str(caught.value)
