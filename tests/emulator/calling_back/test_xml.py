"""Reading the XML of answers: what is understood, what is refused and where, what can't be read at all."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.emulator import Settings
from plivo_async.emulator.calling_back import _steps as steps
from plivo_async.emulator.calling_back._attributes import KNOWN
from plivo_async.emulator.calling_back._xml import XmlError, read_xml
from plivo_async.emulator.world._values import ConferenceOptions, Hook

URL = "https://example.com/cb"


def read(text: str, **settings: Any) -> tuple[list[steps.Step], list[tuple[int, str]]]:
    """The steps of a response that holds this, and what was refused."""
    document = read_xml(f"<Response>{text}</Response>".encode())
    return steps.read_steps(document, from_="442071838750", call_uuid="u", settings=Settings(**settings))


def test_a_conference_with_all_attributes() -> None:
    """Each of them means what the same argument of the API means; names in any case, as Go's SDK writes them."""
    attributes = {
        "role": "Agent", "maxDuration": "600", "maxParticipants": "5", "recordMinMemberCount": "2",
        "waitMusicUrl": URL, "waitMusicMethod": "GET", "waitTime": "60", "waitForAgent": "true",
        "agentHoldMusicUrl": URL, "agentHoldMusicMethod": "POST", "customerHoldMusicUrl": URL,
        "customerHoldMusicMethod": "GET", "record": "true", "recordParticipantTrack": "true",
        "recordFileFormat": "wav", "recordCoachVoice": "false", "recordingCallbackUrl": URL,
        "recordingCallbackMethod": "GET", "StartRecordingAudio": URL, "startRecordingAudioMethod": "GET",
        "stopRecordingAudio": URL, "stopRecordingAudioMethod": "GET", "statusCallbackUrl": URL,
        "statusCallbackMethod": "GET", "statusCallbackEvents": "mpc-state-changes, participant-audio-events",
        "stayAlone": "true", "coachMode": "false", "mute": "true", "hold": "true", "startMpcOnEnter": "false",
        "endMpcOnExit": "true", "enterSound": "beep:2", "enterSoundMethod": "GET", "exitSound": "none",
        "exitSoundMethod": "POST", "onExitActionUrl": URL, "onExitActionMethod": "GET", "relayDtmfInputs": "true",
        "transcript": "true", "transcriptionUrl": URL,
    }  # fmt: skip
    text = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    [step], refused = read(f"<MultiPartyCall {text}>\n  Östermalm 1 </MultiPartyCall>")
    assert refused == []
    assert isinstance(step, steps.Meet)
    assert step.name == "Östermalm 1"
    joining, hook = step.joining, Hook(url=URL, method="GET")
    assert joining.options == ConferenceOptions(
        max_duration=600,
        max_participants=5,
        record=True,
        record_file_format="wav",
        record_min_member_count=2,
        stay_alone=True,
        status_callback=hook,
        status_callback_events=("mpc-state-changes", "participant-audio-events"),
        recording_callback=hook,
    )
    assert (joining.role, joining.coach_mode, joining.mute, joining.hold) == ("agent", False, True, True)
    assert (joining.start_mpc_on_enter, joining.end_mpc_on_exit) == (False, True)
    assert (joining.record_participant_track, joining.on_exit_action) == (True, hook)


def test_an_ai_agent() -> None:
    """Its attributes are for it alone."""
    stream = 'aiAgentStreamServiceUrl="wss://example.com" aiAgentStreamContentType="audio/x-l16;rate=8000"'
    [step], refused = read(f'<MultiPartyCall role="ai-agent" {stream}>a</MultiPartyCall>')
    assert isinstance(step, steps.Meet)
    assert refused == []
    _, refused = read(f'<MultiPartyCall role="agent" {stream}>a</MultiPartyCall>')
    assert len(refused) == 2


@pytest.mark.parametrize(("setting", "method"), [({}, "POST"), ({"xml_recording_callback_method": "GET"}, "GET")])
def test_methods_that_are_not_said(setting: Any, method: str) -> None:
    """POST, and a setting for recordings."""
    text = f'<MultiPartyCall role="agent" statusCallbackUrl="{URL}" recordingCallbackUrl="{URL}">a</MultiPartyCall>'
    [step], _ = read(text, **setting)
    assert isinstance(step, steps.Meet)
    options = step.joining.options
    assert options.status_callback == Hook(url=URL, method="POST")
    assert options.recording_callback is not None
    assert options.recording_callback.method == method


@pytest.mark.parametrize(
    ("text", "left", "refused"),
    [
        ("\n<MultiPartyCall role='agent' maxDuration='1'>a</MultiPartyCall>", 1,
         [(2, "<MultiPartyCall> maxDuration: not between 300 and 28800")]),
        ("<MultiPartyCall role='agent' maxDuration='x' mute='yes'>a</MultiPartyCall>", 1,
         [(1, "<MultiPartyCall> mute: not a boolean"), (1, "<MultiPartyCall> maxDuration: not an integer")]),
        ("<MultiPartyCall role='agent' colour='red'>a</MultiPartyCall>", 1,
         [(1, "<MultiPartyCall> has no attribute colour")]),
        ("<MultiPartyCall>a</MultiPartyCall>", 0, [(1, "<MultiPartyCall> role: missing")]),
        ("<MultiPartyCall role='boss'>a</MultiPartyCall>", 0,
         [(1, "<MultiPartyCall> role: 'boss' is none of agent, supervisor, customer, ai-agent"),
          (1, "<MultiPartyCall> role: missing")]),
        ("<MultiPartyCall role='agent'> </MultiPartyCall>", 0, [(1, "<MultiPartyCall> name: missing")]),
        ("<MultiPartyCall role='agent'>a<Speak>b</Speak></MultiPartyCall>", 1,
         [(1, "<Speak> is not allowed in <MultiPartyCall>")]),
        ("\n\n<Sing>la</Sing><Wait/>", 1, [(3, "<Sing> is not known here")]),
        ("<speak>a</speak>", 0, [(1, "<speak> is not known here")]),
        ("<Speak/>", 0, [(1, "<Speak> text: nothing to say")]),
        ("<Speak><prosody>a</prosody></Speak>", 1, []),
        ("<Play>a.mp3</Play>", 0, [(1, "<Play> text: not a URL")]),
        ("<Wait length='0'/>", 1, [(1, "<Wait> length: not between 1 and 86400")]),
        ("<Redirect>somewhere</Redirect>", 0, [(1, "<Redirect> text: not a URL")]),
        ("<Hangup reason='tired'/>", 1, [(1, "<Hangup> reason: 'tired' is none of rejected, busy")]),
        ("<Dial/>", 0, [(1, "<Dial> text: nobody to dial")]),
        ("<Dial><Number>home</Number><User>sip:a@b</User></Dial>", 1, [(1, "<Number> is no number")]),
        ("<GetInput inputType='dtmf' digitEndTimeout='99'/>", 1,
         [(1, "<GetInput> digitEndTimeout: neither auto nor between 2 and 10")]),
        ("<GetInput/>", 0, [(1, "<GetInput> inputType: missing")]),
        ("<GetInput inputType='dtmf' finishOnKey='x'/>", 1,
         [(1, "<GetInput> finishOnKey: not of 0 to 9, * and #")]),
        ("<DTMF>hello</DTMF>", 0, [(1, "<DTMF> text: not digits, w, W and @ with a length")]),
        ("hello", 0, [(1, "<Response> holds text that is in no element")]),
    ],
)  # fmt: skip
def test_what_is_refused_is_told_with_its_line(text: str, left: int, refused: list[tuple[int, str]]) -> None:
    """And left out: the rest is done."""
    found, told = read(text)
    assert told == refused
    assert len(found) == left


@pytest.mark.parametrize(
    ("data", "line", "why"),
    [
        (b"", 1, "no element found"),
        (b"hello", 1, "syntax error"),
        (b"<Response>\n<Speak>a & b</Speak></Response>", 2, "not well-formed"),
        (b"<Response>", 1, "no element found"),
        (b"<Response/><Response/>", 1, "junk after document element"),
        (b"<html/>", 1, "the outermost element is not <Response>"),
        (b"<response/>", 1, "the outermost element is not <Response>"),
        (b"\xff\xfe\xfa", 1, ""),
        (b"<?xml version='1.0' encoding='klingon'?><Response/>", 1, "encoding"),
        (b"<!DOCTYPE Response><Response/>", 1, "a document type is not allowed"),
        (b'<!DOCTYPE r [<!ENTITY a "aa">\n<!ENTITY b "&a;&a;">]><Response>&b;</Response>', 1, "a document type"),
        (b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><Response/>', 1, "a document type"),
        (b"<Response>&a;</Response>", 1, "undefined entity"),
        (b"<Response>" + b"<a>" * 30 + b"</a>" * 30 + b"</Response>", 1, "too deep"),
        (b"<Response>" + b"<a/>" * 6000 + b"</Response>", 1, "too many elements"),
        (b"<Response>" + b" " * 110_000 + b"</Response>", 1, "longer than 100 KB"),
    ],
)
def test_what_can_not_be_read(data: bytes, line: int, why: str) -> None:
    """No document types, no entities, bounded in every direction."""
    with pytest.raises(XmlError) as found:
        read_xml(data)
    assert found.value.line == line
    assert why in found.value.why


@pytest.mark.parametrize(
    "data",
    [
        "<Response/>".encode("utf-16"),
        '<?xml version="1.0" encoding="iso-8859-1"?><Response><Speak>\xe9</Speak></Response>'.encode("latin-1"),
        b"\xef\xbb\xbf<Response/>",
        b"  <Response/>" if False else b"<Response/>\n\n<!-- end -->",
    ],
)
def test_what_can_be_read(data: bytes) -> None:
    """Encodings that say what they are."""
    assert read_xml(data).name == "Response"


@given(st.binary(max_size=200) | st.text(alphabet="<>/&;!?[]'\"= abResponse\n", max_size=200).map(str.encode))
def test_nothing_but_the_stated_error(data: bytes) -> None:
    """Whatever comes."""
    for one in (data, b"<Response>" + data + b"</Response>"):
        try:
            document = read_xml(one)
        except XmlError:
            continue
        steps.read_steps(document, from_="1", call_uuid="u", settings=Settings())


NAMES = st.sampled_from([*steps._READERS, "Number", "User", "Sing"])
VALUES = st.sampled_from(["", "0", "-1", "7", "999999999", "1e9", "true", "agent", URL, "*#", "none", "auto", "²"])


@given(st.data())
def test_any_attribute_of_any_element_is_read_somehow(data: st.DataObject) -> None:
    """Nothing in them raises, and each refusal has its line."""
    name = data.draw(NAMES)
    known = [*sorted(KNOWN.get(name, {"colour": ""})), "COLOUR"]
    attributes = data.draw(st.dictionaries(st.sampled_from(known), VALUES, max_size=6))
    inside = data.draw(st.sampled_from(["", "a", "5", URL, "<Number>14155550100</Number>", "<Wait length='2'/>"]))
    text = "".join(f' {key}="{value}"' for key, value in attributes.items())
    _, refused = read(f"\n<{name}{text}>{inside}</{name}>")
    assert all(line == 2 for line, _ in refused)
