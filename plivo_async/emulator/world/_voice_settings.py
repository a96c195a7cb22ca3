"""What nobody has verified about calls, recordings and the account, as settings."""

from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from ._callback_settings import CallbackSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceSettings(CallbackSettings):
    """How calls and recordings behave where Plivo's documents are silent or contradict each other; see `Settings`."""

    timezone: str = "UTC"
    """The account's time zone, an IANA name. The times of records and of recordings are written in it with their offset
    (captures show `+00:00` and `+05:30`), `StartTime`, `AnswerTime` and `EndTime` of callbacks without one."""

    record_after: float = 3.0
    """Seconds from the end of a call until its record can be read. Until then `/Call/{id}/` is a 404, and so are live
    and queued: a gap of seconds (observed by several authors). How long it is is unverified."""

    record_late_share: float = 0.0
    """The share of records, 0 to 1, that come only after `record_late_by`. Which ones follows from the calls' ids."""

    record_late_by: float = 60.0
    """Seconds from the end of a call until such a record can be read."""

    record_missing_share: float = 0.0
    """The share of records, 0 to 1, that never come. Unverified whether that happens."""

    refused_records: bool = True
    """Whether there is a record of a call that was refused before it was dialled (1010, 1020, 2030-2050, 5030).

    Unverified."""

    queued_records: bool = True
    """Whether there is a record of a call that was cancelled while it was queued. Unverified."""

    lost_race_records: bool = True
    """Whether there is a record of a call that lost the race (9000) before it rang. Unverified."""

    mpc_call_ids: Literal["same", "other"] = "same"
    """Whether the `call_uuid` of who was dialled into a conference is that call's id below `/Call/`, or is unknown
    there: then the call has another one. Same: inferred strongly, stated nowhere."""

    unanswered_mpc_calls: Literal["hung-up", "unknown"] = "hung-up"
    """Whether a call on its way into a conference can be hung up by `/Call/{id}/` before it is answered, or is a 404.

    Unverified."""

    ringing_live: bool = True
    """Whether a call that rings is live. Inferred from two test scripts; verified for no participant's call."""

    queued_until: Literal["ringing", "answer"] = "ringing"
    """How long a call is found queued. Ringing: inferred. Answer: so does a clone of Plivo's API."""

    dial_seconds: float = 0.0
    """Seconds from dialling a phone until it rings. Unverified."""

    dialling_shown: Literal["queued", "live", "nowhere"] = "queued"
    """Where a call is found meanwhile. Unverified."""

    id_lists: Literal["paged", "whole"] = "paged"
    """Whether the lists of live and queued ids are cut by `limit` (20) and `offset`, or are whole whatever these say.

    Unverified: they have no `meta`, and Plivo's Python SDK sends both arguments."""

    make_call_status: Literal[201, 200, 202] = 201
    """Status of making a call: 201 (tests of most SDKs), 200 (older docs), 202 (Go's)."""

    queued_message: bool = True
    """Whether a call that has to wait says `call queued` in place of `call fired`. Older docs have both."""

    request_ids: Literal["same", "own"] = "same"
    """Whether the `request_uuid` of a call that was made is its `call_uuid`.

    Same: a capture of 2017, callbacks of 2024. Own: examples of 2014 and 2015; the docs say nothing."""

    foreign_caller_id: Literal["accepted", "refused", "ends"] = "accepted"
    """What becomes of calls from a number that isn't the account's: nothing, a 403 at once, or they end with 3030.

    Both are documented, and which it is, when, is not. Accepted, so that a test need not rent its numbers."""

    barred: Literal["ends", "refused"] = "ends"
    """Whether a call to a phone that `fails` with 2030, 2040 or 2050 ends with that, or is a 403 at once.

    Unverified."""

    decline: Literal["rejected", "busy"] = "rejected"
    """How it arrives that a phone rejects a call: as 3020, or as 3010 `busy` from the carrier.

    Rejected: Plivo docs, Hangup causes. Busy: a captured callback of a call that was declined."""

    rejected_status: Literal["busy", "failed", "no-answer"] = "busy"
    """`CallStatus` of a rejected call (3020, 3040, 3110). Unverified; a captured decline was `busy` (3010)."""

    ring_timeout_status: Literal["no-answer", "timeout"] = "no-answer"
    """`CallStatus` with 6010. Unverified: `timeout` is documented as that connecting timed out."""

    cancelled_status: Literal["cancel", "failed", "no-answer"] = "cancel"
    """`CallStatus` of a call that was cancelled before the answer. Unverified."""

    unanswered_status: Literal["own", "completed"] = "own"
    """Whether unanswered calls have a status of their own, or are `completed` like all others (one author's report)."""

    unanswered_end_cause: Literal[1000, 4000, 4020] = 1000
    """`hangup_cause_code` of a call that still rang, or was queued, when its conference ended. Unverified.

    4000 stands on an unanswered leg in a capture."""

    hangup_word: Literal["switch", "name"] = "switch"
    """Whether `HangupCause` of a callback is the switch's word (captures: `NORMAL_CLEARING`), or the cause's name."""

    hangup_url_default: Literal["none", "answer_url"] = "none"
    """Where the end of a call is told that was made without a `hangup_url`: nowhere (later docs name no default), or
    at its `answer_url` (older ones)."""

    initiation_time: Literal["dialled", "accepted"] = "dialled"
    """What `initiation_time` of a call that had to wait is. Unverified."""

    record_order: Literal["end", "initiation"] = "end"
    """By what the newest record is first. Unverified."""

    number_filter: Literal["prefix", "contains"] = "prefix"
    """What `from_number` and `to_number` of a list fit. Prefix: docs. Contains: a comment in the Ruby SDK."""

    wide_window: Literal["refused", "clamped"] = "refused"
    """A range of more than 30 days is a 400 (docs), or its first 30 days are meant (older docs)."""

    record_conference: Literal["null", "mpc"] = "null"
    """`conference_uuid` of the call of who was in a conference: null (every capture, none of such a call), or that
    conference. Unverified."""

    call_record_callback: Literal["result", "asynchronous"] = "result"
    """What a `callback_url` is with which the recording of a call is started: where its result is told when it is over
    (docs of that operation), or also the sign of an asynchronous request (docs of all)."""

    recording_after: float = 3.0
    """Seconds from the end of a recording until it is listed: in a capture `add_time` is 3.1 s after it."""

    media_after: float = 4.0
    """Seconds from the end of a recording until its file is there: a 404 before (one author's report). Unverified."""

    media_protected: bool = False
    """Whether files of recordings need credentials. Off, as at Plivo until it is switched on in the console (docs)."""

    mpc_recording_name: Literal["name", "empty"] = "name"
    """`conference_name` of the recording of a conference: its friendly name, or "". Unverified."""

    limit_counters: Literal["one", "two"] = "one"
    """Whether requests that ring phones (make a call, add a participant) have a rate limit of their own beside that of
    all others. Plivo docs give the same limit in two sections; that these are two counters is inferred."""

    def __post_init__(self) -> None:
        CallbackSettings.__post_init__(self)
        for name in ("record_after", "record_late_by", "dial_seconds", "recording_after", "media_after"):
            if not 0 <= getattr(self, name) < 1e9:
                raise ValueError(f"{name}: {getattr(self, name)} is not a number of seconds within 30 years")
        shares = self.record_late_share, self.record_missing_share
        if not (all(0 <= share <= 1 for share in shares) and sum(shares) <= 1 + 1e-9):
            raise ValueError(f"record_late_share, record_missing_share: {shares} are not shares of one whole")
        zone(self.timezone)


def zone(name: str) -> ZoneInfo | None:
    """The time zone of that name; None for UTC, which needs no data of the machine's.

    Raises:
        ValueError: There is none.
    """
    if name == "UTC":
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # the first is what it raises for what isn't there
        raise ValueError(f"timezone: {name!r} is no time zone that this machine knows") from None
