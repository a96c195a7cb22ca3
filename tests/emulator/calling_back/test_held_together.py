"""What the emulator sends, and what the client's receiver believes: written apart from the same facts, held together.

The official package is the third: it agrees wherever it doesn't fail on what isn't ASCII.
"""

from typing import Any

import anyio
import pytest
from plivo.utils.signature_v3 import validate_v3_signature

from plivo_async import webhooks
from plivo_async.emulator import CallbackRequest, Settings
from plivo_async.webhooks import Receiver as Believer
from plivo_async.webhooks import SignatureError, UnknownEvent

from ...support import in_memory
from ..support import AUTH_TOKEN
from .support import CALLER, Receiver, emulator, params, room
from .test_incoming import receiving

pytestmark = pytest.mark.anyio
BASE = "https://app.example:8443/hooks;v=1/plivo"


def events_of(requests: list[CallbackRequest], token: str = AUTH_TOKEN) -> list[webhooks.Event]:
    """What the receiver makes of each."""
    believer = Believer([token])
    return [believer.unwrap(one.method, one.url, one.headers, one.body) for one in requests]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "name", ["sales", "a b&c=d+e%20f", "Östermalm 東京", "a.b", "=", "&&", "'\"<>", "x" * 2000, "tab\there", "é" * 300]
)
@pytest.mark.parametrize("path", ["", "/cb", "/cb?shop=1&b=2&a=&a=1", "/cb?q=%C3%96&r=a+b#ct=500"])
async def test_whatever_a_conference_is_called(method: str, name: str, path: str) -> None:
    """Each of its events is believed, and by nobody with another token."""
    receiver = Receiver()
    async with emulator(receiver) as plivo:
        room(plivo, name, url=f"https://app.example:8443{path}", method=method)
        await plivo.delivered()
    events = events_of(receiver.requests)
    assert [type(one).__name__ for one in events] == ["MpcInitialized", "ParticipantJoined", "MpcStarted"]
    assert [getattr(one, "mpc_name", None) for one in events] == [name] * 3
    with pytest.raises(SignatureError):
        events_of(receiver.requests, AUTH_TOKEN[::-1])


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"callback_empty": "left-out", "callback_role": "capital", "callback_flag": "True"},
        {"callback_v2": False, "first_sequence_number": 0, "timezone": "Asia/Kolkata"},
        {"callback_path_parameters": "kept", "hangup_word": "name"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_every_channel(settings: Any, method: Any) -> None:
    """Conferences, recordings, dialled and plain calls, detected machines, exits, asynchronous results, and XML."""
    receiver = receiving({f"{BASE}/answer": f'<Record recordSession="true" callbackUrl="{BASE}/r"/><Wait length="2"/>'})
    async with emulator(receiver, settings=Settings(**settings)) as plivo, in_memory(plivo) as client:
        mpc = client.mpc("sales")
        await mpc.add_participant(
            role="agent",
            from_="+14151234567",
            to="+14157654321",
            status_callback_url=f"{BASE}/status",
            status_callback_events=[
                "mpc-state-changes",
                "participant-state-changes",
                "participant-digit-input-events",
                "add-participant-api-events",
            ],
            call_status_callback_url=f"{BASE}/call",
            on_exit_action_url=f"{BASE}/exit",
            on_exit_action_method=method,
            status_callback_method=method,
            call_status_callback_method=method,
            stay_alone=True,
        )
        await anyio.sleep(2)
        agent = mpc.participant(plivo.conferences["sales"].participants[0].member_id)
        await agent.mute()
        await agent.hold()
        plivo.phone("+14157654321").press("5")
        await mpc.start_recording(recording_callback_url=f"{BASE}/recording", recording_callback_method=method)
        await mpc.stop_recording()
        plivo.phone("+14157654321").hang_up()
        plivo.phone("+14157654322").machine = True
        await client.calls.make(
            from_="+14151234567",
            to="+14157654322",
            answer_url=f"{BASE}/answer",
            ring_url=f"{BASE}/ring",
            hangup_url=f"{BASE}/hangup",
            machine_detection="true",
            machine_detection_url=f"{BASE}/machine",
        )
        await client.request(
            "GET", "MultiPartyCall/", params={"callback_url": f"{BASE}/async", "callback_method": method}
        )
        plivo.incoming_call(from_=CALLER, answer_url=f"{BASE}/answer", hangup_url=f"{BASE}/hangup")
        await anyio.sleep(1.5)
        made = plivo.phone("+14157654322").calls[0].call_uuid
        recording = {"callback_url": f"{BASE}/recorded", "callback_method": method}
        await client.request("POST", f"Call/{made}/Record/", json=recording)
        await anyio.sleep(20)
        await plivo.delivered()
        assert {one.state for one in plivo.deliveries} == {"delivered"}
    found = events_of(receiver.requests)
    unknown = [one for one, event in zip(receiver.requests, found, strict=True) if isinstance(event, UnknownEvent)]
    assert {one.url for one in unknown} <= {f"{BASE}/r"}  # what `<Record>` tells, of which the receiver has no event
    kinds = {type(one).__name__ for one in found}
    assert kinds >= {
        "AddParticipantInitiated", "AddParticipantCompleted", "MpcInitialized", "MpcStarted", "MpcEnded",
        "ParticipantJoined", "ParticipantLeft", "ParticipantMuted", "ParticipantHeld", "ParticipantDigitInput",
        "MpcRecordingInitiated", "MpcRecordingCompleted", "CallRinging", "CallEnded", "AnswerRequested",
        "ExitActionRequested", "AsyncResult", "CallRecorded",
    }  # fmt: skip
    for one in receiver.requests:
        headers = dict(one.headers)
        told = {} if one.method == "GET" else params(one)
        nonce, signed = headers["X-Plivo-Signature-V3-Nonce"], headers["X-Plivo-Signature-V3"]
        agrees = validate_v3_signature(one.method, one.url, nonce, AUTH_TOKEN, signed, told)
        assert agrees or settings.get("callback_path_parameters") == "kept"
