"""What one call does, by one piece of XML: its steps in order, and the waits between them."""

import math
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import anyio.lowlevel

from ..world import _placing as placing
from ..world import _rules as rules
from ..world._legs import Leg
from ..world._machine import Machine
from ..world._values import Hook, RuleError
from . import _steps as steps
from ._courier import Courier

HANGUP_DIGITS = {"answer": 1, "fallback": 1, "action": 2, "transfer": 3, "redirect": 4}
"""How the hangup code ends of a call whose XML can't be had (701x) or read (801x), by what asked for it."""
_ANSWERED_BY = "Answer XML"


class Conversation:
    """What one call does, by one piece of XML."""

    def __init__(
        self,
        world: Machine,
        courier: Courier,
        now: Callable[[], float],
        leg: Leg,
        refuse: Callable[[Leg, list[tuple[int, str]]], None],
    ) -> None:
        self._world = world
        self._courier = courier
        self._now = now
        self.leg = leg
        self._refuse = refuse
        self.scope = anyio.CancelScope()
        self._news = anyio.Event()
        self._active = self._over = False
        self._in_conference = False
        self._rest_of_it: list[steps.Step] = []
        self._others: tuple[Leg, ...] = ()
        self._go()  # from the start, so that nobody takes it for idle until its task runs

    @property
    def after(self) -> list[steps.Step] | None:
        """What comes after the conference that it is in; None if it does something else."""
        return self._rest_of_it if self._in_conference else None

    async def run(self, found: list[steps.Step], *, within: bool = False) -> None:
        """Carry out all of it, or first the rest of a conference; the call ends when it runs out."""
        leg = self.leg
        leg.watcher = self._poke
        try:
            with self.scope:
                await anyio.lowlevel.checkpoint()  # it may have been told not to go on before it began
                self._rest_of_it = found
                if within:
                    await self._stay()
                for index, step in enumerate(found):
                    if leg.over:
                        return
                    self._rest_of_it = found[index + 1 :]
                    await self._do(step)
                if leg.over:
                    return
                placing.answer(leg, self._now())
                self._world.cut(leg, self._now(), 4010)
        finally:
            if leg.watcher == self._poke:
                leg.watcher = None
            for other in self._others:
                if not other.over:
                    self._world.cut(other, self._now(), 4000, source="Caller")
            self._over = True
            self._rest()

    # ---- Waiting ------------------------------------------------------------------------------------------------

    def _go(self) -> None:
        if not self._active and not self._over:  # what it has put down for later may come after its end
            self._active = True
            self._courier.busy += 1

    def _rest(self) -> None:
        if self._active:
            self._active = False
            self._courier.busy -= 1
            self._courier.wake()

    def _poke(self) -> None:
        self._go()
        self._news.set()

    async def _until(self, done: Callable[[], bool], deadline: float = math.inf) -> None:
        """Wait for something to become true, for the deadline on the emulator's clock, or for the end of the call."""
        if deadline < math.inf:
            self._world.time.agenda.put(deadline, lambda _subject, _at: self._poke(), None)
        while not self.leg.over and not done() and self._now() < deadline:
            self._news = anyio.Event()
            self._rest()
            await self._news.wait()
        if self.scope.cancel_called:  # it was woken, and then told not to go on
            await anyio.sleep_forever()

    async def _pass(self, seconds: float) -> None:
        await self._until(lambda: False, self._now() + seconds)

    # ---- Steps --------------------------------------------------------------------------------------------------

    async def _do(self, step: steps.Step) -> None:
        if not isinstance(step, steps.Before) and not (isinstance(step, steps.HangUp) and step.reason):
            placing.answer(self.leg, self._now())
        actions: dict[type, Callable[[Any], Awaitable[None]]] = {
            steps.Pause: self._pause,
            steps.Before: self._before,
            steps.Meet: self._meet,
            steps.GoTo: self._go_to,
            steps.HangUp: self._hang_up,
            steps.Send: self._send,
            steps.Record: self._record,
            steps.Gather: self._gather,
            steps.Connect: self._connect,
        }
        await actions[type(step)](step)

    async def _before(self, step: steps.Before) -> None:
        for one in step.steps:
            await self._pause(one)

    async def _send(self, step: steps.Send) -> None:
        self.leg.digits = (*self.leg.digits, step.digits)

    async def _go_to(self, step: steps.GoTo) -> None:
        await self._fetch(step.hook, "redirect")

    async def _pause(self, step: steps.Pause) -> None:
        if self.leg.over:  # before all that is to be heard before the answer
            return
        self.leg.speaking, self.leg.playing = step.speaks, step.plays
        await self._pass(step.seconds)
        if not self.leg.over:
            self.leg.speaking = self.leg.playing = None

    async def _meet(self, step: steps.Meet) -> None:
        try:
            rules.join_by_xml(self._world, self.leg, step.name, step.joining, self._now())
        except RuleError as error:
            self._refuse(self.leg, [(step.line, error.detail)])
            return
        await self._stay()

    async def _stay(self) -> None:
        self._in_conference = True
        await self._until(lambda: self.leg.mpc_uuid is None)
        self._in_conference = False

    async def _fetch(self, hook: Hook, kind: str, more: dict[str, str] | None = None) -> None:
        """Ask for other XML, which ends this."""
        if not self._courier.allows(hook.url):
            self._refuse(self.leg, [(0, "its host is not among those that callbacks may go to: see callbacks_to")])
            self._world.cut(self.leg, self._now(), 7010 + HANGUP_DIGITS[kind])
            return
        self._world.told.fetch(self.leg, hook, "redirect" if kind == "redirect" else "action", self._now(), more)
        await anyio.sleep_forever()

    async def _act(self, hook: Hook | None, redirect: bool, event: str, told: dict[str, str]) -> None:
        """Tell what has come of a step, where it says so, and go on with what comes back unless that is not wanted."""
        if hook is not None and redirect:
            await self._fetch(hook, "action", told)
        elif hook is not None:
            self._world.told.tell(self.leg, hook, event, self._now(), told)

    async def _hang_up(self, step: steps.HangUp) -> None:
        world, leg, now = self._world, self.leg, self._now()
        if step.schedule is not None:
            world.time.agenda.put(now + step.schedule, cut_later, (world, leg))
        elif step.reason is not None and leg.answered_at is None:
            world.dialler.end(leg, now, 3020 if step.reason == "rejected" else 3010, source=_ANSWERED_BY)
        else:
            placing.answer(leg, now)
            world.cut(leg, now, 4000, source=_ANSWERED_BY)

    async def _record(self, step: steps.Record) -> None:
        leg, recorder = self.leg, self._world.recorder
        recording = recorder.start_call(leg, step.new, self._now())
        if step.session:
            return
        leg.pressed = ""
        enough = self._now() + step.new.time_limit
        await self._until(lambda: not recording.open or bool(set(leg.pressed) & set(step.keys)), enough)
        recorder.stop_call(leg, self._now(), url=recording.recording_url)
        if not leg.over:
            told = {**self._world.told.recorded(recording), "Digits": leg.pressed}
            await self._act(step.action, step.redirect, "Record", told)

    async def _gather(self, step: steps.Gather) -> None:
        leg = self.leg
        leg.pressed = ""
        await self._until(lambda: bool(leg.pressed), self._now() + step.prompt + step.first)
        heard = ""
        while not leg.over and heard != leg.pressed and not _gathered(leg.pressed, step):
            heard = leg.pressed
            await self._until(lambda: leg.pressed != heard, self._now() + step.following)  # noqa: B023  (awaited here)
        digits = _digits(leg.pressed, step)
        if not leg.over and digits:
            told = {"Digits": digits, "InputType": "dtmf", "Speech": "", "SpeechConfidenceScore": ""}
            await self._act(step.action, step.redirect, "GetInput", told)

    async def _connect(self, step: steps.Connect) -> None:
        world, leg = self._world, self.leg
        try:
            self._others = others = placing.dial_by_xml(world, step.calling, self._now())
        except RuleError as error:
            self._refuse(leg, [(step.line, error.detail)])
            return
        leg.pressed = ""
        for other in others:
            other.watcher = self._poke
        await self._until(lambda: any(one.live for one in others) or all(one.over for one in others))
        answered = next((one for one in others if one.answered_at is not None), None)
        for other in others:
            if other is not answered and not other.over:
                world.cut(other, self._now(), 9000)
        if answered is not None:
            await self._until(lambda: answered.over or (step.star and "*" in leg.pressed))
            if not answered.over:
                world.cut(answered, self._now(), 4000, source="Caller")
        if not leg.over:
            await self._act(step.action, step.redirect, "Dial", _dialled(leg, answered or others[-1]))


def _gathered(pressed: str, step: steps.Gather) -> bool:
    return len(pressed) >= step.most or any(key in step.finish for key in pressed)


def _digits(pressed: str, step: steps.Gather) -> str:
    ends = [index for index, key in enumerate(pressed) if key in step.finish]
    return pressed[: ends[0] if ends else None][: step.most]


def _dialled(leg: Leg, other: Leg) -> dict[str, str]:
    """What the action of `<Dial>` is told. Source: Plivo docs, Dial."""
    return {
        "DialStatus": "completed" if other.answered_at is not None else other.status,
        "DialHangupCause": other.hangup_cause or "",
        "DialALegUUID": leg.call_uuid,
        "DialBLegUUID": other.call_uuid,
        "DialBLegHangupCauseCode": str(other.hangup_cause_code or ""),
        "DialBLegHangupCauseName": other.hangup_cause or "",
        "DialBLegHangupSource": other.hangup_source or "",
    }


def cut_later(what: tuple[Machine, Leg], at: float) -> None:
    """A call that was told so ends, if it isn't over."""
    world, leg = what
    if not leg.over:
        world.cut(leg, at, 6000)
