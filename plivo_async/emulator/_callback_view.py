"""What a user of the emulator sees of callbacks: the part of `Emulator` that is about these."""

from collections import deque
from typing import Literal

from ._clock import Clock
from ._mishaps import Line, Mishap, Mishaps
from .calling_back._courier import Courier
from .calling_back._deliveries import Delivery
from .calling_back._destinations import place_of, shown
from .world import _placing as placing
from .world._callbacks import CallbackRecord
from .world._legs import Leg
from .world._machine import OWN_NUMBER, Machine
from .world._phones import KEYS
from .world._values import CallHooks, Hook


class IncomingCall:
    """A call that has come in, as its caller holds it. Get it by `Emulator.incoming_call`.

    What has become of it stands in `leg`, which is also in `Emulator.calls`.
    """

    __slots__ = ("_machine", "leg")

    leg: Leg
    """The call; its `status` is `ringing` until its XML has answered it."""

    def __init__(self, machine: Machine, leg: Leg) -> None:
        self._machine = machine
        self.leg = leg

    def __repr__(self) -> str:
        return f"<IncomingCall {self.leg.call_uuid} {self.leg.status}>"

    @property
    def call_uuid(self) -> str:
        """The UUID of the call."""
        return self.leg.call_uuid

    @property
    def refused(self) -> list[tuple[int, str]]:
        """What of its XML was not understood, or not allowed: the line, and what is wrong. Line 0: there was no XML."""
        self._machine.time.sync()
        return list(self.leg.refused)

    def hang_up(self) -> None:
        """The caller hangs up, or gives up.

        Raises:
            ValueError: It is over.
        """
        now = self._machine.time.act()
        if self.leg.over:
            raise ValueError(f"the call {self.leg.call_uuid} is over")
        self._machine.hang_up(self.leg, now)

    def press(self, keys: str) -> None:
        """The caller presses keys, one after the other.

        Args:
            keys: Of 0 to 9, * and #.

        Raises:
            ValueError: No such key, or it is not answered, or over.
        """
        if not keys or not set(keys) <= set(KEYS):
            raise ValueError(f"keys: {keys!r} are not of {' '.join(KEYS)}")
        now = self._machine.time.act()
        if not self.leg.live:
            raise ValueError(f"the call {self.leg.call_uuid} is {self.leg.status}")
        for key in keys:
            self._machine.press(self.leg, key, now)


class CallbackView:
    """Callbacks: what there was to tell, and how that was delivered."""

    _machine: Machine
    _clock: Clock
    _courier: Courier
    _mishaps: Mishaps

    def incoming_call(
        self,
        *,
        from_: str,
        to: str = OWN_NUMBER,
        answer_url: str | None = None,
        answer_method: Literal["GET", "POST"] = "POST",
        fallback_url: str | None = None,
        fallback_method: Literal["GET", "POST"] = "POST",
        hangup_url: str | None = None,
        hangup_method: Literal["GET", "POST"] = "POST",
        call_uuid: str | None = None,
    ) -> IncomingCall:
        """Let somebody call a number whose XML is fetched and carried out, as Plivo does; `add_call` is answered as is.

        Fetching begins at once: `await plivo.delivered()` waits until it has come, and was carried out as far as it
        goes without anybody's doing. XML that can't be had after three tries, or 60 s, nor from the fallback URL, ends
        the call with 7011, what can't be parsed with 8011, and its end with 4010.

        Args:
            from_: Whose phone it is.
            to: The number that was called; a made-up one of the account by default.
            answer_url: Where its XML is; None: where the application of `to` says.
            answer_method: How that is asked for.
            fallback_url: Where it is asked for when `answer_url` has failed.
            fallback_method: How.
            hangup_url: Where its end is told; None for nowhere, or where the application of `to` says.
            hangup_method: How.
            call_uuid: Its UUID; drawn from the seed when it is not given.

        Raises:
            ValueError: A UUID in use, an empty number, a URL that is none, a host that callbacks may not go to, or no
                `answer_url` although `to` leads to no application.
            RuntimeError: The emulator is not running, or runs in another thread or event loop.
        """
        machine, now = self._machine, self._clock.now()
        hooks = machine.office.hooks(to)
        if answer_url is not None:
            given = {"answer": (answer_url, answer_method), "fallback": (fallback_url, fallback_method)}
            given["hangup"] = (hangup_url, hangup_method)
            hooks = CallHooks(**{name: self._hook(name, *way) for name, way in given.items()})
        if hooks.answer is None:
            raise ValueError(f"to: {to} leads to no application, so an answer_url is needed")
        if not self._courier.allows(hooks.answer.url):
            raise ValueError(f"answer_url: callbacks may not go to {shown(hooks.answer.url)}; name it in callbacks_to")
        leg = placing.ring_in(machine, now, from_=from_, to=to, hooks=hooks, call_uuid=call_uuid)
        return IncomingCall(machine, leg)

    def _hook(self, name: str, url: str | None, method: Literal["GET", "POST"]) -> Hook | None:
        if url is None:
            return None
        if place_of(url) is None:
            raise ValueError(f"{name}_url: not a URL of http or https")
        if method not in ("GET", "POST"):
            raise ValueError(f"{name}_method: {method!r} is none of 'GET', 'POST'")
        return Hook(url=url, method=method)

    @property
    def callbacks(self) -> list[CallbackRecord]:
        """All that Plivo tells by callbacks, in order, delivered or not."""
        self._machine.time.sync()
        return self._machine.told.records

    @property
    def deliveries(self) -> deque[Delivery]:
        """How each of the `callbacks` was delivered, copies included, in order; the latest `keep_deliveries`.

        It is the log itself: `deliveries.clear()` forgets what has been.
        """
        self._machine.time.sync()
        return self._courier.deliveries

    async def delivered(self) -> None:
        """Wait until every callback that there is to tell has been sent and answered, or given up, late ones included.

        What falls due meanwhile belongs to it; what is to come (a phone that will answer) doesn't. The XML of calls is
        carried out as far as it goes without anybody's doing.

        Raises:
            RuntimeError: The emulator is not running, or runs in another thread or event loop.
        """
        self._clock.now()
        await self._courier.settled()

    async def resend(self, delivery: Delivery) -> Delivery:
        """Send a callback once more, as Plivo may, and wait until it is answered, or given up.

        The parameters are the same; nonce and signature are new. Nothing goes wrong with it on purpose, and XML that
        comes back is not carried out.

        Args:
            delivery: One of `deliveries`, whatever became of it.

        Returns:
            The new one, whose `copy_of` is the number of the first.

        Raises:
            ValueError: Its host is not among those that callbacks may go to.
            RuntimeError: The emulator is not running, or runs in another thread or event loop.
        """
        self._clock.now()
        copy = self._courier.send_again(delivery)
        await self._courier.over(copy)
        return copy

    def script_callback(self, event: str, subject: str | None = None, *, nth: int | None = 1, fault: Mishap) -> None:
        """Let one callback go wrong for certain, whatever chance says.

        Args:
            event: `EventName` or `Event`, such as `ParticipantJoin` or `Hangup`, or another `Delivery.event`.
            subject: The friendly name of the conference, or the number of the phone, without "+"; None for whichever.
            nth: Which such callback since the start, 1 for the first; None for each.
            fault: `lost`: it is never sent. `late`: it is sent `Faults.callbacks_late_by` seconds late. `twice`.
                `shuffled`: the next one of the same conference, or call, overtakes it.

        Raises:
            ValueError: No such fault, or `nth` is less than 1.
        """
        self._mishaps.add(Line(event, subject, nth, fault))
