"""Handles on conferences: making them, looking, ending, and what every operation has in common."""

import contextlib
import inspect
import json
import math
import pickle
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from plivo_async import (
    DecodeError,
    DeferredMembersHandle,
    DeferredMultiPartyCallHandle,
    DeferredMultiPartyCalls,
    DeferredParticipantHandle,
    DialOptions,
    MembersHandle,
    MultiPartyCallHandle,
    NotFoundError,
    OutcomeUnknownError,
    ParticipantHandle,
    RetryPolicy,
)
from plivo_async.emulator import Emulator
from plivo_async.models import Accepted, MultiPartyCall
from plivo_async.resources import MultiPartyCalls
from plivo_async.wire import Answer

from ..support import in_memory
from .scripted import NOW, Scripted, answer, shape

ID = UUID("8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e")
HOOK = "https://example.com/done?x=1"
CALL = {"api_id": "a", "mpc_uuid": str(ID), "friendly_name": "room", "status": "Active"}
SPAWNED = {"message": "async api spawned", "api_id": "63f0761a-e0ed-11e1-8ea7-12313924e3a6"}
CHANGE, LOOK = "was carried out; don't repeat it", "can't be read"

Operation = Callable[[MultiPartyCalls], Awaitable[Any]]


# ---- Making them ---------------------------------------------------------------------------------------------------


def test_a_handle_is_made_without_a_request() -> None:
    """By name, by UUID as text, by UUID as such; with participants, and members."""
    fake = Scripted(answer(204))
    mpc = fake.mpc("a/b")
    assert repr(mpc) == "<MultiPartyCallHandle 'a/b'>"
    assert repr(fake.mpc(uuid=str(ID).upper())) == repr(fake.mpc(ID)) == f"<MultiPartyCallHandle uuid {ID}>"
    assert repr(mpc.participant(355)) == "<ParticipantHandle of 'a/b', participant 355>"
    assert repr(mpc.members(355, "356")) == "<MembersHandle of 'a/b', participants 355, 356>"
    assert repr(mpc.members("all")) == "<MembersHandle of 'a/b', all participants>"
    assert fake.requests == []


def test_handles_compare_by_what_they_mean() -> None:
    """Equal and of the same hash if they are of one client and mean the same; never if only the text is the same."""
    one, other = Scripted(answer(204)).mpc, Scripted(answer(204)).mpc
    assert one("room") == one("room")
    assert one("room") != other("room")
    assert one("room") != one("Conference")
    assert one(str(ID)) != one(ID) == one(uuid=str(ID))
    assert one("room").participant(1) == one("room").participant("1")
    assert one("room").participant(1) != one("room").participant(2)
    assert one("room").participant(1) != one("room 2").participant(1)
    assert one("room").participant(1) != one("room").members(1)
    assert one("room").members("all") == one("room").members("all")
    assert one("room") != "room"
    assert one("room").participant(1) != 1
    assert len({one("room"), one("room"), one(ID), one("room").participant(1), one("room").participant("1")}) == 3


@pytest.mark.parametrize("name", ["mpc", "participant", "members"])
def test_handles_hold_nothing_else(name: str) -> None:
    """They have slots: a misspelt attribute is an error."""
    mpc = Scripted(answer(204)).mpc("room")
    handle: Any = {"mpc": mpc, "participant": mpc.participant(1), "members": mpc.members("all")}[name]
    with pytest.raises(AttributeError):
        handle.deadline = 5
    assert not hasattr(handle, "__dict__")


def test_handles_and_lists_refuse_to_be_pickled() -> None:
    """They belong to a client, whose connections no other process can have; the message says what to pickle."""
    mpc = Scripted(answer(204)).mpc("room")
    for one in (mpc, mpc.participant(1), mpc.members("all"), mpc.participants()):
        with pytest.raises(TypeError, match="not pickled; pickle names"):
            pickle.dumps(one)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda mpc: mpc(""), ValueError),
        (lambda mpc: mpc("a\n"), ValueError),
        (lambda mpc: mpc("\ud800"), ValueError),
        (lambda mpc: mpc(uuid="room"), ValueError),
        (lambda mpc: mpc(), TypeError),
        (lambda mpc: mpc("room", uuid=ID), TypeError),
        (lambda mpc: mpc(355), TypeError),
        (lambda mpc: mpc(None), TypeError),
        (lambda mpc: mpc(uuid=None), TypeError),
        (lambda mpc: mpc("room").participant("all"), ValueError),
        (lambda mpc: mpc("room").participant(".."), ValueError),
        (lambda mpc: mpc("room").participant(True), TypeError),
        (lambda mpc: mpc("room").members(), ValueError),
        (lambda mpc: mpc("room").members(1, 1), ValueError),
        (lambda mpc: mpc("room").members("all", 1), ValueError),
    ],
)
def test_a_wrong_handle_is_refused_at_once(make: Callable[[Any], object], error: type[Exception]) -> None:
    """The mistake shows where it is made, not at the first request."""
    with pytest.raises(error):
        make(Scripted(answer(204)).mpc)


# ---- What goes over the wire ---------------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("operation", "shown"),
    [
        (lambda mpc: mpc("a/b").get(), "GET MultiPartyCall/name_a%2Fb/"),
        (lambda mpc: mpc.get("a/b"), "GET MultiPartyCall/name_a%2Fb/"),
        (lambda mpc: mpc(uuid=str(ID)).get(), f"GET MultiPartyCall/uuid_{ID}/"),
        (lambda mpc: mpc.get(uuid=ID), f"GET MultiPartyCall/uuid_{ID}/"),
        (lambda mpc: mpc.get(ID), f"GET MultiPartyCall/uuid_{ID}/"),
        (lambda mpc: mpc.get(str(ID)), f"GET MultiPartyCall/name_{ID}/"),
    ],
)
async def test_a_look(operation: Operation, shown: str) -> None:
    """`get` sends the documented request, without a body, and returns the conference."""
    fake = Scripted(answer(200, CALL))
    call = await operation(fake.mpc)
    assert isinstance(call, MultiPartyCall)
    assert (call.mpc_uuid, call.friendly_name, call.status, call.api_id) == (str(ID), "room", "Active", "a")
    assert [shape(request) for request in fake.requests] == [shown]
    assert fake.body is None


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("operation", "shown"),
    [
        (lambda mpc: mpc("a/b").stop(), "DELETE MultiPartyCall/name_a%2Fb/"),
        (lambda mpc: mpc.stop("a/b"), "DELETE MultiPartyCall/name_a%2Fb/"),
        (lambda mpc: mpc.stop(uuid=ID), f"DELETE MultiPartyCall/uuid_{ID}/"),
    ],
)
@pytest.mark.parametrize("yes", [answer(204), answer(200), answer(200, {"message": "ended"}), answer(202, [])])
async def test_an_end(operation: Operation, shown: str, yes: Answer) -> None:
    """`stop` sends the documented request; any yes is one, with or without a body, and returns None."""
    fake = Scripted(yes)
    assert await operation(fake.mpc) is None
    assert [shape(request) for request in fake.requests] == [shown]
    assert fake.body is None


@pytest.mark.anyio
@pytest.mark.parametrize("reply", [answer(202, SPAWNED), answer(204), answer(200, None)])
async def test_with_a_callback_plivo_only_accepts(reply: Answer) -> None:
    """The callback goes into the query of a GET and the body of all else; what comes back is `Accepted`."""
    fake = Scripted(reply)
    message = json.loads(reply.body)["message"] if reply.body else None
    for accepted in (
        await fake.mpc.deferred(HOOK, method="GET")("room").get(),
        await fake.mpc.deferred(HOOK, method="GET")(ID).get(),
    ):
        assert isinstance(accepted, Accepted)
        assert accepted.message == message
        query = "callback_url=https%3A%2F%2Fexample.com%2Fdone%3Fx%3D1&callback_method=GET"
        assert shape(fake.requests[-1]) in {
            f"GET MultiPartyCall/{which}/?{query}" for which in ("name_room", f"uuid_{ID}")
        }
        assert fake.body is None
    assert isinstance(await fake.mpc.deferred(HOOK)("room").stop(), Accepted)
    assert fake.requests[-1].query == ""
    assert fake.body == {"callback_url": HOOK}


# ---- Options -------------------------------------------------------------------------------------------------------

EVERY: list[Operation] = [
    lambda mpc: mpc.get("room"),
    lambda mpc: mpc.stop("room"),
    lambda mpc: mpc("room").get(),
    lambda mpc: mpc("room").stop(),
    lambda mpc: mpc("room").add_participant(role="agent", from_="+14151234567", to="+14157654321"),
    lambda mpc: mpc("room").start_recording(),
    lambda mpc: mpc("room").stop_recording(),
    lambda mpc: mpc("room").pause_recording(),
    lambda mpc: mpc("room").resume_recording(),
    lambda mpc: mpc("room").participant(1).get(),
    lambda mpc: mpc("room").participant(1).update(mute=True),
    lambda mpc: mpc("room").participant(1).start_coach_mode(),
    lambda mpc: mpc("room").participant(1).stop_coach_mode(),
    lambda mpc: mpc("room").participant(1).start_recording(),
    lambda mpc: mpc("room").participant(1).stop_recording(),
    lambda mpc: mpc("room").participant(1).pause_recording(),
    lambda mpc: mpc("room").participant(1).resume_recording(),
    lambda mpc: mpc("room").members(1, 2).update(hold=True),
    lambda mpc: mpc("room").members("all").mute(),
    lambda mpc: mpc("room").members("all").unmute(),
    lambda mpc: mpc("room").members("all").hold(),
    lambda mpc: mpc("room").members("all").unhold(),
    lambda mpc: mpc("room").members("all").kick(),
    lambda mpc: mpc("room").members("all").play("https://example.com/a.mp3"),
    lambda mpc: mpc("room").members("all").stop_playing(),
    lambda mpc: mpc("room").members("all").speak("Hello"),
    lambda mpc: mpc("room").members("all").stop_speaking(),
]


class Also:
    """A handle, or what makes handles, each of whose calls of a coroutine function has these options as well."""

    def __init__(self, thing: Any, options: dict[str, Any]) -> None:
        self._thing, self._options = thing, options

    def __call__(self, *arguments: Any, **options: Any) -> "Also":
        """A handle."""
        return Also(self._thing(*arguments, **options), self._options)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """A method that has the options, or makes a handle whose methods have them."""
        method = getattr(self._thing, name)
        if name in {"participant", "members"}:
            return lambda *arguments: Also(method(*arguments), self._options)
        return lambda *arguments, **options: method(*arguments, **options, **self._options)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"deadlin": 5}, TypeError, "deadlin"),
        ({"timeout": 5}, TypeError, "timeout"),
        ({"deadline": -1}, ValueError, "deadline must be at least 0 seconds"),
        ({"deadline": float("nan")}, ValueError, "deadline"),
        ({"deadline": "5"}, TypeError, "deadline must be seconds"),
        ({"deadline": True}, TypeError, "deadline must be seconds"),
        ({"callback_url": HOOK}, TypeError, "callback_url"),
    ],
)
@pytest.mark.parametrize("operation", EVERY)
async def test_options_are_checked_before_anything_is_sent(
    operation: Operation, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    """By every operation alike."""
    fake = Scripted(answer(204))
    with pytest.raises(error, match=words):
        await operation(Also(fake.mpc, options))  # type: ignore[arg-type]
    assert fake.requests == []


@pytest.mark.anyio
@pytest.mark.parametrize("operation", EVERY)
async def test_every_operation_takes_a_deadline(operation: Operation) -> None:
    """It is that of the exchange; None is the client's, which has none."""
    reply = answer(200, CALL | {"member_id": "1", "call_uuid": str(ID), "role": "agent"})
    for deadline, told in ((7, 7), (None, math.inf)):
        fake = Scripted(reply)
        await operation(Also(fake.mpc, {"deadline": deadline}))  # type: ignore[arg-type]
        assert fake.deadlines == [told]


@pytest.mark.anyio
@pytest.mark.parametrize("operation", EVERY[2:])
async def test_every_operation_of_a_handle_has_an_asynchronous_form(operation: Operation) -> None:
    """The same arguments, one request more than the usual one by two arguments; the answer is `Accepted`."""
    plain, fake = Scripted(answer(202, SPAWNED)), Scripted(answer(202, SPAWNED))
    with contextlib.suppress(DecodeError):  # it is no conference
        await operation(plain.mpc)
    accepted = await operation(Also(fake.mpc.deferred(HOOK, method="POST"), {"deadline": 7}))  # type: ignore[arg-type]
    assert isinstance(accepted, Accepted)
    assert (accepted.message, accepted.api_id) == (SPAWNED["message"], SPAWNED["api_id"])
    assert fake.deadlines == [7]
    [request], [usual] = fake.requests, plain.requests
    assert (request.operation, request.path, request.method) == (usual.operation, usual.path, usual.method)
    if request.method == "GET":
        assert "callback_url=https" in request.query
    else:
        assert fake.body == (plain.body or {}) | {"callback_url": HOOK, "callback_method": "POST"}


def test_handles_of_the_asynchronous_form_have_the_methods_of_the_others() -> None:
    """With the same arguments, in the same order; but for what only looks, and for `start`, which nothing confirms."""
    pairs = [
        (MultiPartyCallHandle, DeferredMultiPartyCallHandle),
        (MembersHandle, DeferredMembersHandle),
        (ParticipantHandle, DeferredParticipantHandle),
    ]
    looks = {"find_participant", "wait_until", "until", "timeline"}
    for usual, later in pairs:
        methods = {name for name in dir(usual) if not name.startswith("_")} - looks
        assert methods == {name for name in dir(later) if not name.startswith("_")}
        for name in methods - {"start"}:
            ours, theirs = (list(inspect.signature(getattr(one, name)).parameters) for one in (usual, later))
            assert ours == theirs


def test_signatures_are_plain_and_complete() -> None:
    """What `help()` and notebooks show: every option by its name, `add_participant`'s with all of them."""
    shown = inspect.signature(MultiPartyCallHandle.add_participant).parameters
    assert {"role", "from_", "to", "call_uuid", "deadline", *DialOptions.__annotations__} == {*shown} - {"self"}
    assert "status" in inspect.signature(MultiPartyCalls.list).parameters
    for one in (MultiPartyCalls, MultiPartyCallHandle, MembersHandle, ParticipantHandle, DeferredMultiPartyCalls):
        for name, method in vars(one).items():
            if inspect.isfunction(method) and not name.startswith("_"):
                kinds = {parameter.kind for parameter in inspect.signature(method).parameters.values()}
                assert inspect.Parameter.VAR_KEYWORD not in kinds, name


# ---- Answers -------------------------------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b'"x"', b"5", b"{}", b'{"status": "Active"}', b'{"mpc_uuid": 5}', b"\xff"]
)
async def test_a_look_that_cannot_be_read_is_an_error_with_facts(body: bytes) -> None:
    """The operation, the target, the status, the beginning of the body, and when it began."""
    fake = Scripted(Answer(200, {}, body))
    with pytest.raises(DecodeError, match=LOOK) as caught:
        await fake.mpc("room").get()
    error = caught.value
    assert (error.operation, error.target, error.status_code) == ("Retrieve MPC", "room", 200)
    assert error.detail == (body.decode("utf-8", "replace") or None)
    assert CHANGE not in error.message
    assert error.started_at == NOW


@pytest.mark.anyio
@pytest.mark.parametrize("body", [b"[]", b'"yes"', b"5", b"true"])
@pytest.mark.parametrize(
    "operation",
    [
        lambda mpc: mpc("room").add_participant(role="agent", from_="+14151234567", to="+14157654321"),
        lambda mpc: mpc("room").start_recording(),
        lambda mpc: mpc("room").participant(1).mute(),
        lambda mpc: mpc("room").participant(1).play("https://example.com/a.mp3"),
        lambda mpc: mpc.deferred(HOOK)("room").stop(),
    ],
)
async def test_a_yes_that_cannot_be_read_was_carried_out(operation: Operation, body: bytes) -> None:
    """So that nobody repeats what rings phones, the error says so."""
    with pytest.raises(DecodeError, match=CHANGE):
        await operation(Scripted(Answer(201, {}, body)).mpc)


@pytest.mark.anyio
async def test_an_empty_yes_is_a_yes() -> None:
    """Everything in the answer to a change is optional: without a body, the values are None."""
    mpc = Scripted(answer(202)).mpc("room")
    assert (await mpc.add_participant(role="agent", from_="+14151234567", to="+14157654321")).calls == ()
    assert (await mpc.participant(1).mute()).mute is None
    assert (await mpc.start_recording()).recording_id is None
    assert (await mpc.members("all").play("https://example.com/a.mp3")).message is None


# ---- The same against the emulator ---------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_404_to_a_name_says_what_names_find() -> None:
    """By name it may be over, which the error says; by UUID there is nothing to say."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        for ask in (client.mpc("room").get, client.mpc("room").stop, client.mpc("room").participants):
            with pytest.raises(NotFoundError, match=r"one that is over is found by its UUID$"):
                await ask()
        for ask in (client.mpc(ID).get, client.mpc(ID).stop, client.mpc(ID).participants):
            with pytest.raises(NotFoundError, match=r"404: not found$"):
                await ask()


@pytest.mark.anyio
async def test_a_uuid_given_as_a_name_gets_a_hint() -> None:
    """In the error of every operation, and only if there is no such name."""
    name = str(ID).upper()
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        mpc = client.mpc(name)
        for ask in (mpc.get, mpc.start, mpc.stop, mpc.participants, mpc.participant(1).mute, mpc.start_recording):
            with pytest.raises(NotFoundError, match=r"taken for a name: give it as uuid=$"):
                await ask()
        assert "give it as uuid=" in str((await client.mpc.start([name]))[0].error)
        plivo.add_conference(name)
        assert (await mpc.get()).friendly_name == name


@pytest.mark.anyio
async def test_the_life_of_a_conference() -> None:
    """Looked at, started, looked at, stopped, and looked at by its UUID."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("support-4812", uuid=str(ID))
        mpc = client.mpc("support-4812")
        call = await mpc.get()
        assert (call.status, call.friendly_name, call.mpc_uuid) == ("Initialized", "support-4812", str(ID))
        activation = await mpc.start()
        assert (activation.outcome, activation.name) == ("activated", "support-4812")
        assert (await client.mpc.get("support-4812")).status == "Active"
        await mpc.stop()
        with pytest.raises(NotFoundError):
            await mpc.get()
        ended = await client.mpc.get(uuid=ID)
        assert (ended.status, ended.termination_cause_code) == ("Ended", 3000)
        assert ended.end_time is not None
        with pytest.raises(NotFoundError):
            await mpc.stop()
        with pytest.raises(NotFoundError):
            await mpc.start()


@pytest.mark.anyio
async def test_start_takes_what_start_takes() -> None:
    """The handle's `start` has the arguments of `client.mpc.start`, and its errors."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("room", status="active")
        assert (await client.mpc("room").start()).outcome == "already_active"
        with pytest.raises(NotFoundError):
            await client.mpc("room").start(confirm="ambiguous", deadline=5)
        with pytest.raises(ValueError, match="confirm"):
            await client.mpc("room").start(confirm="sometimes")  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="wait_for"):
            await client.mpc("room").start(wait_for=-1)
        with pytest.raises(TypeError, match="deadline"):
            await client.mpc("room").start(deadline="5")  # type: ignore[arg-type]


@pytest.mark.anyio
async def test_a_copy_with_other_options_has_the_same_methods() -> None:
    """`with_options(...)` reaches the handles: here, a lost answer isn't repeated."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("room", status="active")
        plivo.script("end", "room", fault="lost-response")
        once = client.with_options(retry=RetryPolicy(max_attempts=1))
        with pytest.raises(OutcomeUnknownError, match="Look before repeating it: "):
            await once.mpc(uuid=plivo.conferences["room"].mpc_uuid).stop()
        assert once.mpc("room") == once.mpc("room") != client.mpc("room")
        assert len(plivo.requests) == 1
