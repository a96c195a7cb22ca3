"""The XML that goes out: what is written, what is refused, and that Plivo's own package writes the same."""

import copy
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plivo import plivoxml

from plivo_async import InvalidArgumentError, xml
from plivo_async.wire._participant_checks import DIAL_OPTIONS, OPTIONS
from plivo_async.xml._element import Element, spelt
from plivo_async.xml._multi_party_call import _ORDER

HOOK = "https://example.com/hook?a=1&b=<2>"
ATTRIBUTES: dict[str, Any] = {
    "max_duration": 600,
    "max_participants": 3,
    "record_min_member_count": 2,
    "wait_music_url": HOOK,
    "wait_time": 30,
    "agent_hold_music_url": HOOK,
    "customer_hold_music_url": HOOK,
    "record": True,
    "record_participant_track": False,
    "record_file_format": "wav",
    "recording_callback_url": HOOK,
    "start_recording_audio": HOOK,
    "stop_recording_audio": HOOK,
    "status_callback_url": HOOK,
    "status_callback_events": ["mpc-state-changes", "participant-state-changes"],
    "stay_alone": True,
    "coach_mode": False,
    "mute": True,
    "hold": False,
    "start_mpc_on_enter": False,
    "end_mpc_on_exit": True,
    "enter_sound": "beep:2",
    "exit_sound": HOOK,
    "on_exit_action_url": HOOK,
    "relay_dtmf_inputs": True,
    "transcript": True,
    "transcription_url": HOOK,
}
"""What both packages know; methods are tried with their URLs."""
ONLY_OURS: dict[str, Any] = {"wait_for_agent": True, "record_coach_voice": False}
OF_AI_AGENTS: dict[str, Any] = {
    "ai_agent_stream_service_url": "https://example.com/stream",
    "ai_agent_stream_content_type": "audio/x-mulaw;rate=8000",
    "ai_agent_stream_status_callback_url": HOOK,
    "ai_agent_stream_status_callback_method": "GET",
    "ai_agent_stream_sampling_rate": 8000,
    "ai_agent_stream_extra_headers": "a=1",
}
METHODS = {f"{name.removesuffix('_url')}_method": name for name, value in ATTRIBUTES.items() if value == HOOK}
METHODS.pop("transcription_method")


def tree(text: str) -> ElementTree.Element:
    """The XML, read."""
    return ElementTree.fromstring(text)  # noqa: S314  # our own


def same(ours: Element, theirs: Any) -> None:
    """Both write the same tree."""
    response = plivoxml.ResponseElement()
    response.add(theirs)
    told = tree(xml.Response(ours).to_xml())  # type: ignore[arg-type]
    assert ElementTree.canonicalize(ElementTree.tostring(told)) == ElementTree.canonicalize(response.to_string(False))


def test_a_caller_waits() -> None:
    """What design and documents show."""
    answer = xml.Response(xml.MultiPartyCall("support-4812", role="customer", start_mpc_on_enter=False))
    assert answer.to_xml() == (
        '<?xml version="1.0" encoding="utf-8"?><Response>'
        '<MultiPartyCall role="customer" startMpcOnEnter="false">support-4812</MultiPartyCall></Response>'
    )
    assert xml.Response().to_xml() == '<?xml version="1.0" encoding="utf-8"?><Response></Response>'


# ---- The official package -------------------------------------------------------------------------------------------


def same_but_for_defaults(given: dict[str, Any]) -> None:
    """Both write the same for what is given; all else Plivo's package writes out, and we leave to Plivo."""
    theirs = {name: ",".join(value) if isinstance(value, list) else value for name, value in given.items()}
    told = plivoxml.MultiPartyCallElement("room & <1>", role="supervisor", **theirs)
    defaults = plivoxml.MultiPartyCallElement("room & <1>", role="supervisor").to_dict()
    ours = tree(xml.Response(xml.MultiPartyCall("room & <1>", role="supervisor", **given)).to_xml())[0]
    assert {spelt(name) for name in given} <= set(ours.attrib)
    assert {**defaults, **ours.attrib} == told.to_dict()
    assert ours.text == told.content


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_each_attribute_is_the_official_ones(name: str) -> None:
    """Its name and its value, as Plivo's package writes them."""
    same_but_for_defaults({name: ATTRIBUTES[name]})


@pytest.mark.parametrize("method", METHODS)
def test_each_method_is_the_official_ones(method: str) -> None:
    """Beside its URL; without it, it is refused."""
    same_but_for_defaults({METHODS[method]: HOOK, method: "GET"})
    alone: Any = {method: "GET"}
    with pytest.raises(InvalidArgumentError) as caught:
        xml.MultiPartyCall("room", role="agent", **alone)
    assert caught.value.argument == method


def test_methods_that_the_sources_disagree_about_are_always_written() -> None:
    """POST, unless another one is given."""
    waiting = xml.MultiPartyCall("room", role="agent", status_callback_url=HOOK, recording_callback_url=HOOK)
    found = tree(xml.Response(waiting).to_xml())[0].attrib
    assert (found["statusCallbackMethod"], found["recordingCallbackMethod"]) == ("POST", "POST")


def test_all_attributes_together() -> None:
    """And those that Plivo's package doesn't know yet, as the newest documents spell them."""
    every = xml.MultiPartyCall("room", role="supervisor", **ATTRIBUTES, **ONLY_OURS)
    found = tree(xml.Response(every).to_xml())[0].attrib
    assert {spelt(name) for name in (*ATTRIBUTES, *ONLY_OURS)} <= set(found)
    assert (found["waitForAgent"], found["recordCoachVoice"], found["relayDTMFInputs"]) == ("true", "false", "true")
    robot = tree(xml.Response(xml.MultiPartyCall("room", role="ai-agent", **OF_AI_AGENTS)).to_xml())[0].attrib
    assert robot["aiAgentStreamServiceUrl"] == "https://example.com/stream"
    assert robot["aiAgentStreamSamplingRate"] == "8000"
    assert set(robot) == {"role", *(spelt(name) for name in OF_AI_AGENTS)}


OTHERS: list[tuple[Any, Any]] = [
    (
        xml.Speak("5 < 6 & \"7\" > 'ö'\n", voice="MAN", language="en-GB", loop=0),
        plivoxml.SpeakElement("5 < 6 & \"7\" > 'ö'\n", voice="MAN", language="en-GB", loop=0),
    ),
    (xml.Play(HOOK, loop=2), plivoxml.PlayElement(HOOK, loop=2)),
    (
        xml.Wait(length=3, silence=True, min_silence=500, beep=False),
        plivoxml.WaitElement(length=3, silence=True, min_silence=500, beep=False),
    ),
    (xml.Redirect(HOOK, method="GET"), plivoxml.RedirectElement(HOOK, method="GET")),
    (xml.Hangup(reason="busy", schedule=60), plivoxml.HangupElement(reason="busy", schedule=60)),
    (
        xml.Record(
            action=HOOK,
            method="GET",
            redirect=False,
            file_format="wav",
            timeout=3,
            max_length=20,
            play_beep=True,
            finish_on_key="#*",
            record_session=False,
            start_on_dial_answer=True,
            transcription_type="auto",
            transcription_url=HOOK,
            transcription_method="POST",
            callback_url=HOOK,
            callback_method="GET",
            record_channel_type="stereo",
        ),
        plivoxml.RecordElement(
            action=HOOK,
            method="GET",
            redirect=False,
            file_format="wav",
            timeout=3,
            max_length=20,
            play_beep=True,
            finish_on_key="#*",
            record_session=False,
            start_on_dial_answer=True,
            transcription_type="auto",
            transcription_url=HOOK,
            transcription_method="POST",
            callback_url=HOOK,
            callback_method="GET",
            record_channel_type="stereo",
        ),
    ),
    (
        xml.Dial(
            xml.Number("+14151234567", send_digits="ww12@500", send_on_preanswer=True),
            xml.User("sip:anna@phone.plivo.com", send_digits="1", send_on_preanswer=False, sip_headers={"a": "1"}),
            action=HOOK,
            method="GET",
            redirect=True,
            hangup_on_star=True,
            time_limit=60,
            timeout=20,
            caller_id="14150000000",
            caller_name="Anna",
            confirm_sound=HOOK,
            confirm_key="1",
            dial_music="real",
            callback_url=HOOK,
            callback_method="POST",
            digits_match="1,2",
            digits_match_b_leg="3",
            sip_headers={"k": "v"},
        ),
        plivoxml.DialElement(
            action=HOOK,
            method="GET",
            redirect=True,
            hangup_on_star=True,
            time_limit=60,
            timeout=20,
            caller_id="14150000000",
            caller_name="Anna",
            confirm_sound=HOOK,
            confirm_key="1",
            dial_music="real",
            callback_url=HOOK,
            callback_method="POST",
            digits_match="1,2",
            digits_match_b_leg="3",
            sip_headers="k=v",
        )
        .add(plivoxml.NumberElement("+14151234567", send_digits="ww12@500", send_on_preanswer=True))
        .add(
            plivoxml.UserElement(
                "sip:anna@phone.plivo.com", send_digits="1", send_on_preanswer=False, sip_headers="a=1"
            )
        ),
    ),
    (
        xml.GetInput(
            xml.Speak("Press 1"),
            xml.Play(HOOK),
            xml.Wait(length=1),
            action=HOOK,
            method="GET",
            redirect=True,
            input_type="dtmf speech",
            execution_timeout=5,
            digit_end_timeout=2,
            speech_end_timeout=3,
            finish_on_key="none",
            num_digits=1,
            speech_model="phone_call",
            hints="one,two",
            language="en-US",
            interim_speech_results_callback=HOOK,
            interim_speech_results_callback_method="GET",
            log=False,
            profanity_filter=True,
        ),
        plivoxml.GetInputElement(
            action=HOOK,
            method="GET",
            redirect=True,
            input_type="dtmf speech",
            execution_timeout=5,
            digit_end_timeout=2,
            speech_end_timeout=3,
            finish_on_key="none",
            num_digits=1,
            speech_model="phone_call",
            hints="one,two",
            language="en-US",
            interim_speech_results_callback=HOOK,
            interim_speech_results_callback_method="GET",
            log=False,
            profanity_filter=True,
        )
        .add_speak("Press 1")
        .add_play(HOOK)
        .add_wait(1),
    ),
    (
        xml.PreAnswer(xml.Speak("Hello"), xml.Play(HOOK), xml.Wait(length=1), xml.Redirect(HOOK)),
        plivoxml.PreAnswerElement()
        .add(plivoxml.SpeakElement("Hello"))
        .add(plivoxml.PlayElement(HOOK))
        .add(plivoxml.WaitElement(1))
        .add(plivoxml.RedirectElement(HOOK)),
    ),
]


def test_time_outs_may_be_left_to_plivo() -> None:
    """As its documents say; its package takes numbers alone."""
    asked = xml.GetInput(action=HOOK, digit_end_timeout="auto", speech_end_timeout="auto")
    found = tree(xml.Response(asked).to_xml())[0].attrib
    assert (found["digitEndTimeout"], found["speechEndTimeout"]) == ("auto", "auto")


@pytest.mark.parametrize(("ours", "theirs"), OTHERS, ids=[type(ours).__name__ for ours, _ in OTHERS])
def test_each_element_is_the_official_one(ours: Element, theirs: Any) -> None:
    """With all of its attributes and what stands in it."""
    same(ours, theirs)


# ---- What is refused ------------------------------------------------------------------------------------------------

REFUSED: list[tuple[Any, str]] = [
    (lambda: xml.MultiPartyCall("", role="agent"), "name"),
    (lambda: xml.MultiPartyCall(" \u00a0", role="agent"), "name"),
    (lambda: xml.MultiPartyCall(" room", role="agent"), "name"),
    (lambda: xml.MultiPartyCall("room\u00a0", role="agent"), "name"),
    (lambda: xml.MultiPartyCall("a\nb", role="agent"), "name"),
    (lambda: xml.MultiPartyCall("a\ud800", role="agent"), "name"),
    (lambda: xml.MultiPartyCall("a\ufffe", role="agent"), "name"),
    (lambda: xml.MultiPartyCall("room", role="Agent"), "role"),  # type: ignore[arg-type]
    (lambda: xml.MultiPartyCall("room", role="agent", max_duration=299), "max_duration"),
    (lambda: xml.MultiPartyCall("room", role="agent", max_participants=11), "max_participants"),
    (lambda: xml.MultiPartyCall("room", role="agent", wait_time=1801), "wait_time"),
    (lambda: xml.MultiPartyCall("room", role="agent", wait_music_url="example.com"), "wait_music_url"),
    (lambda: xml.MultiPartyCall("room", role="agent", coach_mode=True), "coach_mode"),
    (lambda: xml.MultiPartyCall("room", role="agent", status_callback_events=[]), "status_callback_events"),
    (lambda: xml.MultiPartyCall("room", role="agent", enter_sound="beep:3"), "enter_sound"),
    (lambda: xml.MultiPartyCall("room", role="agent", exit_sound="none", exit_sound_method="GET"), "exit_sound_method"),
    (lambda: xml.MultiPartyCall("room", role="agent", ai_agent_stream_service_url=HOOK), "ai_agent_stream_service_url"),
    (lambda: xml.Speak(""), "text"),
    (lambda: xml.Speak("a\x00b"), "text"),
    (lambda: xml.Speak("a\x1b"), "text"),
    (lambda: xml.Speak("a\uffff"), "text"),
    (lambda: xml.Speak("a", voice="Anna"), "voice"),
    (lambda: xml.Speak("a", language="english, please"), "language"),
    (lambda: xml.Speak("a", loop=-1), "loop"),
    (lambda: xml.Play("hello.mp3"), "url"),
    (lambda: xml.Wait(length=0), "length"),
    (lambda: xml.Redirect("/next"), "url"),
    (lambda: xml.Hangup(reason="tired"), "reason"),  # type: ignore[arg-type]
    (lambda: xml.Hangup(schedule=0), "schedule"),
    (lambda: xml.Dial(), "whom"),
    (lambda: xml.Dial(xml.Number("1"), method="GET"), "method"),
    (lambda: xml.Dial(xml.Number("1"), callback_method="GET"), "callback_method"),
    (lambda: xml.Dial(xml.Number("1"), confirm_key="1"), "confirm_key"),
    (lambda: xml.Dial(xml.Number("1"), caller_name="x" * 51), "caller_name"),
    (lambda: xml.Dial(xml.Number("1"), dial_music="jazz"), "dial_music"),
    (lambda: xml.Dial(xml.Number("1"), sip_headers={"a": "1,2"}), "sip_headers"),
    (lambda: xml.Number("1<2"), "number"),
    (lambda: xml.Number("1 "), "number"),
    (lambda: xml.Number("1", send_digits="one"), "send_digits"),
    (lambda: xml.User(""), "address"),
    (lambda: xml.Record(max_length=1), "max_length"),
    (lambda: xml.Record(finish_on_key="any"), "finish_on_key"),
    (lambda: xml.Record(transcription_method="GET"), "transcription_method"),
    (lambda: xml.GetInput(action="next"), "action"),
    (lambda: xml.GetInput(action=HOOK, execution_timeout=4), "execution_timeout"),
    (lambda: xml.GetInput(action=HOOK, digit_end_timeout=11), "digit_end_timeout"),
    (lambda: xml.GetInput(action=HOOK, speech_end_timeout="never"), "speech_end_timeout"),  # type: ignore[arg-type]
    (lambda: xml.GetInput(action=HOOK, finish_on_key="12"), "finish_on_key"),
    (lambda: xml.Response(*[xml.Speak("x" * 1000)] * 100), "steps"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "argument"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_meant_is_refused(make: Any, argument: str) -> None:
    """When it is made, with the argument's name; no message shows a URL, a number or a text."""
    with pytest.raises((InvalidArgumentError, TypeError)) as caught:
        make()
    if isinstance(caught.value, InvalidArgumentError):
        assert caught.value.argument == argument
    assert argument in str(caught.value)
    assert "example.com/hook" not in str(caught.value)


WRONG: list[Any] = [
    lambda: xml.MultiPartyCall(5, role="agent"),  # type: ignore[arg-type]
    lambda: xml.MultiPartyCall("room"),  # type: ignore[call-arg]
    lambda: xml.MultiPartyCall("room", role="agent", record="true"),  # type: ignore[arg-type]
    lambda: xml.MultiPartyCall("room", role="agent", to="1"),  # type: ignore[call-arg]
    lambda: xml.Speak(None),  # type: ignore[arg-type]
    lambda: xml.Wait(length=True),
    lambda: xml.GetInput(action=None),  # type: ignore[arg-type]
    lambda: xml.Response("<Hangup/>"),  # type: ignore[arg-type]
    lambda: xml.Response(xml.Number("1")),  # type: ignore[arg-type]
    lambda: xml.Response(xml.Response()),  # type: ignore[arg-type]
    lambda: xml.Dial(xml.Speak("a")),  # type: ignore[arg-type]
    lambda: xml.GetInput(xml.Hangup(), action=HOOK),  # type: ignore[arg-type]
    lambda: xml.PreAnswer(xml.MultiPartyCall("room", role="agent")),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("make", WRONG, ids=range(len(WRONG)))
def test_wrong_types_and_wrong_nesting_are_mistakes(make: Any) -> None:
    """A TypeError, when it is made."""
    with pytest.raises(TypeError):
        make()


def test_it_knows_every_option_of_add_participant() -> None:
    """But those of dialling, and the one that XML hasn't; with the same checks."""
    shared = set(OPTIONS) - set(DIAL_OPTIONS) - {"create_mpc_with_single_participant"}
    assert shared <= set(_ORDER)
    assert set(_ORDER) - shared == {"wait_time", "wait_for_agent", "record_coach_voice", *OF_AI_AGENTS}
    assert {name for name in shared if xml.MultiPartyCall._CHECKS[name] is not OPTIONS[name]} == set()
    assert {one.name for one in fields(xml.MultiPartyCall)} == {"name", "role", *_ORDER}


# ---- Any text -------------------------------------------------------------------------------------------------------


def made(make: Callable[[], xml.Response]) -> tuple[xml.Response | None, str]:
    """What is made, or the argument that is refused."""
    try:
        return make(), ""
    except InvalidArgumentError as error:
        return None, error.argument


def test_line_ends_arrive_as_they_were() -> None:
    """A reader of XML takes them all for one, unless they are escaped."""
    assert tree(xml.Response(xml.Speak("a\r\nb\rc\td")).to_xml())[0].text == "a\r\nb\rc\td"


@given(st.text())
def test_text_arrives_as_it_was(text: str) -> None:
    """Whatever it is, if XML can hold it; else it is refused, and never breaks out of its element."""
    answer, refused = made(lambda: xml.Response(xml.Speak(text), xml.Hangup()))
    if answer is None:
        assert refused == "text"
        return
    speak, hangup = tree(answer.to_xml())
    assert (speak.tag, speak.text, list(speak), hangup.tag) == ("Speak", text, [], "Hangup")


@given(st.text(min_size=1, max_size=50), st.text(max_size=20))
def test_attributes_arrive_as_they_were(name: str, query: str) -> None:
    """Names of callers, queries of URLs."""
    answer, refused = made(
        lambda: xml.Response(xml.Dial(xml.Number("1"), caller_name=name, action=f"https://h/?{query}"))
    )
    if answer is None:
        assert refused in ("caller_name", "action")
        return
    found = tree(answer.to_xml())[0].attrib
    assert (found["callerName"], found["action"]) == (name, f"https://h/?{query}")


@given(st.text(max_size=20))
def test_conferences_arrive_as_they_are_called(name: str) -> None:
    """Also when the reader trims."""
    answer, refused = made(lambda: xml.Response(xml.MultiPartyCall(name, role="customer")))
    if answer is None:
        assert refused == "name"
        return
    assert (tree(answer.to_xml())[0].text or "").strip() == name


# ---- Values ---------------------------------------------------------------------------------------------------------

EXAMPLES = [xml.MultiPartyCall("room", role="supervisor", **ATTRIBUTES), *(ours for ours, _ in OTHERS), xml.Response()]


@pytest.mark.parametrize("element", EXAMPLES, ids=lambda one: type(one).__name__)
def test_elements_are_values(element: Element) -> None:
    """Frozen; they pickle, copy, compare and hash; their reprs show neither numbers nor digits that are sent."""
    assert pickle.loads(pickle.dumps(element)) == copy.deepcopy(element) == element  # noqa: S301
    assert hash(element) == hash(copy.copy(element))
    for private in ("4151234567", "anna", "4150000000", "ww12"):
        assert private not in repr(element)
    name = fields(element)[0].name  # type: ignore[arg-type]
    with pytest.raises(FrozenInstanceError):
        setattr(element, name, None)


def test_classes_say_where_they_are_from() -> None:
    """They are `plivo_async.xml.X`, and what they have says what it means."""
    for name in xml.__all__:
        cls = getattr(xml, name)
        if inspect.isclass(cls):
            assert (cls.__module__, cls.__qualname__) == ("plivo_async.xml", name)
