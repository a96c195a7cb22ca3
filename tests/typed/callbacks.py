"""Callbacks and XML, used as a user would: what type checkers must accept, and with which types.

Checked by mypy (strict) with the rest of the project, and by pyright through `tests/house/test_typed.py`. Not run.
"""

from datetime import datetime
from typing import assert_type

from plivo_async import xml
from plivo_async.webhooks import (
    AnswerRequested,
    CallbackApp,
    CallEnded,
    Deduplicator,
    Event,
    NonceMemory,
    ParticipantEvent,
    ParticipantJoined,
    ParticipantLeft,
    Receiver,
    Reply,
    Router,
    parse_trusted,
    sign,
)

HOOK = "https://example.com/hook"


async def receive(body: bytes) -> None:
    """Verify, match, and read."""
    receiver = Receiver(["a", "b"], base_url=HOOK, max_body=1000, max_params=10, nonces=NonceMemory(10))
    assert_type(sign("POST", HOOK, {"a": "b"}, token="a", nonce="1"), dict[str, str])
    assert_type(sign("POST", HOOK, [("a", "b")], token="a"), dict[str, str])
    event = receiver.unwrap("POST", HOOK, {"a": "b"}, body)
    receiver.unwrap("POST", HOOK, [(b"a", b"b")], "a=b")
    receiver.unwrap("GET", b"/hook", {b"a": b"b"})
    assert_type(receiver.explain("POST", HOOK, [("a", "b")], body), str)
    assert_type(event, Event)
    assert_type(event.dedupe_key, tuple[str, ...])
    assert_type(event.order_key, tuple[datetime, int])
    assert_type(parse_trusted(event.raw), Event)
    match event:
        case ParticipantJoined(mpc_name=name, member_id=who):
            assert_type(name, str | None)
            assert_type(who, str)
        case CallEnded(answered=answered, duration=seconds):
            assert_type(answered, bool)
            assert_type(seconds, int | None)
        case _:
            assert_type(event.extra, dict[str, str])


async def route(receiver: Receiver) -> None:
    """Handlers of one class, of a base, of two; async or not; with XML or without."""
    router = Router(deduplicator=Deduplicator(limit=10))

    @router.on(ParticipantJoined)
    async def joined(event: ParticipantJoined) -> None:
        assert_type(event.member_id, str)

    @router.on(ParticipantJoined)
    def anybody(event: ParticipantEvent) -> None:
        assert_type(event.member_id, str | None)

    @router.on(ParticipantJoined, ParticipantLeft)
    async def both(event: ParticipantJoined | ParticipantLeft) -> None:
        assert_type(event.member_id, str)

    @router.on(AnswerRequested)
    async def answer(event: AnswerRequested) -> xml.Response:
        return xml.Response(xml.MultiPartyCall(event.call_uuid, role="customer", start_mpc_on_enter=False))

    @router.on(ParticipantLeft)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType, reportUntypedFunctionDecorator]
    async def wrong(event: ParticipantJoined) -> None: ...

    router.on(str)  # type: ignore[type-var]  # pyright: ignore[reportCallIssue, reportArgumentType]
    CallbackApp(receiver, router)
    assert_type(await router.reply(receiver, "POST", HOOK, {"a": "b"}, b""), Reply)
    assert_type(await router.handle(parse_trusted({"a": "b"})), str | None)
    assert_type(await answer(AnswerRequested(call_uuid="c")), xml.Response)
    await joined(ParticipantJoined(member_id="1"))
    anybody(ParticipantJoined(member_id="1"))
    await both(ParticipantLeft(member_id="1"))
    print(wrong)  # noqa: T201


def write() -> str:
    """Elements, nested as they may be."""
    xml.MultiPartyCall("a", role="boss")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    xml.MultiPartyCall("a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    xml.MultiPartyCall("a", role="agent", to="b")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    xml.Dial(xml.Speak("a"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    return xml.Response(
        xml.Speak("a", voice="MAN"),
        xml.GetInput(xml.Play(HOOK), action=HOOK, digit_end_timeout="auto"),
        xml.Dial(xml.Number("1"), xml.User("sip:a@b"), timeout=5),
        xml.MultiPartyCall("a", role="agent", status_callback_events=["mpc-state-changes"]),
    ).to_xml()
