"""What happens to a conference and its participants, told in order: a state machine without I/O.

                 activate                     end
    Initialized ----------> Active ----------------------> Ended
         |                                                   ^
         +------------------------ end -----------------------+

Active: when a participant with `start_mpc_on_enter` joins, or by the API. Ended, which is final:

| when | cause |
|---|---|
| the last participant leaves | 1000 |
| of two or more only one is left, and `stay_alone` is off, Active or not (inferred) | 1010 |
| `max_duration` has passed since its creation | 2000 |
| the API ends it | 3000 |
| one with `end_mpc_on_exit` leaves | a setting; unverified |

With a conference the calls end that the API has dialled; all others live on. Source: Plivo docs, Multiparty Call.
"""

from collections.abc import Callable
from datetime import datetime

from ._alone import Alone
from ._callbacks import Callbacks, at_the_end
from ._calls import Calls
from ._conferences import Conference, everybody, filled, headcount, hush, those_present
from ._dialling import Dial, Dialler, Exchange
from ._guests import Guests
from ._legs import Leg, poke
from ._office import Office
from ._participants import ExitCause, Participant
from ._phones import Phones
from ._recorder import Recorder
from ._registry import Registry
from ._settings import Settings
from ._timeline import Timeline
from ._values import Applied, ConferenceOptions, Joining

OWN_NUMBER = "14155550100"
"""What people call to get into a conference by XML; made up."""

_COMPLETED = "AddParticipantByAPIActionCompleted"
_KICKED: ExitCause = "Kicked Out of Multiparty Call"
_ENDED: ExitCause = "Multiparty Call Ended"
_TRANSFERRED: ExitCause = "Participant Call Transferred"
_HUNG_UP: ExitCause = "Participant Call Hangup"
_HANGUP_CODES: dict[ExitCause, int] = {_KICKED: 4030, _ENDED: 4020}


class Machine:
    """The conferences of one account and all that becomes of them.

    Args:
        epoch: Wall-clock time at second 0 of the clock that is handed in as `now`; aware.
        new_uuid: Makes the UUIDs.
        auth_id: The account in URLs.
        settings: How it behaves where nobody knows.
        answer_after: Seconds after which a phone answers that was not told otherwise.
        calls_per_second: How many calls are dialled; None for all at once.
    """

    def __init__(
        self,
        epoch: datetime,
        new_uuid: Callable[[], str],
        *,
        auth_id: str = "MA0000000000EMULATOR",
        settings: Settings | None = None,
        answer_after: float = 1.0,
        calls_per_second: float | None = 2.0,
    ) -> None:
        self.time: Timeline = Timeline(epoch)
        self.registry: Registry = Registry()
        self.settings: Settings = Settings() if settings is None else settings
        self.phones: Phones = Phones(self, self.time)
        self.office: Office = Office()
        self.calls: Calls = Calls(self.settings, lambda: self._guests.all())
        self.told: Callbacks = Callbacks(self.time.instant, auth_id, self.settings)
        self.recorder: Recorder = Recorder(self.told, new_uuid, self.time.wall, auth_id, self.time.agenda)
        self.alone: Alone = Alone(self.time, self.office, self.phones, self.told, self.settings, self.cut)
        self.dialler: Dialler = Dialler(
            Exchange(
                alone=self.alone,
                calls=self.calls,
                joins=self._arrives,
                gives_up=self._nobody_came,
                over=self.recorder.stop_call,
            ),
            answer_after=answer_after,
            calls_per_second=calls_per_second,
        )
        self.legs: dict[str, Leg] = self.calls.by_uuid
        self.new_uuid = new_uuid
        self._guests = Guests(lambda from_, uuid, at: self.call_in(from_, OWN_NUMBER, uuid, at))
        self._members = 0
        self._seat, self._expire, self._look = self._guests.of, self._time_is_up, self.time.sync  # bound once for all

    # ---- Conferences --------------------------------------------------------------------------------------------

    def create(
        self,
        name: str,
        options: ConferenceOptions,
        at: float,
        *,
        uuid: str | None = None,
        sub_account: str | None = None,
        guests: int = 0,
    ) -> Conference:
        """A new conference, Initialized.

        Raises:
            ValueError: Its name or its UUID is taken.
        """
        conference = Conference(
            friendly_name=name,
            mpc_uuid=(uuid or self.new_uuid()).lower(),
            creation_time=self.time.wall(at),
            created_at=at,
            options=options,
            sub_account=sub_account,
            guests=guests,
            first_guest=self._members + 1,
            seat=self._seat,
            look=self._look,
        )
        self.registry.enter(conference)
        self._members += guests
        if guests:
            self._guests.expect(conference)
        self.time.agenda.put(at + conference.max_duration, self._expire, conference)
        self.told.status(conference, "MPCInitialized", at)
        return conference

    def start(self, conference: Conference, at: float) -> bool:
        """Initialized becomes Active; anything else stays as it is. Whether it changed."""
        if conference.state != "Initialized":
            return False
        conference.state = "Active"
        conference.start_time = self.time.wall(at)
        self.told.status(conference, "MPCStart", at)
        self.recorder.begin_due(conference, at)
        return True

    def finish(self, conference: Conference, at: float, code: int, *, by: int | None = None) -> None:
        """A live one becomes Ended."""
        conference.state = "Ended"
        conference.end_time = self.time.wall(at)
        conference.termination_cause_code = code
        if by is not None:
            conference.endings.append(Applied(by, at))
        for one in those_present(conference):
            self._exit(conference, one, at, _ENDED)
        self.recorder.complete(conference, at)
        self.dialler.cancel(conference.friendly_name, at)
        conference.playing = conference.speaking = {}
        self.told.status(conference, "MPCEnd", at, None, at_the_end(conference))

    def _time_is_up(self, conference: Conference, at: float) -> None:
        # It may have been told of a maximum after this was put down for the default.
        if conference.live and at >= conference.created_at + conference.max_duration:
            self.finish(conference, at, 2000)

    def _merge(self, conference: Conference, options: ConferenceOptions, at: float) -> None:
        before = conference.max_duration
        if self.settings.later_options == "ignored":
            conference.options = filled(conference.options, options)
        else:
            conference.options = filled(options, conference.options)
        if conference.max_duration != before:
            self.time.agenda.put(max(at, conference.created_at + conference.max_duration), self._expire, conference)

    # ---- Participants -------------------------------------------------------------------------------------------

    def join(
        self, conference: Conference, leg: Leg, joining: Joining, at: float, *, dialled: bool = False
    ) -> Participant:
        """A live call comes in."""
        self._merge(conference, joining.options, at)
        self._members += 1
        one = Participant(
            member_id=str(self._members),
            mpc_uuid=conference.mpc_uuid,
            leg=leg,
            role=joining.role,
            join_time=self.time.wall(at),
            coach_mode=joining.coach_mode and joining.role == "supervisor",
            mute=joining.mute,
            hold=joining.hold,
            start_mpc_on_enter=joining.start_mpc_on_enter,
            end_mpc_on_exit=joining.end_mpc_on_exit,
            dialled=dialled,
            record_participant_track=joining.record_participant_track,
            on_exit_action=joining.on_exit_action,
        )
        conference.roll = (*everybody(conference), one)
        leg.mpc_uuid = leg.last_mpc_uuid = conference.mpc_uuid
        leg.member_id = one.member_id
        if self.settings.start_told == "before-join" and one.start_mpc_on_enter:
            self.start(conference, at)
        self.told.status(conference, "ParticipantJoin", at, one)
        if not (one.start_mpc_on_enter and self.start(conference, at)):
            self.recorder.begin_due(conference, at)
        return one

    def leave(
        self, conference: Conference, leaving: list[Participant], at: float, cause: ExitCause, *, last: int = 1000
    ) -> None:
        """Participants go at the same instant; the conference ends if that is the end of it.

        Args:
            conference: Where they are.
            leaving: Who goes.
            at: When.
            cause: Why.
            last: Why the conference ends if nobody is left.
        """
        before = headcount(conference)
        for one in leaving:
            self._exit(conference, one, at, cause)
        hush(conference)
        left = headcount(conference)
        if any(one.end_mpc_on_exit for one in leaving):
            self.finish(conference, at, self.settings.end_on_exit_cause)
        elif leaving and left == 0:
            self.finish(conference, at, last)
        elif left == 1 and before > 1 and not conference.stay_alone:
            self.finish(conference, at, 1010)

    def kick_out(self, conference: Conference, leaving: list[Participant], at: float, *, everybody: bool) -> None:
        """They are made to leave, one by one or as `everybody`."""
        last = self.settings.kicked_all_cause if everybody else 1000
        self.leave(conference, leaving, at, _KICKED, last=last)

    def move_out(self, leg: Leg, at: float) -> None:
        """A call leaves the conference that it is in, if any, and goes on."""
        conference = self.registry.by_uuid.get(leg.mpc_uuid or "")
        if conference is not None:
            self.leave(conference, _of(conference, leg), at, _TRANSFERRED)

    def hang_up(self, leg: Leg, now: float) -> None:
        """The phone's owner ends a call or, while it rings, rejects it."""
        if leg.over:  # another call of the phone may have taken this one with it
            return
        if leg.live or leg.direction == "inbound":
            self.cut(leg, now, 4000)
        else:
            self.dialler.decline(leg, now)

    def cut(self, leg: Leg, now: float, code: int, *, source: str | None = None) -> None:
        """A call ends that is not over, and leaves the conference that it is in, if any."""
        conference = self.registry.by_uuid.get(leg.mpc_uuid or "")
        waits = not leg.over and leg.answered_at is None
        self.dialler.end(leg, now, code, source=source, outcome="cancelled" if waits else None)
        if conference is not None:
            self.leave(conference, _of(conference, leg), now, _HUNG_UP)

    def all_hang_up(self, conference: Conference, at: float) -> None:
        """Everybody leaves of their own accord, which is about to be the end of the conference."""
        for one in those_present(conference):
            self.dialler.end(one.leg, at, 4000)
            self._exit(conference, one, at, _HUNG_UP)

    def _exit(self, conference: Conference, one: Participant, at: float, cause: ExitCause) -> None:
        one.exit_time = self.time.wall(at)
        one.exit_cause = cause
        one.leg.mpc_uuid = one.leg.member_id = None
        self.recorder.complete(conference, at, member_id=one.member_id)
        self.told.status(conference, "ParticipantExit", at, one)
        if cause != _TRANSFERRED and (cause != _HUNG_UP or self.settings.on_exit_after_hangup):
            self.told.on_exit(conference, one, at)
        if one.dialled and one.on_exit_action is None and one.leg.live and cause in _HANGUP_CODES:
            self.dialler.end(one.leg, at, _HANGUP_CODES[cause])
        poke(one.leg)

    # ---- Phones -------------------------------------------------------------------------------------------------

    def pick_up(self, leg: Leg, now: float) -> None:
        """A ringing call is answered; one that comes in is answered by its XML alone."""
        if leg.direction == "outbound":
            self.dialler.pick_up(leg, now)

    def press(self, leg: Leg, key: str, now: float) -> None:
        """A key is pressed: to confirm, within a conference, or because XML asks for it."""
        conference = self.registry.by_uuid.get(leg.mpc_uuid or "")
        if self.dialler.pending(leg):
            self.dialler.press(leg, key, now)
        elif conference is not None:
            self.told.status(conference, "ParticipantDigitInput", now, _of(conference, leg)[0], {"DigitInput": key})
        else:
            leg.pressed += key
            poke(leg)

    def call_in(self, from_: str, to: str, call_uuid: str, at: float) -> Leg:
        """Somebody calls, and is answered."""
        leg = Leg(
            call_uuid=call_uuid,
            from_=from_,
            to=to,
            direction="inbound",
            status="in-progress",
            placed_at=at,
            answered_at=at,
            hooks=self.office.hooks(to),
        )
        self.calls.enter(leg)
        self.phones.take(from_, leg)
        self.told.call(leg, at)
        return leg

    # ---- Dialled ------------------------------------------------------------------------------------------------

    def _arrives(self, dial: Dial, leg: Leg, at: float) -> None:
        """A dialled phone was answered: it joins the live conference of that name, or makes it."""
        joining = dial.joining
        conference = self.registry.live(dial.name)
        if conference is None and joining.create_mpc_with_single_participant:
            conference = self.create(dial.name, joining.options, at)
        if conference is None or headcount(conference) >= conference.max_participants:
            self.dialler.end(leg, at, 4000, source="Plivo")
            who = None
        else:
            dial.bind(conference)
            who = self.join(conference, leg, joining, at, dialled=True)
        self.tell_added(dial.name, joining, conference, at, who)

    def _nobody_came(self, dial: Dial, at: float) -> None:
        conference = self.registry.live(dial.name)
        self.tell_added(dial.name, dial.joining, conference or dial.conference, at, None)
        if conference is not None and not headcount(conference) and not self.dialler.waits_for(dial.name):
            self.finish(conference, at, 1000)  # it was made by the request, and nobody ever came

    def tell_added(
        self, name: str, joining: Joining, conference: Conference | None, at: float, who: Participant | None
    ) -> None:
        """What became of a request to add a participant. The values of the outcome are unverified."""
        event, more = _COMPLETED, {"AddParticipantAPIRequestOutcome": "failure" if who is None else "success"}
        if conference is None:
            self.told.before(name, joining.options, event, at, more)
        else:
            self.told.status(conference, event, at, who, more)


def _of(conference: Conference, leg: Leg) -> list[Participant]:
    """Whoever a call is in a conference, in a list."""
    return [one for one in those_present(conference) if one.leg is leg]
