"""Calls that come in: their XML is fetched and carried out. In virtual time, on both backends."""

import logging
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from plivo_async.emulator import CallbackAnswer, Emulator, IncomingCall, Settings

from ...support import in_memory
from .support import CALLER, STATUS, Receiver, emulator

ANSWER = "http://app.example/answer"
ACTION = "http://app.example/action"
pytestmark = pytest.mark.anyio


def xml(text: str, kind: str = "application/xml") -> CallbackAnswer:
    """An answer with this in its response."""
    return CallbackAnswer(body=f"<Response>{text}</Response>".encode(), content_type=kind)


def by_url(answers: dict[str, str], receiver: Receiver) -> Any:
    """Answers each address with the XML that it stands for; those that stand for none, with a 200."""

    def answer(_: dict[str, str]) -> CallbackAnswer | None:
        url = receiver.requests[-1].url.partition("?")[0]
        return xml(answers[url]) if url in answers else None

    return answer


def receiving(answers: dict[str, str]) -> Receiver:
    """A receiver that answers so."""
    receiver = Receiver()
    receiver.answering = by_url(answers, receiver)
    return receiver


async def called(plivo: Emulator, **options: Any) -> IncomingCall:
    """Somebody has called, and the XML was carried out as far as it goes."""
    call = plivo.incoming_call(**{"from_": CALLER, "answer_url": ANSWER, **options})
    await plivo.delivered()
    return call


def ended(call: IncomingCall) -> tuple[int | None, str | None]:
    """With what, and whose doing."""
    return call.leg.hangup_cause_code, call.leg.hangup_source


# ---- Into a conference ----------------------------------------------------------------------------------------------


async def test_a_caller_comes_to_wait() -> None:
    """The way every contact centre begins."""
    room = (
        f'<MultiPartyCall role="customer" startMpcOnEnter="false" statusCallbackUrl="{STATUS}">sales</MultiPartyCall>'
    )
    receiver = receiving({ANSWER: room})
    async with emulator(receiver) as plivo:
        call = await called(plivo, to="14155550100")
        conference = plivo.conferences["sales"]
        assert (conference.status, conference.present) == ("Initialized", 1)
        assert (call.leg.status, call.leg.mpc_uuid, call.refused) == ("in-progress", conference.mpc_uuid, [])
        asked = receiver.told[0]
        assert (asked["Event"], asked["CallStatus"], asked["Direction"]) == ("StartApp", "ringing", "inbound")
        assert (asked["From"], asked["To"], asked["CallUUID"]) == ("442071838750", "14155550100", call.call_uuid)
        assert asked["ALegUUID"] == call.call_uuid
        assert receiver.events[1:] == ["MPCInitialized", "ParticipantJoin"]
        async with in_memory(plivo) as client:
            await client.mpc.start("sales")
        call.press("5")
        call.hang_up()
        await plivo.delivered()
        assert conference.status == "Ended"
        assert ended(call) == (4000, "Caller")
        assert plivo.calls[call.call_uuid].outcome == "answered"


async def test_after_the_conference_the_next_element_is_carried_out() -> None:
    """Whoever is kicked, or outlives it, goes on. Source: Plivo docs, End a multiparty call."""
    text = '<MultiPartyCall role="customer">sales</MultiPartyCall><Speak>Bye</Speak><Hangup/>'
    async with emulator(receiving({ANSWER: text})) as plivo, in_memory(plivo) as client:
        call = await called(plivo)
        await client.mpc("sales").stop()
        await plivo.delivered()
        assert (call.leg.live, call.leg.speaking) == (True, "Bye")
        await anyio.sleep(3)
        assert ended(call) == (4000, "Answer XML")


async def test_an_on_exit_action_goes_on_with_the_call() -> None:
    """It is fetched when the participant leaves, and what it answers is carried out in place of the rest."""
    text = f'<MultiPartyCall role="customer" onExitActionUrl="{ACTION}">sales</MultiPartyCall><Wait length="999"/>'
    receiver = receiving({ANSWER: text, ACTION: "<Speak>That was it</Speak>"})
    async with emulator(receiver) as plivo, in_memory(plivo) as client:
        call = await called(plivo)
        await client.mpc("sales").participant(call.leg.member_id or "").kick()
        await plivo.delivered()
        told = receiver.told[-1]
        assert (told["MPCFriendlyName"], told["ParticipantCallUUID"]) == ("sales", call.call_uuid)
        assert call.leg.speaking == "That was it"
        await anyio.sleep(3)
        assert ended(call) == (4010, "Plivo")


async def test_a_dialled_participant_goes_on_at_its_on_exit_action() -> None:
    """Legs that the API added are hung up, or continue there."""
    receiver = receiving({ACTION: '<Wait length="5"/>'})
    async with emulator(receiver) as plivo, in_memory(plivo) as client:
        mpc = client.mpc("sales")
        await mpc.add_participant(
            role="agent", from_="+14151234567", to="+14157654321", on_exit_action_url=ACTION, stay_alone=True
        )
        await anyio.sleep(1.5)
        leg = plivo.phone("+14157654321").calls[0]
        await mpc.stop()
        await plivo.delivered()
        assert leg.live
        await anyio.sleep(6)
        assert (leg.hangup_cause_code, leg.outcome) == (4010, "answered")


async def test_a_full_conference_is_told() -> None:
    """The call goes on with the next element."""
    text = '<MultiPartyCall role="customer" maxParticipants="2">sales</MultiPartyCall><Wait length="60"/>'
    async with emulator(receiving({ANSWER: text})) as plivo:
        calls = [await called(plivo, from_=f"4420718387{number}") for number in (50, 51, 52)]
        assert plivo.conferences["sales"].present == 2
        assert calls[2].refused == [(1, "the conference is full: 2 participants")]
        assert calls[2].leg.live


async def test_a_transfer_ends_what_is_carried_out() -> None:
    """And begins what is at the new address."""
    other = "http://app.example/other"
    text = '<MultiPartyCall role="customer">sales</MultiPartyCall><Hangup/>'
    receiver = receiving({ANSWER: text, other: '<MultiPartyCall role="customer">support</MultiPartyCall>'})
    async with emulator(receiver) as plivo, in_memory(plivo) as client:
        call = await called(plivo)
        await client.calls(call.call_uuid).transfer(aleg_url=other)
        await plivo.delivered()
        assert plivo.conferences["support"].present == 1
        assert plivo.conferences["sales"].status == "Ended"
        assert receiver.told[-1]["CallStatus"] == "in-progress"


async def test_a_participant_that_is_moved_goes_on_when_it_has_left() -> None:
    """Into another conference by the API: that doesn't end the XML."""
    text = '<MultiPartyCall role="customer">sales</MultiPartyCall><Wait length="60"/>'
    async with emulator(receiving({ANSWER: text})) as plivo, in_memory(plivo) as client:
        call = await called(plivo)
        await client.mpc("support").add_participant(role="customer", call_uuid=call.call_uuid)
        await plivo.delivered()
        assert plivo.conferences["support"].present == 1
        await client.mpc("support").stop()
        await plivo.delivered()
        assert call.leg.live
        await anyio.sleep(61)
        assert ended(call) == (4010, "Plivo")


# ---- What can't be had, or understood -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 404, 302])
async def test_an_answer_url_that_fails(status: int) -> None:
    """Asked three times (a redirect once), then 7011: answered by nobody."""
    receiver = Receiver(lambda _: status)
    async with emulator(receiver) as plivo:
        call = await called(plivo)
        assert len(receiver.requests) == (1 if status == 302 else 3)
        assert ended(call) == (7011, "Error")
        assert call.leg.answered_at is None
        [(line, why)] = call.refused
        assert (line, f"refused {status}" in why) == (0, True)


async def test_an_answer_url_that_is_silent() -> None:
    """No more than 60 seconds, then the fallback URL is asked."""
    fallback = "http://app.example/fallback"
    receiver = receiving({fallback: '<Wait length="9"/>'})

    async def deliver(request: Any) -> Any:
        if request.url == ANSWER:
            await anyio.sleep_forever()
        return await receiver(request)

    async with Emulator(port=None, deliver=deliver) as plivo:
        began = anyio.current_time()
        call = await called(plivo, fallback_url=fallback)
        assert anyio.current_time() - began == pytest.approx(60)
        assert call.leg.live
        assert receiver.told[0]["Event"] == "StartApp"


async def test_a_fallback_that_fails_too() -> None:
    """7011."""
    receiver = Receiver(lambda _: 500)
    async with emulator(receiver) as plivo:
        call = await called(plivo, fallback_url="http://app.example/fallback", hangup_url=STATUS)
        assert ended(call) == (7011, "Error")
        await plivo.delivered()
        assert [one.url for one in receiver.requests] == [ANSWER] * 3 + ["http://app.example/fallback", STATUS]
        assert receiver.told[-1]["HangupCauseCode"] == "7011"


@pytest.mark.parametrize("body", [b"", b"hello", b"<Response>&</Response>", b"<html/>", b"<Response>" + b" " * 200_000])
async def test_xml_that_can_not_be_parsed(body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """8011; where and why is told, in a warning as well."""
    async with emulator(Receiver(lambda _: CallbackAnswer(body=body))) as plivo:
        with caplog.at_level(logging.WARNING, "plivo_async.emulator"):
            call = await called(plivo)
        assert ended(call) == (8011, "Error")
        [(line, why)] = call.refused
        assert f"line {line}: {why}" in caplog.text


@pytest.mark.parametrize(("refused_xml", "cause"), [("skipped", 4010), ("ends", 8011)])
async def test_what_is_refused_is_left_out_or_ends_the_call(refused_xml: Any, cause: int) -> None:
    """A setting; told with its line either way."""
    receiver = Receiver(lambda _: xml("\n<Sing>la</Sing>"))
    async with emulator(receiver, settings=Settings(refused_xml=refused_xml)) as plivo:
        call = await called(plivo)
        assert call.refused == [(2, "<Sing> is not known here")]
        assert ended(call)[0] == cause


async def test_another_content_type_is_told() -> None:
    """The XML is carried out all the same."""
    async with emulator(Receiver(lambda _: xml("<Wait/>", "text/html; charset=utf-8"))) as plivo:
        call = await called(plivo)
        assert call.leg.live
        assert "text/html" in call.refused[0][1]


async def test_an_empty_response_answers_and_ends() -> None:
    """4010."""
    async with emulator(Receiver(lambda _: xml(""))) as plivo:
        call = await called(plivo)
        assert ended(call) == (4010, "Plivo")
        assert call.leg.outcome == "answered"


# ---- The other elements ---------------------------------------------------------------------------------------------


async def test_sounds_take_their_time() -> None:
    """By the settings, and as often as they say; for ever with `loop="0"`."""
    text = '<Speak loop="2">Hello</Speak><Play>http://a/b.mp3</Play><Wait length="7"/><Play loop="0">http://a/c</Play>'
    receiver = receiving({ANSWER: text})
    async with emulator(receiver, settings=Settings(speak_seconds=1.5, play_seconds=4.0)) as plivo:
        call = await called(plivo)
        seen = []
        for _ in range(20):
            await anyio.sleep(1)
            plivo.calls  # noqa: B018  (a look)
            seen.append(call.leg.speaking or call.leg.playing or "")
        assert seen.count("Hello") in (2, 3)
        assert seen.count("http://a/b.mp3") == 4
        assert seen.count("") == 7
        plivo.advance(3000)
        await plivo.delivered()
        assert call.leg.live


async def test_time_that_is_put_forward_passes_for_xml() -> None:
    """An hour of music in no time."""
    async with emulator(receiving({ANSWER: '<Wait length="3600"/>'})) as plivo:
        call = await called(plivo)
        plivo.advance(3599)
        await plivo.delivered()
        assert call.leg.live
        plivo.advance(1)
        await plivo.delivered()
        assert ended(call) == (4010, "Plivo")


@pytest.mark.parametrize(
    ("text", "cause", "outcome"),
    [
        ('<Hangup reason="rejected"/>', (3020, "Answer XML"), "rejected"),
        ('<Hangup reason="busy"/>', (3010, "Answer XML"), "busy"),
        ('<PreAnswer><Speak>No</Speak></PreAnswer><Hangup reason="busy"/>', (3010, "Answer XML"), "busy"),
        ("<Hangup/>", (4000, "Answer XML"), "answered"),
        ('<Wait/><Hangup reason="busy"/>', (4000, "Answer XML"), "answered"),
        ('<Hangup schedule="2"/><Wait length="99"/>', (6000, "Plivo"), "answered"),
    ],
)
async def test_hanging_up(text: str, cause: tuple[int, str], outcome: str) -> None:
    """Before the answer with a reason of its own."""
    async with emulator(receiving({ANSWER: text})) as plivo:
        call = await called(plivo)
        await anyio.sleep(5)
        assert ended(call) == cause
        assert call.leg.outcome == outcome


async def test_before_the_answer_it_rings() -> None:
    """`<PreAnswer>` is heard, and not charged; the caller may give up."""
    async with emulator(receiving({ANSWER: "<PreAnswer><Wait length='9'/></PreAnswer><Wait/>"})) as plivo:
        call = await called(plivo)
        other = await called(plivo, from_="442071838751")
        assert call.leg.status == "ringing"
        with pytest.raises(ValueError, match="ringing"):
            call.press("1")
        other.hang_up()
        await anyio.sleep(9.5)
        assert call.leg.live
        assert (ended(other), other.leg.outcome) == ((4000, "Caller"), "cancelled")
        with pytest.raises(ValueError, match="is over"):
            other.hang_up()


async def test_a_redirect_is_followed() -> None:
    """By its method, and with what an answer URL is told."""
    text = f'<Redirect method="GET">{ACTION}</Redirect><Hangup/>'
    receiver = receiving({ANSWER: text, ACTION: '<Wait length="9"/>'})
    async with emulator(receiver) as plivo:
        call = await called(plivo)
        assert call.leg.live
        assert receiver.requests[1].method == "GET"
        assert receiver.told[1]["CallStatus"] == "in-progress"


@pytest.mark.parametrize(("answer", "cause"), [(500, 7014), (CallbackAnswer(body=b"<"), 8014)])
async def test_a_redirect_that_fails(answer: Any, cause: int) -> None:
    """Its own causes."""
    receiver = Receiver()

    def answering(_: dict[str, str]) -> Any:
        return xml(f"<Redirect>{ACTION}</Redirect>") if receiver.requests[-1].url == ANSWER else answer

    receiver.answering = answering
    async with emulator(receiver) as plivo:
        assert ended(await called(plivo)) == (cause, "Error")


async def test_a_redirect_to_where_callbacks_may_not_go() -> None:
    """It ends the call, and says why."""
    receiver = receiving({ANSWER: f"<Redirect>{ACTION}</Redirect>"})
    async with emulator(receiver) as plivo:
        object.__setattr__(plivo._courier._rules, "hosts", frozenset({"app.example:80"}))
        receiver.answering = lambda _: xml("<Redirect>http://elsewhere.example/</Redirect>")
        call = await called(plivo)
        assert ended(call) == (7014, "Error")
        assert "callbacks_to" in call.refused[0][1]


@pytest.mark.parametrize(
    ("pressed", "pauses", "digits"),
    [("12#", 0, "12"), ("1234567", 0, "1234"), ("12", 0, "12"), ("1", 0, "1"), ("#", 0, None), ("", 0, None)],
)
async def test_digits_are_gathered(pressed: str, pauses: int, digits: str | None) -> None:
    """Until there are enough, the key that ends them, or a pause; without any, the next element follows."""
    how = f'inputType="dtmf" numDigits="4" action="{ACTION}" executionTimeout="5"'
    text = f"<GetInput {how}><Speak>Key?</Speak></GetInput>"
    receiver = receiving({ANSWER: f'{text}<Wait length="99"/>', ACTION: '<Wait length="99"/>'})
    async with emulator(receiver) as plivo:
        call = await called(plivo)
        for key in pressed:
            call.press(key)
        await anyio.sleep(10)
        told = [one["Digits"] for one in receiver.told if "Digits" in one]
        assert told == ([] if digits is None else [digits])
        assert call.leg.live


async def test_digits_that_come_too_late() -> None:
    """After the pause what was pressed counts."""
    text = f'<GetInput inputType="dtmf" action="{ACTION}" digitEndTimeout="3" redirect="false"/><Wait length="99"/>'
    receiver = receiving({ANSWER: text})
    async with emulator(receiver) as plivo:
        call = await called(plivo)
        for wait in (4, 2, 2, 4, 1):
            await anyio.sleep(wait)
            call.press("7")
        await plivo.delivered()
        assert [one["Digits"] for one in receiver.told if "Digits" in one] == ["777"]
        assert plivo.deliveries[-1].event == "GetInput"


async def test_a_recording_by_xml() -> None:
    """Until a key is pressed; the action and the callback are told by the names of `<Record>`."""
    text = f'<Record action="{ACTION}" callbackUrl="{STATUS}" finishOnKey="#" fileFormat="wav"/>'
    receiver = receiving({ANSWER: text, ACTION: '<Wait length="9"/>'})
    async with emulator(receiver) as plivo:
        call = await called(plivo)
        await anyio.sleep(5)
        call.press("1")
        await plivo.delivered()
        assert call.leg.made[0].open
        call.press("#")
        await plivo.delivered()
        callback, action = receiver.told[1:]
        assert {"RecordUrl", "RecordingID", "RecordingDuration", "RecordingEndMs"} <= set(callback)
        assert (action["Digits"], action["RecordingDuration"]) == ("1#", "5")
        assert action["RecordUrl"].endswith(".wav")
        assert call.leg.live


async def test_a_recording_of_the_session() -> None:
    """The rest goes on; it is told at the end of the call."""
    text = f'<Record recordSession="true" callbackUrl="{STATUS}"/><Wait length="9"/>'
    receiver = receiving({ANSWER: text})
    async with emulator(receiver) as plivo:
        call = await called(plivo)
        await anyio.sleep(10)
        await plivo.delivered()
        assert ended(call) == (4010, "Plivo")
        assert receiver.told[-1]["RecordingDuration"] == "9"


async def test_a_recording_is_as_long_as_it_may_be() -> None:
    """60 s, unless `maxLength` says so."""
    async with emulator(receiving({ANSWER: '<Record/><Record maxLength="5"/>'})) as plivo:
        call = await called(plivo)
        await anyio.sleep(66)
        assert [one.duration for one in call.leg.made] == [60, 5]
        assert ended(call) == (4010, "Plivo")


async def test_dialling_somebody() -> None:
    """The first to answer is connected; the others have lost the race; the action is told how it went."""
    numbers = "<Number>14157654321</Number><Number>14157654322</Number>"
    text = f'<Dial action="{ACTION}" callerId="14155550100">{numbers}</Dial>'
    receiver = receiving({ANSWER: text, ACTION: "<Hangup/>"})
    async with emulator(receiver) as plivo:
        plivo.phone("14157654321").answers(after=3, talks=10)
        plivo.phone("14157654322").answers(after=9)
        call = await called(plivo)
        await anyio.sleep(5)
        first, second = (plivo.phone(f"1415765432{number}").calls[0] for number in (1, 2))
        assert (first.status, second.hangup_cause_code, first.from_) == ("in-progress", 9000, "14155550100")
        assert first.parent_call_uuid == call.call_uuid
        await anyio.sleep(10)
        action = receiver.told[-1]
        assert (action["DialStatus"], action["DialBLegUUID"]) == ("completed", first.call_uuid)
        assert ended(call) == (4000, "Answer XML")


@pytest.mark.parametrize(
    ("does", "status"),
    [("busy", "busy"), ("rejects", "busy"), ("invalid", "failed"), ("never_answers", "no-answer")],
)
async def test_nobody_answers_who_is_dialled(does: str, status: str) -> None:
    """The call goes on."""
    text = f'<Dial action="{ACTION}" timeout="9" redirect="false"><User>sip:agent@example.com</User></Dial><Wait/>'
    receiver = receiving({ANSWER: text})
    async with emulator(receiver) as plivo:
        getattr(plivo.phone("sip:agent@example.com"), does)()
        call = await called(plivo)
        await anyio.sleep(20)
        assert receiver.told[-1]["DialStatus"] == status
        assert ended(call) == (4010, "Plivo")


async def test_who_is_dialled_is_hung_up_with_the_caller() -> None:
    """Ringing or connected; `hangupOnStar` ends it without the caller."""
    text = '<Dial hangupOnStar="true"><Number>14157654321</Number></Dial><Wait length="99"/>'
    async with emulator(receiving({ANSWER: text})) as plivo:
        phone = plivo.phone("14157654321").answers(after=2)
        ringing = await called(plivo)
        await anyio.sleep(1)
        ringing.hang_up()
        starred = await called(plivo)
        await anyio.sleep(3)
        starred.press("*")
        await plivo.delivered()
        connected = await called(plivo)
        await anyio.sleep(3)
        connected.hang_up()
        await plivo.delivered()
        legs = phone.calls
        assert [one.over for one in legs] == [True, True, True]
        assert [one.outcome for one in legs] == ["cancelled", "answered", "answered"]
        assert starred.leg.live


# ---- By applications, and for calls that are made -------------------------------------------------------------------


async def test_a_number_leads_to_its_application() -> None:
    """Its answer URL, its fallback and its hangup URL count."""
    receiver = receiving({ANSWER: "<Wait/>"})
    async with emulator(receiver) as plivo, in_memory(plivo) as client:
        arguments = {"app_name": "app", "answer_url": ANSWER, "answer_method": "GET", "hangup_url": STATUS}
        made = await client.request("POST", "Application/", json=arguments)
        plivo.add_number("14155550123", app_id=made["app_id"])
        call = plivo.incoming_call(from_=CALLER, to="+14155550123")
        await anyio.sleep(5)
        assert [one.method for one in receiver.requests] == ["GET", "POST"]
        assert receiver.told[1]["Event"] == "Hangup"
        assert ended(call) == (4010, "Plivo")
        with pytest.raises(ValueError, match="leads to no application"):
            plivo.incoming_call(from_=CALLER, to="14155550999")


async def test_a_call_that_is_made_is_answered_by_xml() -> None:
    """Ring, answer and hangup are told, and what the answer URL says is carried out."""
    receiver = receiving({ANSWER: '<MultiPartyCall role="agent">sales</MultiPartyCall>'})
    async with emulator(receiver) as plivo, in_memory(plivo) as client:
        await client.calls.make(
            from_="+14151234567",
            to="+14157654321",
            answer_url=ANSWER,
            ring_url="http://app.example/ring",
            hangup_url=STATUS,
        )
        await anyio.sleep(2)
        assert plivo.conferences["sales"].present == 1
        plivo.phone("14157654321").hang_up()
        await plivo.delivered()
        assert receiver.events == ["Ring", "StartApp", "Hangup"]
        assert [one["CallStatus"] for one in receiver.told] == ["ringing", "in-progress", "completed"]


async def test_fallbacks_of_applications_and_of_calls_that_are_made() -> None:
    """Asked when the answer URL has failed three times."""
    fallback = "http://app.example/fallback"
    receiver = Receiver()

    def answering(_: dict[str, str]) -> Any:
        return 500 if receiver.requests[-1].url == ANSWER else xml("<Wait length='9'/>")

    receiver.answering = answering
    async with emulator(receiver) as plivo, in_memory(plivo) as client:
        arguments = {"app_name": "app", "answer_url": ANSWER, "fallback_answer_url": fallback}
        made = await client.request("POST", "Application/", json=arguments)
        plivo.add_number("14155550123", app_id=made["app_id"])
        call = plivo.incoming_call(from_=CALLER, to="14155550123")
        await plivo.delivered()
        assert call.leg.live
        await client.calls.make(
            from_="+14151234567", to="+14157654321", answer_url=ANSWER, fallback_url=fallback, fallback_method="GET"
        )
        await anyio.sleep(1.5)
        await plivo.delivered()
        assert plivo.phone("14157654321").calls[0].live
        assert [one.method for one in receiver.requests if one.url.startswith(fallback)] == ["POST", "GET"]


@pytest.mark.parametrize(
    "options",
    [
        {"answer_url": "ftp://h/"},
        {"answer_url": ANSWER, "answer_method": "PUT"},
        {"answer_url": ANSWER, "fallback_url": "h"},
        {"answer_url": ANSWER, "from_": ""},
        {"answer_url": "https://example.com/a?token=secret"},
    ],
)
async def test_arguments_of_an_incoming_call(options: dict[str, Any]) -> None:
    """Before anybody calls, and without what is secret."""
    async with Emulator(port=None, callbacks_to=["app.example"]) as plivo:
        with pytest.raises(ValueError, match=r"answer|fallback|number") as found:
            plivo.incoming_call(**{"from_": CALLER, **options})
        assert "secret" not in str(found.value)
        assert not plivo.calls


async def test_keys_of_an_incoming_call_are_checked() -> None:
    """One or more of twelve."""
    async with emulator(receiving({ANSWER: "<Wait length='9'/>"})) as plivo:
        call = await called(plivo)
        for keys in ("", "12a", "²"):
            with pytest.raises(ValueError, match="keys"):
                call.press(keys)
        assert repr(call) == f"<IncomingCall {call.call_uuid} in-progress>"


@pytest.mark.parametrize("after", [0.0, 1.0, 4.0, 8.0, 20.0])
async def test_the_end_of_the_emulator_ends_conversations(after: float) -> None:
    """Whatever they wait for; nothing is left, and nothing raises."""
    texts = {
        ANSWER: '<Wait length="3"/><Dial><Number>14157654321</Number></Dial>',
        ACTION: '<GetInput inputType="dtmf"/><MultiPartyCall role="agent">sales</MultiPartyCall>',
    }
    receiver = receiving(texts)
    receiver.takes = 0.5
    async with emulator(receiver) as plivo:
        plivo.phone("14157654321").answers(after=3)
        plivo.incoming_call(from_=CALLER, answer_url=ANSWER)
        plivo.incoming_call(from_=CALLER, answer_url=ACTION)
        await anyio.sleep(after)
    assert plivo._courier.busy == 0
    assert not plivo._conversations._running


async def test_nothing_is_sent_before_it_runs_or_afterwards() -> None:
    """Whoever asks for it is told so."""
    plivo = emulator(receiving({ANSWER: ""}))
    for again in (False, True):
        with pytest.raises(RuntimeError, match="not running"):
            plivo.incoming_call(from_=CALLER, answer_url=ANSWER)
        with pytest.raises(RuntimeError, match="not running"):
            await plivo.delivered()
        if not again:
            async with plivo:
                await called(plivo)
    with pytest.raises(RuntimeError, match="not running"):
        await plivo.resend(plivo.deliveries[0])


@pytest.mark.parametrize("steps", range(0, 60, 3))
async def test_the_end_of_the_emulator_at_any_step(steps: int) -> None:
    """A call that is fetched, put into a conference, dialled for; events that are told: cut off wherever they are."""
    texts = {
        ANSWER: f'<MultiPartyCall role="agent" statusCallbackUrl="{STATUS}">sales</MultiPartyCall>',
        ACTION: f'<Dial action="{STATUS}"><Number>14157654321</Number></Dial>',
    }
    receiver = receiving(texts)
    async with emulator(receiver) as plivo:
        plivo.phone("14157654321").answers(after=0)
        plivo.incoming_call(from_=CALLER, answer_url=ANSWER)
        plivo.incoming_call(from_=CALLER, answer_url=ACTION)
        for _ in range(steps):
            await anyio.lowlevel.checkpoint()
    sent = len(receiver.requests)
    assert (plivo._courier.busy, plivo._conversations._running) == (0, {})
    assert not any(leg.watcher for leg in plivo.calls.values() if leg.direction == "inbound")
    await anyio.sleep(100)
    assert len(receiver.requests) == sent


async def test_what_was_put_down_for_later_is_no_matter_once_a_call_is_over() -> None:
    """The end of a wait that nobody waits for any more keeps nobody waiting."""
    async with emulator(receiving({ANSWER: '<Wait length="9"/>'})) as plivo:
        call = await called(plivo)
        call.hang_up()
        await plivo.delivered()
        plivo.advance(60)
        with anyio.fail_after(60):
            await plivo.delivered()
