"""To add a participant: every argument as it is given, and no request that rings phones by mistake."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async import InvalidArgumentError as Invalid
from plivo_async.wire import (
    Destination,
    DialOptions,
    ParticipantOptions,
    Request,
    add_participant,
    callback,
    conference,
    deferred,
    list_participants,
)
from plivo_async.wire._participant_checks import DIAL_OPTIONS, OPTIONS

from .support import CALL, HOOK, methods, names, segments, sent, urls, words

FROM, TO, OTHER, THIRD = "+14151234567", "+14157654321", "+14157650000", "sip:jane@phone.plivo.com"
DIAL: dict[str, Any] = {"role": "agent", "from_": FROM, "to": TO}
MOVE: dict[str, Any] = {"role": "customer", "call_uuid": CALL}


def add(**arguments: Any) -> Request:
    """The request for these arguments."""
    return add_participant(conference("support-4812"), arguments)


def seconds(name: str, **arguments: Any) -> Any:
    """What is sent for `ring_timeout` or `delay_dial`."""
    return sent(add(role="agent", from_=FROM, **arguments)).get(name)


def _options() -> dict[str, st.SearchStrategy[Any]]:
    """For each option the values that it may have; methods come with their URLs."""
    sound = st.sampled_from(["beep:1", "beep:2", "none"]) | urls
    special: dict[str, st.SearchStrategy[Any]] = {
        "caller_name": words.map(lambda text: text[:50]).filter(str.strip),
        "confirm_key": st.sampled_from("0123456789#*"),
        "dial_music": st.sampled_from(["real", "none"]) | urls,
        "ring_timeout": st.integers(1, 10**6),
        "delay_dial": st.integers(0, 10**6),
        "max_duration": st.integers(300, 28_800),
        "max_participants": st.integers(2, 10),
        "record_min_member_count": st.integers(1, 2),
        "record_file_format": st.sampled_from(["mp3", "wav"]),
        "enter_sound": sound,
        "exit_sound": sound,
        "send_digits": st.from_regex(r"[0-9#*wW]{1,9}(@[0-9]{1,4})?", fullmatch=True),
        "start_recording_audio": urls,
        "stop_recording_audio": urls,
    }
    plain = [name for name in OPTIONS if name not in special and not name.endswith("_method")]
    texts = {name: urls if name.endswith("_url") else st.booleans() for name in plain}
    return {name: st.none() | one for name, one in {**texts, **special}.items()} | {"coach_mode": st.just(False)}


VALUES = {name: one for name, one in _options().items() if name not in {"sip_headers", "status_callback_events"}}


@given(names, st.fixed_dictionaries({}, optional=VALUES), st.booleans(), st.data())
def test_accepted_arguments_reach_the_wire_as_they_are(
    name: str, options: dict[str, Any], dial: bool, data: st.DataObject
) -> None:
    """JSON that decodes to what was given, in the order of Plivo's table, and nothing that wasn't given."""
    if not dial:
        options = {key: value for key, value in options.items() if key not in DIAL_OPTIONS}
    for key in [key for key in options if f"{key.removesuffix('_url')}_method" in OPTIONS]:
        if isinstance(options[key], str) and options[key].lower().startswith("http"):
            options[f"{key.removesuffix('_url')}_method"] = data.draw(methods)
    request = add_participant(conference(name), {**(DIAL if dial else MOVE), **options})
    who = {"role": "agent", "from": FROM, "to": TO} if dial else MOVE
    expected = {**who, **{key: value for key, value in options.items() if value is not None}}
    body = sent(request)
    assert body == expected
    assert list(body) == [key for key in (*who, *OPTIONS) if key in expected]
    assert segments(request) == ["MultiPartyCall", f"name_{name}", "Participant"]


def test_add_participant_is_as_documented() -> None:
    """A POST that must not be repeated; its target tells no phone number; a callback comes last."""
    request = add(**DIAL)
    assert (request.operation, request.target, request.effect.value) == ("Add participant", "support-4812", "neither")
    assert (request.method, request.path, request.query) == (
        "POST",
        "MultiPartyCall/name_support-4812/Participant/",
        "",
    )
    assert request.body == b'{"role":"agent","from":"+14151234567","to":"+14157654321"}'
    later = deferred(add_participant(conference("a"), {**MOVE, "mute": True}), callback(HOOK, None))
    assert list(sent(later).items()) == [*MOVE.items(), ("mute", True), ("callback_url", HOOK)]


def test_options_are_those_of_the_types() -> None:
    """What the type checker knows is what is checked: dial options are the ones that `DialOptions` adds."""
    assert set(OPTIONS) == DialOptions.__optional_keys__
    assert set(DIAL_OPTIONS) == DialOptions.__optional_keys__ - ParticipantOptions.__optional_keys__
    assert not DialOptions.__required_keys__


@pytest.mark.parametrize("role", ["agent", "supervisor", "customer", "ai-agent"])
def test_every_role_dials_and_moves(role: str) -> None:
    """By numbers with and without plus, short ones, and SIP URIs."""
    for to in (TO, "14157654321", "55", THIRD, [TO], (Destination(TO),)):
        body = sent(add(role=role, from_="Support", to=to))
        assert body == {"role": role, "from": "Support", "to": body["to"]}
        assert "<" not in body["to"]
    assert sent(add(role=role, call_uuid=CALL.upper())) == {"role": role, "call_uuid": CALL}


def test_what_an_ai_agent_dials_is_not_looked_into() -> None:
    """What `to` means there is undocumented."""
    assert sent(add(role="ai-agent", from_=FROM, to="my assistant"))["to"] == "my assistant"


@pytest.mark.parametrize(
    ("to", "general", "expected"),
    [
        ([TO], None, None),
        ([Destination(TO, ring_timeout=20)], None, 20),
        ([TO, OTHER], None, None),
        ([TO, OTHER], 30, 30),
        ([Destination(TO, 20), OTHER], None, "20<45"),
        ([TO, Destination(OTHER, 20)], 30, "30<20"),
        ([Destination(TO, 20), Destination(OTHER, 20)], 30, 20),
        ([Destination(TO, 20), Destination(OTHER, 25), THIRD], 60, "20<25<60"),
        ([Destination(TO, 45), OTHER], None, 45),
        ([Destination(TO, delay_dial=5), OTHER], None, None),
    ],
    ids=str,
)
def test_ring_timeouts_of_destinations(to: list[Any], general: int | None, expected: Any) -> None:
    """One for all where they agree; else one for each, a gap filled with the general one or Plivo's 45."""
    assert seconds("ring_timeout", to=to, ring_timeout=general) == expected


@pytest.mark.parametrize(
    ("to", "general", "expected"),
    [
        ([TO, OTHER], None, None),
        ([TO, OTHER], 0, 0),
        ([Destination(TO, delay_dial=5), OTHER], None, "5<0"),
        ([Destination(TO, delay_dial=0), OTHER], 10, "0<10"),
        ([Destination(TO, delay_dial=0), OTHER], None, 0),
        ([Destination(TO, 20), OTHER], None, None),
    ],
    ids=str,
)
def test_delays_of_destinations(to: list[Any], general: int | None, expected: Any) -> None:
    """0 is a value, and not a gap."""
    assert seconds("delay_dial", to=to, delay_dial=general) == expected


times = st.none() | st.integers(1, 99)


@given(st.lists(st.tuples(times, times), min_size=1, max_size=19), times, times)
def test_each_destination_gets_its_times(
    own: list[tuple[int | None, int | None]], ring: int | None, delay: int | None
) -> None:
    """However they are sent, the server reads for each destination what was meant for it."""
    to = [Destination(f"+1415765{index:04}", *pair) for index, pair in enumerate(own)]
    body = sent(add(role="agent", from_=FROM, to=to, ring_timeout=ring, delay_dial=delay))
    assert body["to"].split("<") == [one.to for one in to]
    for name, general, default in (("ring_timeout", ring, 45), ("delay_dial", delay, 0)):
        value = body.get(name, default)
        read = [int(part) for part in value.split("<")] if isinstance(value, str) else [value] * len(to)
        wanted = [getattr(one, name) or general or default for one in to]
        assert read == wanted
        assert (name in body) is (general is not None or any(getattr(one, name) is not None for one in to))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({**DIAL, "to": [TO, TO]}, Invalid, r"to\[0\] and to\[1\] are the same destination"),
        ({**DIAL, "to": [OTHER, TO, TO[1:]]}, Invalid, r"to\[1\] and to\[2\] are the same destination"),
        ({**DIAL, "to": [THIRD, THIRD.upper()]}, Invalid, r"to\[0\] and to\[1\] are the same destination"),
        (
            {**DIAL, "to": [TO, Destination(TO, 5)]},
            Invalid,
            r"to\[0\] and to\[1\] are the same destination",
        ),
        (
            {**DIAL, "to": [TO, OTHER], "role": "customer"},
            Invalid,
            "to has 2 destinations; .* role 'agent' only",
        ),
        (
            {**DIAL, "to": [TO, OTHER], "role": "ai-agent"},
            Invalid,
            "to has 2 destinations; .* role 'agent' only",
        ),
        (
            {**DIAL, "to": [str(10**9 + index) for index in range(20)]},
            Invalid,
            "to has 20 destinations; at most 19",
        ),
        ({**DIAL, "to": []}, Invalid, "to is empty"),
        ({**DIAL, "to": ""}, Invalid, "to is empty"),
        (
            {**DIAL, "to": f"{TO}<{OTHER}"},
            Invalid,
            "to must not contain '<'; give several destinations as a list",
        ),
        ({**DIAL, "to": [TO, f"{OTHER}<1"]}, Invalid, r"to\[1\] must not contain '<'"),
        (
            {**DIAL, "to": [TO, OTHER, "415 765 4321"]},
            Invalid,
            r"to\[2\] must be a number of 2 to 15 digits without",
        ),
        ({**DIAL, "to": "+1415765432112345"}, Invalid, "to must be a number of 2 to 15 digits"),
        ({**DIAL, "to": "1"}, Invalid, "to must be a number of 2 to 15 digits"),
        ({**DIAL, "to": "sip:"}, Invalid, "to must be a number of 2 to 15 digits"),
        ({**DIAL, "to": "sip:a b@c"}, Invalid, "to must be a number of 2 to 15 digits"),
        ({**DIAL, "to": "\u0664\u0661\u0665"}, Invalid, "to must be a number of 2 to 15 digits"),
        ({**DIAL, "to": f"{TO}\n"}, Invalid, r"to has a control character \(U\+000A\)"),
        ({**DIAL, "to": 14157654321}, TypeError, "to must be a str, a Destination or a list of those, not int"),
        ({**DIAL, "to": {TO}}, TypeError, "to must be a str, a Destination or a list of those, not set"),
        (
            {**DIAL, "to": [TO, 14157650000]},
            TypeError,
            r"to\[1\] must be a str, a Destination or a list of those, not int",
        ),
        ({**DIAL, "from_": ""}, Invalid, "from_ is empty"),
        ({**DIAL, "from_": "1<2"}, Invalid, "from_ must not contain '<'"),
        ({**DIAL, "from_": 14151234567}, TypeError, "from_ must be a str, not int"),
        ({**DIAL, "role": "Agent"}, Invalid, "role must be 'agent', .* not 'Agent'; write 'agent'"),
        (
            {**DIAL, "role": "boss"},
            Invalid,
            "role must be 'agent', 'supervisor', 'customer' or 'ai-agent', not 'boss'",
        ),
        ({"from_": FROM, "to": TO}, TypeError, "role= is missing: 'agent', 'supervisor' or 'customer'$"),
        (
            {"role": "agent"},
            Invalid,
            r"add_participant\(\) takes from_= and to=, to dial, or call_uuid=, to move",
        ),
        ({"role": "agent", "from_": FROM}, Invalid, "from_= is given without to=; dialling takes both"),
        ({"role": "agent", "to": TO}, Invalid, "to= is given without from_=; dialling takes both"),
        (
            {**DIAL, "call_uuid": CALL},
            Invalid,
            "call_uuid moves a live call and dials nobody: leave out from_ and to",
        ),
        ({**MOVE, "to": TO}, Invalid, "call_uuid moves a live call and dials nobody: leave out to, or it"),
        (
            {**MOVE, "call_uuid": "+14157654321"},
            Invalid,
            "call_uuid must be a UUID such as .* not '.[*]{7}4321'",
        ),
        (
            {**MOVE, "ring_timeout": 20, "caller_name": "x"},
            Invalid,
            "caller_name and ring_timeout can't be given with",
        ),
        (
            {**DIAL, "coach_mode": True},
            Invalid,
            "coach_mode=True is for role 'supervisor' only, not 'agent'",
        ),
        ({**DIAL, "from": FROM}, TypeError, r"unknown argument 'from'; did you mean from_\?"),
        ({**DIAL, "startMpcOnEnter": True}, TypeError, "unknown argument 'startMpcOnEnter'; did you mean start_mpc"),
        ({**DIAL, "ring_timout": 3}, TypeError, r"unknown argument 'ring_timout'; did you mean ring_timeout"),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, str) else None,
)
def test_add_participant_refuses(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    """Which argument it is, the rule, and what is allowed; no phone number is told."""
    with pytest.raises(error, match=f"^{message}") as caught:
        add(**arguments)
    assert caught.type is error
    for number in (FROM, TO, OTHER, "765 4321", "7654321"):
        assert number.removeprefix("+") not in str(caught.value)


def test_what_is_dialled_stands_in_no_traceback() -> None:
    """Tools that print the locals of every frame print the request."""
    for request in (add(**DIAL), list_participants(conference("a"), call_uuid=CALL)):
        assert not any(hidden.removeprefix("+") in repr(request) for hidden in (FROM, TO, CALL))
        assert request.path in repr(request)


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("ring_timeout", 0, Invalid, "a whole number, 1 or more seconds, not 0"),
        ("ring_timeout", "30<45", TypeError, "an int, a whole number, 1 or more seconds, not str"),
        ("delay_dial", -1, Invalid, "a whole number, 0 or more seconds, not -1"),
        ("delay_dial", True, TypeError, "an int"),
        ("max_duration", 299, Invalid, "a whole number, 300 to 28800 seconds, not 299"),
        ("max_duration", 28_801, Invalid, "a whole number, 300 to 28800 seconds, not 28801"),
        ("max_participants", 11, Invalid, "a whole number, 2 to 10, not 11"),
        ("record_min_member_count", 3, Invalid, "a whole number, 1 to 2, not 3"),
        ("caller_name", "x" * 51, Invalid, "have 1 to 50 characters"),
        ("confirm_key", "A", Invalid, ".*'#' or '\\*', not 'A'"),
        ("confirm_key", "12", Invalid, ".*not '12'"),
        ("confirm_key", 5, TypeError, ".*not int"),
        ("dial_music", "Real", Invalid, "'real' or 'none', not 'Real'; write 'real' .a URL"),
        ("enter_sound", "beep:3", Invalid, "'beep:1', 'beep:2' or 'none', not 'beep:3' .a URL"),
        ("exit_sound", "https://", Invalid, "a URL with a host"),
        ("record_file_format", "WAV", Invalid, "'mp3' or 'wav', not 'WAV'; write 'wav'"),
        ("wait_music_url", "music.xml", Invalid, "a URL with a host that begins with http:// or https://"),
        ("start_recording_audio", "beep:1", Invalid, "a URL with a host"),
        ("record", "true", TypeError, "True or False, not str"),
        ("send_digits", "1234x", Invalid, "digits, '#', '\\*', 'w'"),
        ("send_digits", "1@", Invalid, "digits"),
        ("status_callback_events", "mpc-state-changes", TypeError, "a list of event groups"),
        ("status_callback_events", {"mpc-state-changes"}, TypeError, "a list of event groups"),
        ("sip_headers", "a=b", TypeError, "a mapping of str to str, not str"),
        ("sip_headers", [("a", "b")], TypeError, "a mapping of str to str, not list"),
    ],
)
def test_options_refused(name: str, value: object, error: type[Exception], message: str) -> None:
    """Each option with its name and what it may be."""
    with pytest.raises(error, match=f"^{name} must (be )?{message}"):
        add(**DIAL, **{name: value})


METHODS = sorted(name for name in OPTIONS if name.endswith("_method"))


@pytest.mark.parametrize("name", METHODS)
def test_a_method_without_its_url_is_refused(name: str) -> None:
    """Also where the URL's place is taken by a word, or the method is none."""
    stem = name.removesuffix("_method")
    needs = stem if stem in OPTIONS else f"{stem}_url"
    with pytest.raises(Invalid, match=f"^{name} needs a URL in {needs}"):
        add(**DIAL, **{name: "GET"})
    with pytest.raises(Invalid, match=f"^{name} must be 'GET' or 'POST', not 'get'; write 'GET'"):
        add(**DIAL, **{needs: HOOK, name: "get"})
    if needs in {"enter_sound", "exit_sound"}:
        with pytest.raises(Invalid, match=f"^{name} needs a URL in {needs}"):
            add(**DIAL, **{needs: "beep:1", name: "GET"})


@pytest.mark.parametrize("name", METHODS)
def test_methods_that_are_always_sent(name: str) -> None:
    """POST where the sources disagree about the default; elsewhere it is left to Plivo."""
    stem = name.removesuffix("_method")
    needs = stem if stem in OPTIONS else f"{stem}_url"
    filled = "POST" if stem in {"status_callback", "recording_callback"} else None
    assert sent(add(**DIAL, **{needs: HOOK})).get(name) == filled
    assert sent(add(**DIAL, **{needs: HOOK, name: "GET"}))[name] == "GET"


def test_events_are_joined() -> None:
    """With commas and no spaces, in the order given."""
    events = ["participant-speak-events", "mpc-state-changes"]
    for given_events in (events, tuple(events)):
        body = sent(add(**DIAL, status_callback_url=HOOK, status_callback_events=given_events))
        assert body["status_callback_events"] == "participant-speak-events,mpc-state-changes"


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([], "status_callback_events is empty; give at least one of mpc-state-changes, "),
        (["mpc-state-changes", "x"], r"status_callback_events\[1\] must be 'mpc-state-changes', .* not 'x'"),
        (["MPC-State-Changes"], r"status_callback_events\[0\] must be .* write 'mpc-state-changes'"),
        (["mpc-state-changes"] * 2, r"status_callback_events\[0\] and \[1\] are the same"),
    ],
)
def test_events_refused(events: list[str], message: str) -> None:
    """None, unknown ones, the same twice: with the place."""
    with pytest.raises(Invalid, match=f"^{message}"):
        add(**DIAL, status_callback_events=events)


header_words = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters=",="), min_size=1).filter(
    str.strip
)


@given(st.dictionaries(header_words, header_words, min_size=1))
def test_sip_headers_survive_their_encoding(headers: dict[str, str]) -> None:
    """Parted at commas and the first equals sign, they are what was given."""
    text = sent(add(**DIAL, sip_headers=headers))["sip_headers"]
    assert dict(pair.split("=") for pair in text.split(",")) == headers


def test_no_sip_headers_are_not_sent() -> None:
    """An empty mapping says the same as none."""
    assert "sip_headers" not in sent(add(**DIAL, sip_headers={}))


@pytest.mark.parametrize(
    ("headers", "error", "message"),
    [
        ({"": "b"}, Invalid, "a key of sip_headers is empty"),
        ({"a": ""}, Invalid, r"sip_headers\['a'\] is empty"),
        ({"a=": "b"}, Invalid, "a key of sip_headers must contain neither ',' nor '='"),
        ({"a": "secret,1"}, Invalid, r"sip_headers\['a'\] must contain neither ',' nor '='"),
        ({"a": "secret=1"}, Invalid, r"sip_headers\['a'\] must contain neither ',' nor '='"),
        (
            {"a": "secret\r\n"},
            Invalid,
            r"sip_headers\['a'\] has a control character \(U\+000D\) at index 6",
        ),
        ({"a": 1}, TypeError, r"sip_headers\['a'\] must be a str, not int"),
        ({1: "b"}, TypeError, "a key of sip_headers must be a str, not int"),
    ],
)
def test_sip_headers_refused(headers: dict[Any, Any], error: type[Exception], message: str) -> None:
    """What would make other headers of them; values are not told."""
    with pytest.raises(error, match=f"^{message}") as caught:
        add(**DIAL, sip_headers=headers)
    assert "secret" not in str(caught.value)


def test_coach_mode_of_roles() -> None:
    """True for supervisors only; False is harmless for all."""
    assert sent(add(**{**MOVE, "role": "supervisor"}, coach_mode=True))["coach_mode"] is True
    for role in ("agent", "supervisor", "customer", "ai-agent"):
        assert sent(add(**{**MOVE, "role": role}, coach_mode=False))["coach_mode"] is False
        if role != "supervisor":
            with pytest.raises(Invalid, match=f"^coach_mode=True is for role 'supervisor' only, not '{role}'"):
                add(**{**MOVE, "role": role}, coach_mode=True)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("415-765-4321",), Invalid, "to must be a number of 2 to 15 digits"),
        ((None,), TypeError, "to must be a str, not NoneType"),
        ((TO, 0), Invalid, "ring_timeout must be a whole number, 1 or more seconds, not 0"),
        ((TO, True), TypeError, "ring_timeout must be an int"),
        ((TO, None, -1), Invalid, "delay_dial must be a whole number, 0 or more seconds, not -1"),
    ],
)
def test_destination_is_checked_when_made(arguments: Any, error: type[Exception], message: str) -> None:
    """Before any request; the message tells no number."""
    with pytest.raises(error, match=f"^{message}") as caught:
        Destination(*arguments)
    assert "4321" not in str(caught.value)
