"""Who handles what, what is answered, and that nothing is handled twice, or lost."""

import logging
from functools import partial
from typing import Any
from urllib.parse import urlencode

import anyio
import anyio.lowlevel
import pytest

from plivo_async.webhooks import (
    ActionRequested,
    AnswerRequested,
    CallbackApp,
    CallEvent,
    CallStatusChanged,
    Deduplicator,
    Event,
    ExitActionRequested,
    MpcEvent,
    ParticipantEvent,
    ParticipantJoined,
    ParticipantLeft,
    Receiver,
    Router,
    UnknownEvent,
    parse_trusted,
    sign,
)

from .test_events import HANGUP, JOIN
from .test_signature import TOKEN

URL = "https://h/cb"
ANSWER = {"Event": "StartApp", "CallUUID": "c", "From": "1", "CallStatus": "ringing"}


class Xml:
    """What turns into XML."""

    def to_xml(self) -> str:
        """The XML."""
        return "<Response/>"


def post(params: dict[str, str]) -> tuple[str, str, dict[str, str], str]:
    """A signed request."""
    return "POST", URL, sign("POST", URL, params, token=TOKEN), urlencode(params)


@pytest.mark.anyio
async def test_handlers_get_what_is_for_them() -> None:
    """Of a class, and of all below it, one after another in the order in which they were added; async or not."""
    router, seen = Router(), list[tuple[str, Event]]()

    @router.on(ParticipantJoined)
    async def joined(event: ParticipantJoined) -> None:
        await anyio.sleep(1)
        seen.append(("joined", event))

    @router.on(Event)
    def everything(event: Event) -> None:
        seen.append(("everything", event))

    @router.on(ParticipantLeft, CallEvent)
    async def others(event: ParticipantLeft | CallEvent) -> None:
        seen.append(("others", event))

    @router.on(ParticipantEvent)
    async def participants(event: ParticipantEvent) -> None:
        seen.append(("participants", event))

    event, call = parse_trusted(JOIN), parse_trusted(HANGUP)
    assert await router.handle(event) is None
    assert seen == [("joined", event), ("everything", event), ("participants", event)]
    seen.clear()
    await router.handle(call)
    assert seen == [("everything", call), ("others", call)]
    assert joined.__name__ == "joined"


@pytest.mark.parametrize(
    "kinds", [(), (int,), (ParticipantJoined, str), ("ParticipantJoined",), (parse_trusted(JOIN),)]
)
def test_only_classes_of_events_have_handlers(kinds: Any) -> None:
    """A mistake is found at once, not when nothing comes."""
    with pytest.raises(TypeError):
        Router().on(*kinds)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([Xml()], "<Response/>"),
        (["<Response><Wait/></Response>"], "<Response><Wait/></Response>"),
        ([None, Xml(), "<Response>2</Response>"], "<Response/>"),
        ([None], '<?xml version="1.0" encoding="utf-8"?><Response></Response>'),
        ([], '<?xml version="1.0" encoding="utf-8"?><Response></Response>'),
    ],
)
async def test_what_asks_for_xml_gets_some(answers: list[Any], expected: str) -> None:
    """Of the first handler that has some, else the XML that ends the call."""
    router = Router()
    for answer in answers:
        router.on(AnswerRequested)(partial(lambda answer, _: answer, answer))
    reply = await router.reply(Receiver([TOKEN]), *post(ANSWER))
    assert (reply.status, reply.body.decode()) == (200, expected)
    assert reply.headers == {"Content-Type": "application/xml; charset=utf-8", "Content-Length": str(len(expected))}
    told = await router.reply(Receiver([TOKEN]), *post(JOIN))
    assert (told.status, told.body, told.headers) == (200, b"", {"Content-Length": "0"})


@pytest.mark.anyio
async def test_what_is_not_believed_reaches_no_handler(caplog: pytest.LogCaptureFixture) -> None:
    """It gets a status and no word; the log has the reason, and at DEBUG what would fit. Neither shows a number."""
    router = Router()
    router.on(Event)(lambda _: pytest.fail("it was handled"))
    method, _, headers, body = post(JOIN)
    malformed = {**JOIN, "EventTimestamp": "+14157654321"}
    with caplog.at_level(logging.WARNING, "plivo_async.webhooks"):
        refused = await router.reply(Receiver([TOKEN]), method, "http://h/cb", headers, body)
        unread = await router.reply(Receiver([TOKEN]), *post(malformed))
    assert (refused.status, refused.body, unread.status, unread.body) == (403, b"", 400, b"")
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    with caplog.at_level(logging.DEBUG, "plivo_async.webhooks"):
        await router.reply(Receiver([TOKEN]), method, "http://h/cb", headers, body)
    assert "scheme is https" in caplog.records[-1].getMessage()
    assert "415" not in caplog.text


@pytest.mark.anyio
async def test_a_handler_that_fails_is_a_500(caplog: pytest.LogCaptureFixture) -> None:
    """So that Plivo may send it again; the error is in the log, and the handlers after it don't run."""
    router, seen = Router(), list[Event]()

    @router.on(MpcEvent)
    async def failing(event: MpcEvent) -> None:
        raise LookupError("no such room")

    router.on(MpcEvent)(seen.append)
    reply = await router.reply(Receiver([TOKEN]), *post(JOIN))
    assert (reply.status, reply.body, seen) == (500, b"", [])
    assert "no such room" in caplog.text
    with pytest.raises(LookupError):
        await router.handle(parse_trusted(JOIN))


@pytest.mark.anyio
async def test_xml_that_no_encoding_can_write_is_a_500() -> None:
    """As any failure of a handler."""
    router = Router()
    router.on(AnswerRequested)(lambda _: "<Response>\ud800</Response>")
    assert (await router.reply(Receiver([TOKEN]), *post(ANSWER))).status == 500


@pytest.mark.anyio
async def test_a_handler_must_answer_xml() -> None:
    """Anything else is a mistake that is heard of."""
    router = Router()
    router.on(AnswerRequested)(lambda _: {"Hangup": True})  # type: ignore[arg-type, return-value]
    assert (await router.reply(Receiver([TOKEN]), *post(ANSWER))).status == 500


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/cb", "/\udcff", ""])
async def test_an_application_leaves_a_body_without_end(path: str) -> None:
    """As soon as it is too large, on either backend; a server that says no raw path is borne."""
    taken, sent = 0, list[Any]()

    async def receive() -> dict[str, Any]:
        nonlocal taken
        await anyio.lowlevel.checkpoint()
        taken += 65_536
        return {"type": "http.request", "body": b"a" * 65_536, "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(name.lower().encode(), text.encode()) for name, text in sign("POST", URL, token=TOKEN).items()]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers, "scheme": "http"}
    await CallbackApp(Receiver([TOKEN]), Router())(scope, receive, send)
    assert (sent[0]["status"], taken < 1_000_000) == (400, True)


# ---- Twice ----------------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_what_comes_twice_is_handled_once() -> None:
    """If one asks for it. What failed is handled when it comes again."""
    router, seen, failures = Router(deduplicator=Deduplicator()), list[Event](), [True, False]

    @router.on(MpcEvent)
    async def once(event: MpcEvent) -> None:
        if failures and failures.pop(0):
            raise LookupError
        seen.append(event)

    receiver = Receiver([TOKEN])
    statuses = [(await router.reply(receiver, *post(JOIN))).status for _ in range(3)]
    assert (statuses, len(seen)) == ([500, 200, 200], 1)
    await router.reply(receiver, *post({**JOIN, "SequenceNumber": "3"}))
    assert len(seen) == 2


@pytest.mark.anyio
@pytest.mark.parametrize("fails", [False, True])
async def test_what_comes_again_meanwhile_waits(fails: bool) -> None:
    """It is handled if the first fails, and only then: nothing runs twice at a time."""
    router, log = Router(deduplicator=Deduplicator()), list[str]()

    @router.on(MpcEvent)
    async def slow(event: MpcEvent) -> None:
        log.append("began")
        await anyio.sleep(40)
        log.append("ended")
        if fails and len(log) == 2:
            raise LookupError

    statuses = list[int]()

    async def deliver() -> None:
        statuses.append((await router.reply(Receiver([TOKEN]), *post(JOIN))).status)

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(deliver)
    assert log == ["began", "ended"] * (2 if fails else 1)
    assert sorted(statuses) == [200, 200, 500 if fails else 200]


@pytest.mark.anyio
async def test_what_is_cancelled_is_not_handled() -> None:
    """A sender that has gone away takes no event with it, and blocks nobody."""
    deduplicator, event = Deduplicator(), parse_trusted(JOIN)
    with anyio.move_on_after(1):
        async with deduplicator.once(event) as new:
            assert new
            await anyio.sleep(10)
    async with deduplicator.once(event) as new:
        assert new
    async with deduplicator.once(event) as new:
        assert not new
    with anyio.move_on_after(1) as scope:
        async with deduplicator.once(parse_trusted(HANGUP)), deduplicator.once(parse_trusted(HANGUP)):
            pass
    assert scope.cancelled_caught  # who waits can be cancelled
    assert len(deduplicator) == 1


@pytest.mark.anyio
async def test_a_deduplicator_is_bounded() -> None:
    """The oldest are forgotten first."""
    deduplicator = Deduplicator(limit=2)
    seen = []
    for number in "12312":
        async with deduplicator.once(parse_trusted({**JOIN, "SequenceNumber": number})) as new:
            seen.append(new)
    assert seen == [True] * 5
    assert len(deduplicator) == 2


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("params", "cls"),
    [
        (ANSWER, AnswerRequested),
        ({"MPCFriendlyName": "r", "MPCUUID": "u", "MemberID": "1"}, ExitActionRequested),
        ({"CallUUID": "c", "CallStatus": "in-progress"}, CallStatusChanged),
        ({"CallUUID": "c", "Event": "StartApp", "Digits": "1"}, ActionRequested),
        ({"what": "music"}, UnknownEvent),
    ],
)
async def test_what_asks_for_xml_is_answered_each_time(params: dict[str, str], cls: type[Event]) -> None:
    """Also when the same comes again."""
    router = Router(deduplicator=Deduplicator())
    router.on(cls)(lambda _: Xml())
    for _ in range(2):
        assert (await router.reply(Receiver([TOKEN]), *post(params))).body == b"<Response/>"
    assert not parse_trusted(JOIN).wants_xml
    assert not parse_trusted({"EventName": "Tomorrow"}).wants_xml


@pytest.mark.anyio
async def test_a_bool_is_no_answer() -> None:
    """So that `client.events.feed` may be a handler as it is."""
    router = Router()
    router.on(Event)(lambda _event: True)
    assert await router.handle(parse_trusted({"EventName": "Unheard"})) is None
