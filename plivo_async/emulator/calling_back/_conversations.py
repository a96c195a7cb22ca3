"""Carries out the XML of calls, one task for each call that has some: whose, until when, and what can't be.

Whatever asks for other XML (a redirect, an action, a transfer) ends what is carried out, and the answer begins anew.
"""

import logging
from collections.abc import Callable

from ..world._callbacks import About, CallbackRecord, Reply
from ..world._legs import Leg
from ..world._machine import Machine
from . import _steps as steps
from ._conversation import HANGUP_DIGITS, Conversation
from ._courier import Courier, Start
from ._deliveries import Delivery
from ._letters import CallbackAnswer
from ._xml import XmlError, read_xml

_log = logging.getLogger("plivo_async.emulator")


class Conversations:
    """Carries on with calls whose XML has come.

    Args:
        world: Where they are.
        courier: Fetches XML.
        now: Seconds since the emulator started.
        start: Starts tasks.
    """

    def __init__(self, world: Machine, courier: Courier, now: Callable[[], float], start: Start) -> None:
        self._world = world
        self._courier = courier
        self._now = now
        self._start = start
        self._running: dict[Leg, Conversation] = {}
        courier.on_reply = self._reply

    def take(self, record: CallbackRecord, about: About) -> None:
        """The world has something to tell: if that asks for XML, what is carried out until now is over."""
        self._courier.take(record, about)
        if about.reply is not None and self._courier.allows(record.url):
            self.end(about.reply.leg)

    def end(self, leg: Leg) -> None:
        """Don't go on with what it was told."""
        running = self._running.pop(leg, None)
        if running is not None:
            running.scope.cancel()

    def _reply(self, reply: Reply, delivery: Delivery, answer: CallbackAnswer | None) -> None:
        leg = reply.leg
        if leg.over:
            return
        if answer is None or not 200 <= answer.status < 300:
            self._not_reached(reply, delivery)
            return
        try:
            response = read_xml(answer.body)
        except XmlError as error:
            self.refuse(leg, [(error.line, error.why)])
            self._world.cut(leg, self._now(), 8010 + HANGUP_DIGITS[reply.kind])
            return
        settings = self._world.settings
        found, refused = steps.read_steps(response, from_=leg.from_, call_uuid=leg.call_uuid, settings=settings)
        kind = (answer.content_type or "").partition(";")[0].strip().lower()
        if kind not in ("application/xml", "text/xml", ""):
            self.refuse(leg, [(1, f"the content type is {kind}; Plivo's texts ask for application/xml or text/xml")])
        self.refuse(leg, refused)
        if refused and settings.refused_xml == "ends":
            self._world.cut(leg, self._now(), 8010 + HANGUP_DIGITS[reply.kind])
            return
        conversation = Conversation(self._world, self._courier, self._now, leg, self.refuse)
        self.end(leg)
        self._running[leg] = conversation
        self._start(self._run, conversation, found)

    def _not_reached(self, reply: Reply, delivery: Delivery) -> None:
        leg = reply.leg
        fallback = leg.hooks.fallback
        if reply.kind == "answer" and fallback is not None and self._courier.allows(fallback.url):
            self._world.told.fetch(leg, fallback, "fallback", self._now())
        else:
            self.refuse(leg, [(0, f"{delivery!r}")])
            self._world.cut(leg, self._now(), 7010 + HANGUP_DIGITS[reply.kind])

    def refuse(self, leg: Leg, refused: list[tuple[int, str]]) -> None:
        """Note what of its XML is not carried out, and say so."""
        leg.refused += tuple(refused)
        for line, why in refused:
            _log.warning("XML of call %s, line %d: %s", leg.call_uuid, line, why)

    def running(self) -> list[tuple[Leg, list[steps.Step] | None]]:
        """The calls that are carried on with, and what comes after the conference that each is in; None if in none."""
        return [(leg, one.after) for leg, one in self._running.items()]

    def resume(self, leg: Leg, rest: list[steps.Step]) -> None:
        """Go on with that when it leaves the conference that it is in."""
        conversation = Conversation(self._world, self._courier, self._now, leg, self.refuse)
        self._running[leg] = conversation
        self._start(self._run, conversation, rest, True)

    async def _run(self, conversation: Conversation, found: list[steps.Step], within: bool = False) -> None:
        try:
            await conversation.run(found, within=within)
        finally:
            if self._running.get(conversation.leg) is conversation:
                del self._running[conversation.leg]
