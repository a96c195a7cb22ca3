"""What Plivo's documents show, as models; and what models are good for."""

import copy
import dataclasses
import json
import pickle
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

import plivo_async.models
from plivo_async.models import (
    Accepted,
    AddedParticipant,
    DialledCall,
    MultiPartyCall,
    PageMeta,
    Participant,
    ParticipantUpdate,
    Playback,
    Recording,
    decode,
    decode_page,
)
from plivo_async.models._model import Model

ACCOUNT = "/v1/Account/MAXXXXXXXXXXXXXXXXXX"
UUID = "8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e"
CALL = "c0267574-5c12-4861-8990-da9404c8cdf6"

LIVE: dict[str, Any] = {
    "api_id": "ed93aea0-45cd-11eb-8530-0242ac110006",
    "billed_amount": None,
    "billed_duration": None,
    "creation_time": "2020-12-24 09:20:01+00:00",
    "duration": None,
    "end_time": None,
    "friendly_name": "Gasteiz / Vitoria",
    "mpc_uuid": UUID,
    "participants": f"{ACCOUNT}/MultiPartyCall/name_Gasteiz / Vitoria/Participant/",
    "recording": "not-recording",
    "resource_uri": f"{ACCOUNT}/MultiPartyCall/name_Gasteiz / Vitoria/",
    "start_time": "2020-12-24 09:20:03+00:00",
    "status": "Active",
    "stay_alone": False,
    "sub_account": None,
    "termination_cause": None,
    "termination_cause_code": None,
}
ENDED: dict[str, Any] = {
    "billed_amount": "0.44000",
    "billed_duration": 5280,
    "creation_time": "2020-12-24 14:50:01+05:30",
    "duration": 2632,
    "end_time": "2020-12-24 15:33:55+05:30",
    "friendly_name": "mpc 1000",
    "mpc_uuid": UUID,
    "participants": f"{ACCOUNT}/MultiPartyCall/uuid_{UUID}/Participant/",
    "recording": None,
    "resource_uri": f"{ACCOUNT}/MultiPartyCall/uuid_{UUID}/",
    "start_time": "2020-12-24 14:50:03+05:30",
    "status": "Ended",
    "stay_alone": True,
    "sub_account": f"{ACCOUNT}/Subaccount/SAXXXXXXXXXXXXXXXXXX/",
    "termination_cause": "No Active Participants",
    "termination_cause_code": 1000,
}
PRESENT: dict[str, Any] = {
    "api_id": "97ceeb52-58b6-11e1-86da-77300b68f8bb",
    "billed_amount": None,
    "billed_duration": None,
    "call_uuid": CALL,
    "coach_mode": False,
    "duration": None,
    "end_mpc_on_exit": False,
    "exit_cause": None,
    "exit_time": None,
    "hold": False,
    "join_time": "2020-12-24 09:20:03+00:00",
    "member_id": "355",
    "mpc_uuid": UUID,
    "mute": True,
    "resource_uri": f"{ACCOUNT}/MultiPartyCall/name_r/Participant/355/",
    "role": "agent",
    "start_mpc_on_enter": True,
}
GONE = PRESENT | {
    "billed_amount": "0.00500",
    "billed_duration": 60,
    "coach_mode": None,
    "duration": 12,
    "exit_cause": "Kicked Out of Multiparty Call",
    "exit_time": "2020-12-24 09:20:15+00:00",
    "hold": None,
    "member_address": "14157654321",
    "mute": None,
}
ADDED: dict[str, Any] = {
    "api_id": "1cebd713-ee00-11ea-b02e-0242ac110003",
    "message": "add participant action initiated",
    "request_uuid": CALL,
    "calls": [{"to": "14157654321", "from": "14151234567", "call_uuid": CALL}],
}
UPDATED: dict[str, Any] = {
    "api_id": "03042285-45d9-11eb-9014-0242ac110003",
    "coach_mode": "MPC: test_mpc_1 coach_mode enable/disable succeeded",
    "mute": "MPC: test_mpc_1 mute/unmute member(s) succeded",
    "hold": "MPC: test_mpc_1 hold/unhold member(s) succeded",
}
RECORDED: dict[str, Any] = {
    "api_id": "e05b5263-45dc-11eb-9014-0242ac110003",
    "message": "MPC: test_mpc_1 record started",
    "recording_id": "e06ac332-45dc-11eb-94fe-06dd7f581a50",
    "recording_url": f"https://media.plivo.com{ACCOUNT}/Recording/e06ac332-45dc-11eb-94fe-06dd7f581a50.mp3",
}
PLAYED: dict[str, Any] = {
    "api_id": "da5ac1fc-3bb3-11ec-b7b2-0242ac11000a",
    "message": "play queued into MPC",
    "mpcMemberId": ["1825"],
    "mpcName": "MyMPC",
}
ACCEPTED: dict[str, Any] = {"message": "async api spawned", "api_id": "63f0761a-e0ed-11e1-8ea7-12313924e3a6"}
META: dict[str, Any] = {
    "count": 199,
    "limit": 20,
    "offset": 0,
    "previous": None,
    "next": f"{ACCOUNT}/MultiPartyCall/?limit=20&offset=20",
}

EXAMPLES: list[tuple[type[Any], dict[str, Any]]] = [
    (MultiPartyCall, LIVE),
    (MultiPartyCall, ENDED),
    (Participant, PRESENT),
    (Participant, GONE),
    (AddedParticipant, ADDED),
    (ParticipantUpdate, UPDATED),
    (Recording, RECORDED),
    (Playback, PLAYED),
    (Accepted, ACCEPTED),
    (PageMeta, META),
]
MODELS = [decode(cls, data | {"new": {"since": [2027]}}) for cls, data in EXAMPLES]


def test_a_live_conference() -> None:
    """As in the captured answers: nothing has ended, and nothing is charged yet."""
    assert decode(MultiPartyCall, LIVE) == MultiPartyCall(
        mpc_uuid=UUID,
        friendly_name="Gasteiz / Vitoria",
        status="Active",
        creation_time=datetime(2020, 12, 24, 9, 20, 1, tzinfo=UTC),
        start_time=datetime(2020, 12, 24, 9, 20, 3, tzinfo=UTC),
        recording="not-recording",
        stay_alone=False,
        participants=f"{ACCOUNT}/MultiPartyCall/name_Gasteiz / Vitoria/Participant/",
        resource_uri=f"{ACCOUNT}/MultiPartyCall/name_Gasteiz / Vitoria/",
        api_id="ed93aea0-45cd-11eb-8530-0242ac110006",
    )


def test_a_conference_that_is_over() -> None:
    """Times in the account's own zone are instants; more seconds may be charged than it lasted; money is exact."""
    assert decode(MultiPartyCall, ENDED) == MultiPartyCall(
        mpc_uuid=UUID,
        friendly_name="mpc 1000",
        status="Ended",
        creation_time=datetime(2020, 12, 24, 9, 20, 1, tzinfo=UTC),
        start_time=datetime(2020, 12, 24, 9, 20, 3, tzinfo=UTC),
        end_time=datetime(2020, 12, 24, 10, 3, 55, tzinfo=UTC),
        duration=2632,
        billed_duration=5280,
        billed_amount=Decimal("0.44"),
        recording=None,
        stay_alone=True,
        sub_account=f"{ACCOUNT}/Subaccount/SAXXXXXXXXXXXXXXXXXX/",
        termination_cause="No Active Participants",
        termination_cause_code=1000,
        participants=f"{ACCOUNT}/MultiPartyCall/uuid_{UUID}/Participant/",
        resource_uri=f"{ACCOUNT}/MultiPartyCall/uuid_{UUID}/",
    )


def test_a_participant_who_is_there() -> None:
    """As in the captured answers to a single look, which have no address."""
    assert decode(Participant, PRESENT) == Participant(
        member_id="355",
        mpc_uuid=UUID,
        call_uuid=CALL,
        role="agent",
        coach_mode=False,
        mute=True,
        hold=False,
        start_mpc_on_enter=True,
        end_mpc_on_exit=False,
        join_time=datetime(2020, 12, 24, 9, 20, 3, tzinfo=UTC),
        resource_uri=f"{ACCOUNT}/MultiPartyCall/name_r/Participant/355/",
        api_id="97ceeb52-58b6-11e1-86da-77300b68f8bb",
    )


def test_a_participant_who_has_left() -> None:
    """Nobody is muted or on hold any more; why they left, when, and what it cost is known."""
    one = decode(Participant, GONE)
    assert (one.coach_mode, one.mute, one.hold) == (None, None, None)
    assert (one.exit_cause, one.duration, one.billed_duration) == ("Kicked Out of Multiparty Call", 12, 60)
    assert (one.exit_time, one.billed_amount) == (datetime(2020, 12, 24, 9, 20, 15, tzinfo=UTC), Decimal("0.005"))
    assert (one.member_address, one.extra) == ("14157654321", {})


def test_what_operations_answer() -> None:
    """The documented answers; camel case and `from` get names of Python's kind."""
    assert decode(AddedParticipant, ADDED) == AddedParticipant(
        message="add participant action initiated",
        request_uuid=CALL,
        calls=(DialledCall(call_uuid=CALL, to="14157654321", from_="14151234567"),),
        api_id="1cebd713-ee00-11ea-b02e-0242ac110003",
    )
    assert decode(ParticipantUpdate, UPDATED) == ParticipantUpdate(**UPDATED)
    assert decode(Recording, RECORDED) == Recording(**RECORDED)
    assert decode(Playback, PLAYED) == Playback(
        message="play queued into MPC", mpc_member_id=("1825",), mpc_name="MyMPC", api_id=PLAYED["api_id"]
    )
    assert decode(Accepted, ACCEPTED) == Accepted(**ACCEPTED)


def test_a_page() -> None:
    """Its objects in their order, where it stands in the list, and the identifier of the request."""
    page = {"api_id": "a", "meta": META, "objects": [LIVE, ENDED]}
    meta, calls = decode_page(MultiPartyCall, page)
    assert meta == PageMeta(count=199, limit=20, offset=0, next=META["next"], api_id="a")
    assert calls == (decode(MultiPartyCall, LIVE), decode(MultiPartyCall, ENDED))


@pytest.mark.parametrize("cls", [cls for cls, _ in EXAMPLES])
def test_an_empty_answer(cls: type[Any]) -> None:
    """Nothing is required but what makes a conference or a participant what it is."""
    if cls in (MultiPartyCall, Participant):
        with pytest.raises(ValueError, match=rf"^{cls.__name__}\.(mpc_uuid|member_id) is missing$"):
            decode(cls, {})
    else:
        assert decode(cls, {}) == cls()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_models_pickle_and_copy(model: Any) -> None:
    """What comes back is equal, with the same hash."""
    for twin in (
        *(pickle.loads(pickle.dumps(model, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)),  # noqa: S301
        copy.copy(model),
        copy.deepcopy(model),
        dataclasses.replace(model),
    ):
        assert twin == model
        assert hash(twin) == hash(model)
        assert twin.extra == {"new": {"since": [2027]}}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_models_print_as_what_makes_them(model: Any) -> None:
    """The `repr`, evaluated, is the model."""
    namespace = {name: getattr(plivo_async.models, name) for name in plivo_async.models.__all__}
    import datetime as module

    assert eval(repr(model), namespace | {"datetime": module, "Decimal": Decimal}) == model  # noqa: S307


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_models_become_dictionaries(model: Any) -> None:
    """`asdict` has every field, and makes an equal one."""
    found = dataclasses.asdict(model)
    assert list(found) == [field.name for field in dataclasses.fields(model)]
    if "calls" in found:
        found["calls"] = tuple(DialledCall(**call) for call in found["calls"])
    assert type(model)(**found) == model


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_models_cant_be_changed(model: Any) -> None:
    """Neither a field nor a new attribute."""
    for name in (dataclasses.fields(model)[0].name, "colour"):
        with pytest.raises((AttributeError, TypeError)):
            setattr(model, name, None)
    assert not hasattr(model, "__dict__")


def test_models_compare_by_value() -> None:
    """`extra` counts when they are compared, and not for the hash."""
    first, second = decode(MultiPartyCall, LIVE), decode(MultiPartyCall, LIVE | {"x": 1})
    assert first != second
    assert hash(first) == hash(second)
    assert len({first, second, decode(MultiPartyCall, dict(LIVE))}) == 2
    other: object = decode(Recording, {})
    assert decode(Accepted, {}) != other


@pytest.mark.anyio
@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
async def test_fastapi_answers_with_models(model: Any) -> None:
    """As a `response_model`: all fields, times in ISO 8601, amounts as text that loses nothing."""
    app = FastAPI()

    @app.get("/", response_model=type(model))
    async def answer() -> Any:
        return model

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        shown = (await client.get("/")).json()
    assert list(shown) == [field.name for field in dataclasses.fields(model)]
    assert set(app.openapi()["components"]["schemas"][type(model).__name__]["properties"]) == set(shown)
    assert shown["extra"] == {"new": {"since": [2027]}}
    if isinstance(model, MultiPartyCall) and model.billed_amount is not None:
        assert (shown["billed_amount"], shown["end_time"]) == ("0.44000", "2020-12-24T10:03:55Z")


def test_what_json_brings_is_decoded() -> None:
    """From bytes to a model, with Python's own JSON, which is how answers are read."""
    body = json.dumps(ENDED | {"billed_amount": 0.44}).encode()
    assert decode(MultiPartyCall, json.loads(body)) == decode(MultiPartyCall, ENDED)


@pytest.mark.parametrize(
    ("model", "data"),
    [(MultiPartyCall, LIVE), (MultiPartyCall, ENDED), (Participant, PRESENT), (PageMeta, {"limit": 20, "new": [1]})],
)
def test_models_turn_into_json_types(model: type[Model], data: dict[str, Any]) -> None:
    """`to_dict()` has every attribute; what comes back from JSON is the same model."""
    made = decode(model, data)
    facts = json.loads(json.dumps(made.to_dict()))
    assert facts.keys() == {one.name for one in dataclasses.fields(made)}  # type: ignore[arg-type]
    assert facts["extra"] == made.extra  # type: ignore[attr-defined]
    extra = facts.pop("extra")
    assert decode(model, facts | extra) == made


def test_models_in_models_turn_into_json_types() -> None:
    """Amounts are text, times ISO 8601 in UTC, tuples arrays."""
    ended = decode(MultiPartyCall, ENDED).to_dict()
    assert (ended["billed_amount"], ended["end_time"]) == ("0.44000", "2020-12-24T10:03:55+00:00")
    added = AddedParticipant(calls=(DialledCall(call_uuid=CALL, from_="1", to="2"),), api_id="a")
    [call] = added.to_dict()["calls"]
    assert call["call_uuid"] == CALL
    public = [value for name in plivo_async.models.__all__ if isinstance(value := vars(plivo_async.models)[name], type)]
    assert all(issubclass(model, Model) for model in public)
