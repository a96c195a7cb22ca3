"""What nobody has verified about the real service, as settings: try the client against each answer."""

from dataclasses import dataclass
from typing import Any, Literal, get_args, get_type_hints

from ._voice_settings import VoiceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(VoiceSettings):
    """How the emulator behaves where Plivo's documents are silent or contradict each other.

    Each default is the best supported reading; each other value has been seen in some document, fixture or SDK.

    Raises:
        ValueError: A value that is not among those of its field, or is out of its range.
    """

    error_body: Literal["json", "empty", "text"] = "json"
    """Body of an error: `{"api_id", "error"}`, a bare `{}` (seen on 404), or plain text (seen on 401).

    The text of an error is unverified whatever the shape: never match on it.
    """

    done_status: Literal[204, 200] = 204
    """Operations with nothing to tell answer 204 with no body, or 200 with `{"api_id", "message", "request_uuid"}`.

    204: Plivo docs and five SDKs. 200: test fixtures of the Python SDK, for activating and kicking.
    """

    async_status: Literal[200, 202, 201] = 200
    """Status of `{"message": "async api spawned", "api_id"}`, the answer to whatever comes with a `callback_url`.

    The body is from Plivo docs. 200: tests of the .NET SDK, the only source. Unverified is what becomes of a request
    with bad arguments: here it is answered 400 like any other, and all that is found out later, a 404 included, is told
    to the callback.
    """

    status_case: Literal["capital", "lower"] = "capital"
    """Statuses as `Active` (documents and most captures) or as `active` (a capture of 2020)."""

    ended_recording: Literal["null", "text-null"] = "null"
    """`recording` of an ended conference: a JSON null (captures) or the text "null" (a fixture)."""

    billed_amount: Literal["text", "number"] = "text"
    """`billed_amount` as a text with five decimals (captures) or a JSON number (a fixture)."""

    total_key: Literal["count", "total_count"] = "count"
    """Name of the total in `meta`: `count` (most) or `total_count` (one Java fixture)."""

    list_order: Literal["creation", "end"] = "creation"
    """Newest first by creation, or by end: then live conferences, which have none, come before all others. Unverified.

    Newest first: captures, which fit both.
    """

    live_listed: bool = True
    """Whether a list without a filter on `end_time` has live conferences, though they didn't end in the last 7 days.

    Unverified. In a fixture of the Python SDK all three states are on one page.
    """

    participant_links: bool = True
    """Whether `next` and `previous` are in the `meta` of participants: they aren't in the example of Plivo's docs."""

    page_limit: Literal["reject", "clamp"] = "reject"
    """A `limit` outside 1 to 20 is answered 400, or moved into that range. Unverified."""

    page_links: Literal["offset", "cursor"] = "offset"
    """Whether links to other pages have an `offset`, or an opaque `cursor`, which with an `offset` beside it is a 400.

    Cursor: the Python SDK is prepared for them and has seen them in lists of calls. Unverified for conferences.
    """

    filters_in_links: bool = True
    """Whether the filters of a list survive in its `next` and `previous` links. Unverified."""

    ended_utc_offset: int = 0
    """Minutes from UTC in which the times of ended conferences are written, -1439 to 1439; live ones are in UTC.

    Captures show `+00:00` while live and the account's own zone, such as `+05:30`, once ended.
    """

    encoded_slash: Literal["name", "path"] = "name"
    """Whether `%2F` is part of a name, or divides a path as a slash does: then `a/b` is out of reach. Unverified."""

    later_options: Literal["ignored", "taken"] = "ignored"
    """What concerns the conference as a whole, in a request to add to one that has that option already. Unverified.

    Ignored: the first to say something counts. Taken: the last one does. What nobody has said is taken in any case.
    """

    transfer_calls: Literal["listed", "left-out"] = "listed"
    """Whether `calls` has the call that was transferred, or isn't there. Unverified."""

    dialling_counted: bool = True
    """Whether requests to add a participant or to make a call count against the account's limit.

    Newer documents: it covers calls. Older ones: requests that begin a call are not in it.
    """

    created_by: Literal["join", "request"] = "join"
    """Adding somebody by a new name makes the conference when the first one has answered, or at once. Unverified."""

    end_on_exit_cause: Literal[1000, 1010, 2000, 3000, 0] = 1000
    """`termination_cause_code` of a conference that a participant with `end_mpc_on_exit` has left. Unverified."""

    kicked_all_cause: Literal[1000, 1010, 2000, 3000, 0] = 1000
    """Likewise of one from which `all` were kicked. Unverified."""

    on_exit_after_hangup: bool = True
    """Whether `on_exit_action_url` is fetched also when the participant itself has hung up. Unverified."""

    status_callback_method: Literal["POST", "GET"] = "POST"
    """How events are told when a request to add a participant gives a `status_callback_url` and no method.

    Unverified. GET: what five SDKs send of their own accord. POST: what the Java SDK sends.
    """

    recording_callback_method: Literal["POST", "GET"] = "POST"
    """Likewise when a request to start a recording gives a `recording_callback_url`. POST: SDKs."""

    added_recording_callback_method: Literal["GET", "POST"] = "GET"
    """Likewise when a request to add a participant gives one. GET: SDKs."""

    callback_empty: Literal["sent", "left-out"] = "sent"
    """Parameters of a callback that don't apply are sent empty (inferred from a public receiver), or are left out."""

    callback_role: Literal["lower", "capital"] = "lower"
    """`ParticipantRole` as `agent`, as in JSON, or as `Agent`, as the documents write it. Unverified."""

    callback_flag: Literal["true", "True"] = "true"
    """How a true flag is written in callbacks; a false one likewise. Unverified."""

    first_sequence_number: Literal[1, 0] = 1
    """The `SequenceNumber` of the first event of a conference, and of a recording. Unverified."""

    start_told: Literal["after-join", "before-join"] = "after-join"
    """Whether `MPCStart` follows the `ParticipantJoin` of the one who started it, or comes before it. Unverified."""

    exited_listed: Literal["ended", "always"] = "ended"
    """Whether participants who have left are listed once the conference has ended, or while it is live too.

    For ended ones: a capture. While live: unverified; an older example has a gap in its ids.
    """

    member_address: Literal["listed", "always", "never"] = "listed"
    """Which participants have a `member_address`: those in lists, all, or none.

    In lists: captures since 2022. Retrieved ones (in seven SDKs of seven) and all older captures don't have it.
    """

    unknown_member: Literal[404, 400, "partial"] = 404
    """What becomes of members `1,2` if there is only a 1: 404 or 400 and nothing is done, or it is done for 1.

    Unverified. A single unknown one is a 404 whatever this says.
    """

    update_reply: Literal["flat", "nested"] = "flat"
    """Updating participants answers 202 with a key for each flag, or 200 with these within `message`.

    Flat: captures. Nested, with a `request_uuid`: a fixture of the Python SDK.
    """

    update_spelling: Literal["succeded", "succeeded"] = "succeded"
    """How the messages about mute and hold end: `succeded` (captures in three SDKs) or `succeeded` (Plivo docs)."""

    recording_reply: Literal["full", "short"] = "full"
    """Starting a recording answers with its id and URL (captures), or with `message` and `request_uuid` (a fixture)."""

    participant_recording_status: Literal[200, 202] = 200
    """Status of starting a participant's recording: 200 (tests of five SDKs), or 202 as for a conference's."""

    recording_phases: Literal["strict", "lenient"] = "strict"
    """Stopping, pausing or resuming what isn't in the phase for it is a 404 or 400, or a 204 that does nothing.

    Unverified. Strict: 404 when nothing is recorded, 400 in the wrong phase.
    """

    play_to_all: Literal["ids", "all"] = "ids"
    """`mpcMemberId` of what is played or spoken to `all`: the ids of those present, or `["all"]`. Unverified."""

    participant_play_path: bool = False
    """Whether Play and Speak are found below `Participant` as well, not only below `Member`. Unverified."""

    stay_alone: bool = False
    """`stay_alone` of conferences that are added without saying so. Unverified."""

    unavailable_retry_after: int | None = None
    """Seconds in the `Retry-After` of an injected 503; None sends no such header. Unverified."""

    clock_off: float = 0.0
    """Seconds that its clock is ahead of this machine's: in the `Date` of answers and in all times of conferences."""

    max_body: int = 1 << 20
    """The longest request body that is read, in bytes; a longer one is answered 413. Unverified."""

    def __post_init__(self) -> None:
        VoiceSettings.__post_init__(self)
        for name, hint in get_type_hints(type(self)).items():
            _check_literal(name, getattr(self, name), hint)
        if not -1440 < self.ended_utc_offset < 1440:
            raise ValueError(f"ended_utc_offset: {self.ended_utc_offset} minutes is no UTC offset (-1439 to 1439)")
        if not -1e9 < self.clock_off < 1e9:
            raise ValueError(f"clock_off: {self.clock_off} is not a number of seconds within 30 years")
        if self.max_body < 1:
            raise ValueError(f"max_body: {self.max_body} is not positive")
        if self.unavailable_retry_after is not None and self.unavailable_retry_after < 0:
            raise ValueError(f"unavailable_retry_after: {self.unavailable_retry_after} is negative")


def _check_literal(name: str, value: object, hint: Any) -> None:
    allowed = get_args(hint)
    if hasattr(hint, "__origin__") and hint.__origin__ is Literal and value not in allowed:
        raise ValueError(f"{name}: {value!r} is none of {', '.join(map(repr, allowed))}")
