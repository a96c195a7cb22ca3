"""What a user of the emulator sees of conferences and phones: the part of `Emulator` that is about these."""

from collections.abc import Mapping

from ._clock import Clock
from .world import _rules as rules
from .world._conferences import Conference
from .world._legs import Leg
from .world._machine import OWN_NUMBER, Machine
from .world._phones import Phone, Rings


class ConferenceView:
    """Conferences, phones, and calls that come in."""

    _machine: Machine
    _clock: Clock
    _rings: Rings

    @property
    def conferences(self) -> Mapping[str, Conference]:
        """The conferences by friendly name, the newest of each name; a live view."""
        self._machine.time.sync()
        return self._machine.registry.newest

    @property
    def conferences_by_uuid(self) -> Mapping[str, Conference]:
        """All conferences by UUID, the oldest first; a live view."""
        self._machine.time.sync()
        return self._machine.registry.by_uuid

    def add_conference(
        self,
        name: str,
        *,
        waiting: int = 1,
        status: str = "initialized",
        uuid: str | None = None,
        stay_alone: bool | None = None,
        sub_account: str | None = None,
        started_ago: float = 0.0,
        max_duration: int | None = None,
    ) -> Conference:
        """Add a conference, as if its participants had called in, by XML, and just joined.

        Like any other it ends after `max_duration`, though nobody leaves.

        Args:
            name: Its friendly name.
            waiting: Participants in it, 1 to 10.
            status: `initialized`, `active` or `ended`.
            uuid: Its UUID; drawn from the seed when it is not given.
            stay_alone: May a single participant stay behind? None: as in the settings.
            sub_account: Auth ID of the subaccount that owns it, if one does.
            started_ago: Seconds since they joined and, if it is not `initialized`, since it became active; 0 or more,
                and less than `max_duration`.
            max_duration: Seconds that it may last, 300 to 28,800; None for 14,400, four hours, as at Plivo.

        Raises:
            ValueError: An argument out of range, a UUID in use, or a live conference of that name.
            RuntimeError: The emulator is not running, or runs in another thread or event loop.
        """
        return rules.add(
            self._machine,
            name,
            now=self._clock.now(),
            waiting=waiting,
            status=status,
            uuid=uuid,
            stay_alone=self._machine.settings.stay_alone if stay_alone is None else stay_alone,
            sub_account=sub_account,
            started_ago=started_ago,
            max_duration=max_duration,
        )

    def activate_conference(self, name: str) -> None:
        """Activate the conference, by somebody else's doing.

        Raises:
            ValueError: No Initialized conference has that name.
        """
        now = self._clock.now()
        conference = self._machine.registry.live(name)
        if conference is None or not rules.activate(self._machine, conference, now):
            raise ValueError(f"no conference called {name!r} waits to be activated")

    def end_conference(self, name: str, *, cause: int = 1000) -> None:
        """End the conference, by somebody else's doing.

        Args:
            name: Its friendly name.
            cause: Why: 1000 its last participant left, 1010 only one was left, 2000 too long, 3000 by the API.

        Raises:
            ValueError: No live conference has that name, or there is no such cause.
        """
        now = self._clock.now()
        conference = self._machine.registry.live(name)
        if conference is None or not rules.end(self._machine, conference, now, cause=cause):
            raise ValueError(f"no live conference is called {name!r}")

    # ---- Phones and calls ---------------------------------------------------------------------------------------

    def phone(self, number: str) -> Phone:
        """The phone, or SIP endpoint, of that number; it is there when it is first spoken of, running or not.

        Args:
            number: With or without a leading "+": both are the same phone. A `sip:` URI is taken as it is.

        Raises:
            ValueError: An empty number.
        """
        return self._machine.phones.get(number)

    @property
    def rings(self) -> Mapping[str, int]:
        """How often each phone was rung, by number, with or without "+"; 0 for any other. A live view."""
        return self._rings

    def add_call(self, *, from_: str, to: str = OWN_NUMBER, call_uuid: str | None = None) -> Leg:
        """Let somebody call: a live call in no conference, which can be transferred into one by its `call_uuid`.

        Args:
            from_: Whose phone it is; `phone(from_).hang_up()` ends it.
            to: The number that was called; a made-up one of the account by default.
            call_uuid: Its UUID; drawn from the seed when it is not given.

        Raises:
            ValueError: A UUID in use, or an empty number.
            RuntimeError: The emulator is not running, or runs in another thread or event loop.
        """
        return rules.add_call(self._machine, self._clock.now(), from_=from_, to=to, call_uuid=call_uuid)
