"""Every public signature, used as a user would: what type checkers must accept, and with which types.

Checked by mypy (strict) with the rest of the project, and by pyright through `tests/test_typed.py`. Not run.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, assert_type
from uuid import UUID

import httpx

from plivo_async import (
    Accepted,
    AccountFacts,
    AccountResource,
    Activation,
    ActivationOutcome,
    ActivationReport,
    ActivationStream,
    AddedParticipant,
    Application,
    ApplicationOptions,
    Applications,
    AsyncClient,
    Attempt,
    AttemptEnded,
    BatchEnded,
    Call,
    CallEnd,
    CallFilters,
    CallHandle,
    CallIds,
    CallOptions,
    CallOutcome,
    CallOutcomes,
    Calls,
    CreatedApplication,
    DeferredMultiPartyCallHandle,
    DeferredMultiPartyCalls,
    Destination,
    Dial,
    DialledCall,
    DialOptions,
    Event,
    EventBus,
    Events,
    JournalRun,
    LiveCall,
    LiveCallFilters,
    MadeCall,
    MembersHandle,
    MultiPartyCall,
    MultiPartyCallHandle,
    MultiPartyCalls,
    Number,
    Numbers,
    OutcomeUnknownError,
    Page,
    PageMeta,
    Pages,
    Participant,
    ParticipantHandle,
    ParticipantOptions,
    ParticipantUpdate,
    Plan,
    Playback,
    PlivoError,
    RateLimit,
    Reached,
    Recording,
    RecordingFilters,
    Recordings,
    RecordingStream,
    RetryPolicy,
    Shard,
    ShardState,
    SharedBudget,
    Statistics,
    StatusNotReachedError,
    StoredRecording,
    Subaccount,
    Timeline,
    TimelineEntry,
    merge,
    plan,
    split,
    webhooks,
)

CALL = "c0267574-5c12-4861-8990-da9404c8cdf6"
HOOK = "https://example.com/done"
AUDIO = "https://example.com/a.mp3"
SINCE = datetime.now(UTC) - timedelta(days=1)


async def clients(own: httpx.AsyncClient) -> None:
    """Making, copying and closing them; any other endpoint."""
    client = AsyncClient()
    client = AsyncClient("MAXXXXXXXXXXXXXXXXXX", "token", base_url="https://api.plivo.com", timeout=5)
    client = AsyncClient(timeout=httpx.Timeout(5, connect=1), retry=RetryPolicy(max_attempts=2), rate_limit=None)
    client = AsyncClient(rate_limit=RateLimit(300, per=5.0), http_client=own)
    async with AsyncClient(timeout=None) as entered:
        assert_type(entered, AsyncClient)
    assert_type(client.with_options(timeout=2, retry=RetryPolicy(max_attempts=1)), AsyncClient)
    assert_type(await client.request("GET", "Call/", params={"limit": 5}), Any)
    assert_type(client.statistics(), Statistics)
    assert_type(client.statistics().shared, SharedBudget | None)
    seen: list[Event] = []
    AsyncClient(observer=seen.append)
    AsyncClient(observer=print)
    for event in seen:
        match event:
            case AttemptEnded(operation, number, attempt, waited):
                assert_type((operation.batch, number, attempt, waited), tuple[int | None, int, Attempt, float])
            case BatchEnded():
                assert_type(event.counts, Mapping[ActivationOutcome, int])
            case _:
                assert_type(event.to_dict(), dict[str, Any])
    assert_type(client.mpc, MultiPartyCalls)
    await client.aclose()


async def activating(client: AsyncClient, names: list[str], some: AsyncIterator[str]) -> None:
    """One, many, a stream."""
    assert_type(await client.mpc.start("support-4812"), Activation)
    assert_type(await client.mpc.start(UUID(int=1)), Activation)
    assert_type(await client.mpc.start(uuid="8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e", wait_for=30), Activation)
    report = await client.mpc.start(names, confirm="ambiguous", deadline=60, on_outcome=print)
    assert_type(report, ActivationReport)
    assert_type(report.runs, tuple[JournalRun, ...])
    assert_type(plan(["a", "b"], RateLimit(100)).least, float)
    assert_type(plan(["a"]), Plan)
    assert_type(await client.mpc.start(some), ActivationReport)
    stream = client.mpc.start_each(some)
    assert_type(stream, ActivationStream)
    async with stream as activations:
        assert_type(activations, ActivationStream)
        async for activation in activations:
            assert_type(activation, Activation)
            assert_type(activation.outcome, ActivationOutcome)
            assert_type(activation.attempts, tuple[Attempt, ...])
    assert_type(await client.mpc("support-4812").start(deadline=10), Activation)


async def in_shards(client: AsyncClient, names: list[str]) -> None:
    """Cut, told of as JSON and text, worked on, and put together."""
    parts: list[tuple[Shard, ShardState]] = []
    for shard in split(names, 500, batch="tonight"):
        assert_type(Shard.from_dict(shard.to_dict()), Shard)
        state = ShardState.of(shard).intend(range(len(shard)), SINCE)
        async with client.mpc.start_each(shard, maybe_sent=state.maybe_sent(shard)) as activations:
            async for activation in activations:
                state = state.settle([activation])
        assert_type(ShardState.from_text(state.to_text(), shard) | state.withdraw(state.left), ShardState)
        assert_type(state.reopened(["unknown"]).left, tuple[int, ...])
        parts.append((shard, state))
    assert_type(merge(parts, elapsed=2.0), ActivationReport)


async def conferences(client: AsyncClient) -> None:
    """Handles, and what is done to a conference."""
    assert_type(client.mpc("support-4812"), MultiPartyCallHandle)
    assert_type(client.mpc(uuid="8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e"), MultiPartyCallHandle)
    assert_type(client.mpc(UUID(int=1)), MultiPartyCallHandle)
    mpc = client.mpc(uuid=UUID(int=1))
    assert_type(await mpc.get(), MultiPartyCall)
    assert_type(await client.mpc.get("support-4812"), MultiPartyCall)
    assert_type(await client.mpc.get(uuid=UUID(int=1), deadline=5), MultiPartyCall)
    await mpc.stop()
    await client.mpc.stop("support-4812", deadline=5)
    assert_type(await mpc.wait_until("active", deadline=30, interval=0.5), MultiPartyCall)


async def lists(client: AsyncClient) -> None:
    """Items, pages, the first page."""
    pages = client.mpc.list(status="initialized", creation_time__gte=SINCE, end_time__lt=SINCE, limit=20, offset=0)
    assert_type(pages, Pages[MultiPartyCall])
    async for call in pages:
        assert_type(call, MultiPartyCall)
    page = await client.mpc.list(friendly_name="support-4812", termination_cause_code=1000)
    assert_type(page, Page[MultiPartyCall])
    assert_type(page.objects, tuple[MultiPartyCall, ...])
    assert_type(page.meta, PageMeta)
    assert_type(page.has_next, bool)
    assert_type(await page.next(), Page[MultiPartyCall] | None)
    async for one in client.mpc.list().pages():
        assert_type(one, Page[MultiPartyCall])
    people = client.mpc("support-4812").participants(call_uuid=CALL, limit=5)
    assert_type(people, Pages[Participant])


async def adding(mpc: MultiPartyCallHandle, to: list[str], url: str | None) -> None:
    """Dialling one, dialling several, transferring."""
    added = await mpc.add_participant(role="customer", from_="+14151234567", to="+14157654321", record=True)
    assert_type(added, Dial)
    assert_type(await added.outcome(timeout=60), CallEnd)
    assert_type(added.calls, tuple[DialledCall, ...])
    await mpc.add_participant(role="supervisor", from_="+14151234567", to=Destination("+14157654321", ring_timeout=20))
    await mpc.add_participant(role="agent", from_="+14151234567", to=to)
    await mpc.add_participant(
        role="agent",
        from_="+14151234567",
        to=["+14157654321", Destination("sip:agent@phone.plivo.com", ring_timeout=20, delay_dial=5)],
        caller_name="Support",
        confirm_key="5",
        sip_headers={"Team": "7"},
        status_callback_url=url,
        status_callback_events=["mpc-state-changes", "participant-speak-events"],
        start_mpc_on_enter=False,
        deadline=10,
    )
    await mpc.add_participant(role="customer", call_uuid=CALL, stay_alone=True)
    both: ParticipantOptions = {"max_duration": 600, "record": True}
    dialling: DialOptions = {"max_duration": 600, "ring_timeout": 30}
    await mpc.add_participant(role="customer", call_uuid=CALL, **both)
    await mpc.add_participant(role="customer", from_="+14151234567", to="+14157654321", **dialling)
    assert_type(await mpc.find_participant(call_uuid=CALL, wait_for=30), Participant | None)
    assert_type(await mpc.find_participant(member_address="+14157654321", joined_since=SINCE), Participant | None)


async def told(client: AsyncClient, mpc: MultiPartyCallHandle, event: webhooks.Event, bus: EventBus) -> None:
    """Callbacks in, and what waits for them."""
    assert_type(client.events, Events)
    assert_type(client.events.feed(event), bool)
    reached = await mpc.until("active", timeout=30)
    assert_type(reached, Reached)
    assert_type(reached.at, datetime | None)
    assert_type(await mpc.participant(7).until("left"), Reached)
    line = await mpc.timeline()
    assert_type(line, Timeline)
    assert_type(line.entries, tuple[TimelineEntry, ...])
    assert_type(await client.events.timeline("support-4812"), Timeline)
    assert_type(await client.events.explain(uuid=CALL), str)
    async with client.events.over(bus):
        pass
    moved = await mpc.add_participant(role="customer", call_uuid=CALL)
    assert_type(moved, AddedParticipant)


async def participants(mpc: MultiPartyCallHandle) -> None:
    """One, several, all."""
    person = mpc.participant(355)
    assert_type(person, ParticipantHandle)
    assert_type(await person.get(), Participant)
    assert_type(await person.update(mute=True, hold=False, coach_mode=True), ParticipantUpdate)
    assert_type(await person.start_coach_mode(), ParticipantUpdate)
    assert_type(await person.stop_coach_mode(deadline=5), ParticipantUpdate)
    for members in (mpc.participant("355"), mpc.members("355", 356), mpc.members("all")):
        assert_type(await members.mute(), ParticipantUpdate)
        assert_type(await members.unmute(deadline=5), ParticipantUpdate)
        assert_type(await members.hold(), ParticipantUpdate)
        assert_type(await members.unhold(), ParticipantUpdate)
        assert_type(await members.update(mute=True, hold=True), ParticipantUpdate)
        assert_type(await members.play(AUDIO), Playback)
        assert_type(await members.speak("Hello", voice="WOMAN", language="en-US", mix=False), Playback)
        await members.stop_playing()
        await members.stop_speaking()
        await members.kick()
    assert_type(mpc.members("all"), MembersHandle)


async def recordings(mpc: MultiPartyCallHandle) -> None:
    """Of the conference, and of a participant."""
    recording = await mpc.start_recording(file_format="wav", recording_callback_url=HOOK)
    assert_type(recording, Recording)
    assert_type(recording.recording_url, str | None)
    await mpc.pause_recording()
    await mpc.resume_recording(deadline=5)
    await mpc.stop_recording()
    person = mpc.participant(355)
    assert_type(await person.start_recording(file_format="mp3", record_track_type="participant"), Recording)
    await person.pause_recording(record_track_type="participant")
    await person.resume_recording()
    await person.stop_recording()


async def deferred(client: AsyncClient) -> None:
    """Plivo's asynchronous form: the same methods, and `Accepted`."""
    later = client.mpc.deferred(HOOK, method="GET")
    assert_type(later, DeferredMultiPartyCalls)
    assert_type(await later.list(status="active", limit=5), Accepted)
    mpc = later("support-4812")
    assert_type(mpc, DeferredMultiPartyCallHandle)
    assert_type(await mpc.start(), Accepted)
    assert_type(await later(uuid=UUID(int=1)).stop(deadline=5), Accepted)
    assert_type(await mpc.participants(limit=5), Accepted)
    assert_type(await mpc.add_participant(role="agent", call_uuid=CALL, record=True), Accepted)
    assert_type(await mpc.start_recording(file_format="wav"), Accepted)
    assert_type(await mpc.participant(355).get(), Accepted)
    assert_type(await mpc.participant(355).update(mute=True, coach_mode=True), Accepted)
    assert_type(await mpc.members("all").hold(), Accepted)


def models(call: MultiPartyCall, person: Participant) -> None:
    """What is known of a conference and of a participant."""
    assert_type(call.billed_amount, Decimal | None)
    assert_type(call.start_time, datetime | None)
    assert_type(call.status, str)
    assert_type(call.extra, dict[str, Any])
    assert_type(person.member_id, str)
    assert_type(person.coach_mode, bool | None)


async def errors(mpc: MultiPartyCallHandle) -> None:
    """What can be caught, and what it tells."""
    try:
        await mpc.stop()
    except OutcomeUnknownError as error:
        assert_type(error.started_at, datetime | None)
    except StatusNotReachedError as error:
        assert_type(error.status, str | None)
    except PlivoError as error:
        assert_type(error.to_dict(), dict[str, Any])


async def wrong_calls(client: AsyncClient, mpc: MultiPartyCallHandle) -> None:
    """Each of these is refused: should a checker let one pass, its comment is in vain, and that is an error too."""
    client.mpc()  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    client.mpc("a", uuid="b")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    client.mpc.list(status="Active")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await mpc.add_participant(from_="+1", to="+2")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await mpc.add_participant(role="agent", to="+2")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await mpc.add_participant(role="agent", from_="+1")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await mpc.add_participant(role="agent")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await mpc.add_participant(role="agent", from_="+1", to="+2", call_uuid=CALL)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await mpc.add_participant(role="agent", from_="+1", call_uuid=CALL)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await mpc.add_participant(role="agent", call_uuid=CALL, ring_timeout=5)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await mpc.add_participant(role="customer", from_="+1", to=["+2", "+3"])  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    await mpc.add_participant(role="boss", from_="+1", to="+2")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    await mpc.add_participant(role="agent", from_="+1", to="+2", max_durations=5)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await mpc.add_participant(role="agent", from_="+1", to="+2", max_duration="5")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    await mpc.add_participant(role="agent", from_="+1", to=2)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    await mpc.add_participant(role="agent", from_="+1", to="+2", status_callback_events=["all"])  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    await mpc.add_participant("agent", from_="+1", to="+2")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    Destination("+1", ring_timeout="20")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def calls(client: AsyncClient) -> None:
    """Phone calls, how they ended, their recordings, and what points a number at a URL."""
    assert_type(client.calls, Calls)
    options: CallOptions = {"ring_timeout": 30, "machine_detection": "hangup"}
    made = await client.calls.make(from_="+1", to=["+2", "+3"], answer_url=HOOK, **options)
    assert_type(made, MadeCall)
    assert_type(made.request_uuid, str | None)
    await client.calls.cancel(CALL)
    filters: CallFilters = {"call_direction": "outbound", "end_time__gte": SINCE}
    assert_type(client.calls.list(**filters), Pages[Call])
    live: LiveCallFilters = {"to_number": "+2"}
    assert_type(await client.calls.live(**live), CallIds)
    assert_type((await client.calls.queued()).call_uuids, tuple[str, ...])
    outcomes = client.calls.outcomes([CALL, UUID(int=1)], until_ended=True, deadline=60)
    assert_type(outcomes, CallOutcomes)
    assert_type(outcomes.open, int)
    async for end in outcomes:
        assert_type(end, CallEnd)
        assert_type(end.outcome, CallOutcome)
    call = client.calls(UUID(int=1))
    assert_type(call, CallHandle)
    assert_type(await call.get(), Call)
    assert_type((await call.get()).answered, bool)
    assert_type(await call.get_live(), LiveCall)
    assert_type(await call.get_queued(), LiveCall)
    assert_type(await call.outcome(patience=10), CallEnd)
    await call.transfer(aleg_url=HOOK, aleg_method="GET")
    assert_type(await call.start_recording(time_limit=600, record_channel_type="stereo"), Recording)
    await call.stop_recording()
    await call.play([AUDIO, AUDIO], legs="both")
    await call.stop_playing()
    await call.speak("hello", type="text")
    await call.stop_speaking()
    await call.send_digits("12#", leg="aleg")
    await call.hang_up(deadline=5)
    await call.play()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await client.calls.make(to="+2", answer_url=HOOK)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def stored_recordings(client: AsyncClient, tmp: Path) -> None:
    """Recordings that are there, and their files."""
    assert_type(client.recordings, Recordings)
    filters: RecordingFilters = {"mpc_uuid": CALL, "add_time__gte": SINCE}
    async for recording in client.recordings.list(**filters):
        assert_type(recording, StoredRecording)
        assert_type(await client.recordings.download(recording, tmp, overwrite=True, wait_for=10), Path)
    assert_type(await client.recordings.get("1"), StoredRecording)
    async with client.recordings.stream("1", most_bytes=1_000) as pieces:
        assert_type(pieces, RecordingStream)
        async for piece in pieces:
            assert_type(piece, bytes)
    await client.recordings.delete("1")


async def account(client: AsyncClient) -> None:
    """What Plivo says of it, and what points a number at a URL."""
    assert_type(client.account, AccountResource)
    assert_type(await client.account.get(), AccountFacts)
    assert_type(client.account.subaccounts(limit=5), Pages[Subaccount])
    assert_type(await client.account.subaccount("SA"), Subaccount)
    assert_type(client.applications, Applications)
    options: ApplicationOptions = {"hangup_url": HOOK}
    assert_type(await client.applications.create("a", HOOK, **options), CreatedApplication)
    assert_type(await client.applications.get("1"), Application)
    assert_type(client.applications.list(app_name="a"), Pages[Application])
    await client.applications.update("1", answer_url=HOOK)
    await client.applications.delete("1", cascade=False)
    assert_type(client.numbers, Numbers)
    assert_type(client.numbers.list(type="local"), Pages[Number])
    assert_type((await client.numbers.get("+1415")).app_id, str | None)
    await client.numbers.update("+1415", app_id="1")


async def wrong_operations(mpc: MultiPartyCallHandle) -> None:
    """Options that don't exist or don't go together, words that are none, and one where there must be several."""
    await mpc.get(callback_url=HOOK)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await mpc.get(deadlines=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await mpc.start(wait_for="3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await mpc.wait_until("Active")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await mpc.start_recording(file_format="ogg")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await mpc.start_recording(record_track_type="all")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await mpc.members("all").update(coach_mode=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await mpc.members("all").start_recording()  # type: ignore[attr-defined]  # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue]
    await mpc.members("all").get()  # type: ignore[attr-defined]  # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue]
    await mpc.participant(3.5).mute()  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await mpc.participant(355).update(muted=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await mpc.participant(355).play()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await mpc.participant(355).speak("a", mix="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await mpc.find_participant("+1415")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def wrong_asking(client: AsyncClient) -> None:
    """Filters that don't exist, times as text, and conferences that are given twice."""
    client.mpc.list(statuss="active")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.mpc.list(end_time__gt="2026-11-11")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.mpc.list("active")  # type: ignore[arg-type, call-arg]  # pyright: ignore[reportCallIssue]
    await client.mpc.stop("a", confirm="always")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await client.mpc.start(["a"], uuid="b")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
