"""Participants on their way into a path, and what is asked of those who are there."""

import re
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async import InvalidArgumentError as Invalid
from plivo_async.wire import (
    Members,
    Request,
    callback,
    conference,
    deferred,
    kick,
    member,
    members,
    retrieve_participant,
    update,
)

from .support import HOOK, asked, member_ids, names, segments, sent

MPC = conference("support-4812")


@pytest.mark.parametrize(
    ("ids", "segment", "label"),
    [
        ((355,), "355", "participant 355"),
        (("355",), "355", "participant 355"),
        ((0,), "0", "participant 0"),
        ((355, "356"), "355,356", "participants 355, 356"),
        (("all",), "all", "all participants"),
        (("007",), "007", "participant 007"),
        (("a-b.c_d~E",), "a-b.c_d~E", "participant a-b.c_d~E"),
    ],
)
def test_members_make_one_segment(ids: tuple[object, ...], segment: str, label: str) -> None:
    """One id, several with commas, or `all`, as documented."""
    found = members(*ids)
    assert (found.segment, found.label) == (segment, label)
    assert found.everyone is (segment == "all")
    assert found.single is (len(ids) == 1 and not found.everyone)


def test_member_is_members_of_one() -> None:
    """However it is given, one participant is one value."""
    assert (
        member(355) == member("355") == members(355) == Members("355", "participant 355", single=True, everyone=False)
    )


@pytest.mark.parametrize(
    "value",
    [
        "",
        ".",
        "..",
        "a/b",
        "../1",
        "%2e%2e",
        "1%2C2",
        "a b",
        " 1",
        "1\n",
        "1\x00",
        "é",
        "\u0663",
        "1?",
        "1#",
        "\\",
        "\ud83d",
        "1;2",
        "x" * 101,
        "+14151234567",
    ],
    ids=ascii,
)
def test_member_id_that_means_something_to_a_path_is_refused(value: str) -> None:
    """An id has no prefix to save it: nothing that is empty, climbs, splits or is decoded gets through."""
    with pytest.raises(Invalid, match=r"^the member id must be 1 to 100 letters, digits") as caught:
        member(value)
    assert caught.type is Invalid
    assert "4151234567" not in str(caught.value)


@pytest.mark.parametrize(
    "value", [None, True, 3.5, b"1", uuid4(), [355], ("355",)], ids=lambda value: type(value).__name__
)
def test_member_id_of_another_type_is_refused(value: object) -> None:
    """Only int and str; a list isn't taken apart."""
    with pytest.raises(TypeError, match=f"^the member id must be an int or a str, not {type(value).__name__}$"):
        member(value)
    with pytest.raises(TypeError, match=rf"^member id \[1\] must be an int or a str, not {type(value).__name__}$"):
        members(1, value)


@pytest.mark.parametrize("value", [-1, 10**100, -(10**5000)], ids=["negative", "long", "very long"])
def test_member_id_out_of_range_is_refused(value: int) -> None:
    """Negative numbers and those of more than 100 digits."""
    with pytest.raises(Invalid, match=r"^the member id must be a whole number from 0 on"):
        member(value)


@pytest.mark.parametrize("value", ["all", "ALL", " all "])
def test_member_all_leads_to_members(value: str) -> None:
    """All is not one."""
    with pytest.raises(Invalid, match=re.escape('for all participants there is members("all")')):
        member(value)


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ((), "members() takes one or more member ids"),
        ((1, 1), "member ids [0] and [1] are the same"),
        ((2, 1, "1"), "member ids [1] and [2] are the same"),
        (("all", 1), "member id [0] is 'all': for all participants give nothing but \"all\""),
        (("ALL",), "member id [0] is 'ALL'"),
        (("all", "all"), "member id [0] is 'all'"),
        (("1,2",), "member id [0] must be one id; give several one by one, as members(355, 356)"),
        ((1, ".."), "member id [1] must be 1 to 100 letters"),
        (tuple(f"{index:0100}" for index in range(40)), "members() takes ids of at most 4,000 characters in all"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_members_refused_with_the_place(ids: tuple[object, ...], words: str) -> None:
    """None, twice the same, `all` beside others, several in one text."""
    with pytest.raises(Invalid, match=f"^{re.escape(words)}"):
        members(*ids)


@pytest.mark.parametrize("ids", [[355, 356], (355,), {"355"}], ids=repr)
def test_members_in_a_list_are_told_how(ids: object) -> None:
    """The commonest slip: the message shows the star."""
    with pytest.raises(TypeError, match=re.escape("members(*ids)")):
        members(ids)


@given(names, st.lists(member_ids, min_size=1, max_size=10, unique_by=str))
def test_members_survive_their_encoding(name: str, ids: list[int | str]) -> None:
    """Whatever names and ids are, the path has its five segments, and they decode to what was given."""
    for request in (kick(conference(name), members(*ids)), update(conference(name), members(*ids), mute=True)):
        path = ["MultiPartyCall", f"name_{name}", "Participant", ",".join(map(str, ids))]
        assert segments(request) == path
    assert segments(retrieve_participant(conference(name), member(ids[0])))[2:] == ["Participant", str(ids[0])]


def test_longest_name_and_members_fit_into_one_url() -> None:
    """What is accepted apart is accepted together."""
    everybody = members(*[f"{index:098}" for index in range(40)])
    assert segments(kick(conference("x" * 59_995), everybody))[3] == everybody.segment


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (retrieve_participant(MPC, member(355)), ("Retrieve participant", "safe", "GET", "participant 355")),
        (update(MPC, member(355), mute=True), ("Update participant", "neither", "POST", "participant 355")),
        (
            update(MPC, members("all"), hold=True),
            ("Update participant", "neither", "POST", "all participants"),
        ),
        (kick(MPC, members(1, 2)), ("Kick participant", "neither", "DELETE", "participants 1, 2")),
    ],
)
def test_requests_of_participants_are_as_documented(request_: Request, expected: tuple[str, ...]) -> None:
    """Operation, effect, method and target; nothing is sent that wasn't given."""
    operation, effect, method, who = expected
    assert (request_.operation, request_.effect.value, request_.method) == (operation, effect, method)
    assert request_.target == f"support-4812, {who}"
    assert request_.query == ""
    assert (request_.body is None) is (method != "POST")


def test_all_of_a_name_are_not_kicked_twice() -> None:
    """That ends the conference: a repetition might put out those of the next one of that name."""
    everybody = members("all")
    assert [kick(one, everybody).effect.value for one in (conference("support"), conference(uuid4()))] == [
        "neither",
        "idempotent",
    ]


flags = st.none() | st.booleans()


@given(flags, flags, flags, flags)
def test_update_sends_what_is_given(
    mute: bool | None, hold: bool | None, coach: bool | None, quiet: bool | None
) -> None:
    """Each flag as it is, False as well; none that wasn't given; at least one of the three states."""
    arguments: dict[str, Any] = {"mute": mute, "hold": hold, "coach_mode": coach, "disable_state_change_sound": quiet}
    if mute is hold is coach is None:
        with pytest.raises(Invalid, match="at least one of mute, hold and coach_mode"):
            update(MPC, member(1), **arguments)
        return
    expected = {name: value for name, value in arguments.items() if value is not None}
    data = sent(update(MPC, member(1), **arguments))
    assert data == expected
    assert list(data) == list(expected)


@pytest.mark.parametrize("name", ["mute", "hold", "coach_mode", "disable_state_change_sound"])
def test_update_takes_booleans_only(name: str) -> None:
    """Words and numbers are refused, with the flag's name."""
    with pytest.raises(TypeError, match=f"^{name} must be True or False, not str$"):
        update(MPC, member(1), **dict[str, Any]({name: "true"}))


@pytest.mark.parametrize("many", [members(1, 2), members("all")], ids=["several", "all"])
def test_coach_mode_is_for_one(many: Members) -> None:
    """Plivo refuses it for all; for a list it is refused here as well."""
    with pytest.raises(Invalid, match=r"^coach_mode can be changed for one participant at a time, not for"):
        update(MPC, many, mute=True, coach_mode=False)
    assert sent(update(MPC, members(1), coach_mode=False)) == {"coach_mode": False}


@pytest.mark.parametrize("many", [members(1, 2), members("all")], ids=["several", "all"])
def test_one_is_retrieved_at_a_time(many: Members) -> None:
    """What a list would answer is unknown."""
    with pytest.raises(Invalid, match=r"^retrieving takes one participant, not"):
        retrieve_participant(MPC, many)


def test_callbacks_of_participants() -> None:
    """Into the body of POST and DELETE after all else, into the query of GET."""
    later = callback(HOOK, "GET")
    fields: dict[str, Any] = {"callback_url": HOOK, "callback_method": "GET"}
    assert list(sent(deferred(update(MPC, member(1), mute=False), later)).items()) == [
        ("mute", False),
        *fields.items(),
    ]
    assert sent(deferred(kick(MPC, member(1)), later)) == fields
    assert asked(deferred(retrieve_participant(MPC, member(1)), later)) == fields
