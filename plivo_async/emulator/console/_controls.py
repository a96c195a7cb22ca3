"""What can be done: each control is a method of `Emulator`, or of a phone, with its arguments from JSON."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import anyio

from .._chance import Faults
from ..calling_back._deliveries import Delivery
from ..world._legs import Leg
from ..world._phones import KEYS, Phone
from ._fields import Fields
from ._head import shares
from ._views import Json, Views
from ._watch import Watch

if TYPE_CHECKING:
    from .._emulator import Emulator

MOST_ADDED = 10_000
"""So many conferences can be added at once."""

_RESENT = 120.0  # seconds that somebody may wait for a callback that is sent again


class NotThereError(Exception):
    """There is no such thing."""


class Controls:
    """The hand on an emulator.

    Args:
        plivo: The emulator.
        views: What is in it.
        watch: Is told of what has no event of its own.
    """

    def __init__(self, plivo: "Emulator", views: Views, watch: Watch) -> None:
        self._plivo, self._views, self._watch = plivo, views, watch

    def _note(self, kind: str, event: str, more: Json) -> None:
        self._watch.note(kind, event, more, self._plivo._clock.time())

    # ---- As a whole ---------------------------------------------------------------------------------------------

    async def reset(self, said: Mapping[str, Any]) -> Json:
        """Begin anew."""
        seed = Fields(said, ["seed"]).whole("seed")
        self._plivo.reset(seed)
        self._note("reset", "reset", {"seed": self._views.core.rules.seed})
        return {"seed": self._views.core.rules.seed, "next": self._watch.last}

    async def clock(self, said: Mapping[str, Any]) -> Json:
        """Put the clock forward."""
        seconds = Fields(said, ["advance"]).number("advance")
        if seconds is None:
            raise ValueError("advance: is missing; so many seconds forward")
        self._plivo.advance(seconds)
        self._note("clock", "advanced", {"seconds": seconds})
        return {"now": round(self._plivo._clock.time(), 3)}

    async def faults(self, said: Mapping[str, Any]) -> Json:
        """Let other things go wrong by chance; times that aren't named stay."""
        times = ("late_by", "drip_interval", "apply_after", "callbacks_late_by")
        fields = Fields(said, ["shares", *times])
        given = said.get("shares")
        if not isinstance(given, Mapping):
            raise ValueError('shares: is no object of faults and their shares, such as {"500": 0.03}; {} for none')
        names = Fields(given, given)
        text = ",".join(f"{name}={names.number(name, 0.0, most=1.0)}" for name in given)
        parsed = Faults.parse(text)
        told: dict[str, Any] = {name: fields.number(name, getattr(self._plivo.faults, name)) for name in times}
        self._plivo.faults = replace(parsed, **told, operations=self._plivo.faults.operations)
        found = shares(self._plivo)
        self._note("faults", "changed", {"shares": found})
        return {"shares": found}

    async def script(self, said: Mapping[str, Any]) -> Json:
        """Let one request go wrong for certain, or each (`nth` null)."""
        fields = Fields(said, ["operation", "name", "nth", "fault"])
        nth = None if "nth" in said and said["nth"] is None else fields.whole("nth", 1, least=1)
        line = {"operation": fields.needed("operation"), "name": fields.text("name"), "nth": nth}
        self._plivo.script(line["operation"], line["name"], nth=nth, fault=fields.needed("fault"))  # type: ignore[arg-type]
        self._note("faults", "scripted", {**line, "fault": fields.text("fault")})
        return {**line, "fault": fields.text("fault")}

    async def script_callback(self, said: Mapping[str, Any]) -> Json:
        """Let one callback go wrong for certain, or each (`nth` null)."""
        fields = Fields(said, ["event", "subject", "nth", "fault"])
        nth = None if "nth" in said and said["nth"] is None else fields.whole("nth", 1, least=1)
        event, subject = fields.needed("event"), fields.text("subject")
        fault = fields.choice("fault", ("lost", "late", "twice", "shuffled"), "")
        self._plivo.script_callback(event, subject, nth=nth, fault=fault)  # type: ignore[arg-type]
        self._note("faults", "scripted", {"callback": event, "subject": subject, "nth": nth, "fault": fault})
        return {"event": event, "subject": subject, "nth": nth, "fault": fault}

    # ---- Conferences and calls ----------------------------------------------------------------------------------

    async def add_conferences(self, said: Mapping[str, Any]) -> Json:
        """Add some, as if their participants had just called in: all of them or, if one can't be, none."""
        fields = Fields(said, ["name", "names", "waiting", "status", "max_duration", "stay_alone", "started_ago"])
        names = fields.names("names") + ([fields.needed("name")] if "name" in fields else [])
        if not names:
            raise ValueError("name: is missing; or names, a list of them")
        if len(names) > MOST_ADDED:
            raise ValueError(f"names: {len(names)} are more than {MOST_ADDED} at once")
        self._free(names)
        options: dict[str, Any] = {
            "waiting": fields.whole("waiting", 1),
            "status": fields.text("status", "initialized"),
            "max_duration": fields.whole("max_duration"),
            "stay_alone": fields.flag("stay_alone"),
            "started_ago": fields.number("started_ago", 0.0),
        }
        added = [self._plivo.add_conference(name, **options) for name in names]
        return {"conferences": [self._views.conference(one) for one in added]}

    def _free(self, names: list[str]) -> None:
        if len(set(names)) < len(names):
            raise ValueError("names: one of them is there twice")
        taken = next((name for name in names if self._views.machine.registry.live(name) is not None), None)
        if taken is not None:
            raise ValueError(f"a live conference is called {taken!r} already")

    def _conference(self, uuid: str) -> str:
        found = self._views.machine.registry.by_uuid.get(uuid.lower())
        if found is None:
            raise NotThereError(f"there is no conference with the UUID {uuid!r}")
        if not found.live:
            raise ValueError(f"the conference {found.friendly_name!r} has ended")
        return found.friendly_name

    async def activate(self, said: Mapping[str, Any], uuid: str) -> Json:
        """Activate a conference, by somebody else's doing."""
        Fields(said, [])
        self._plivo.activate_conference(self._conference(uuid))
        return self._views.conference(self._views.machine.registry.by_uuid[uuid.lower()])

    async def end(self, said: Mapping[str, Any], uuid: str) -> Json:
        """End a conference, by somebody else's doing."""
        cause = Fields(said, ["cause"]).whole("cause", 1000)
        self._plivo.end_conference(self._conference(uuid), cause=1000 if cause is None else cause)
        return self._views.conference(self._views.machine.registry.by_uuid[uuid.lower()])

    async def call_in(self, said: Mapping[str, Any]) -> Json:
        """Let somebody call: with an `answer_url`, or a `to` that leads to an application, their XML is carried out."""
        fields = Fields(said, ["from", "to", "answer_url", "hangup_url", "answered"])
        to, answer_url = fields.text("to"), fields.text("answer_url")
        told: dict[str, Any] = {"from_": fields.needed("from"), **({} if to is None else {"to": to})}
        if fields.flag("answered"):
            leg = self._plivo.add_call(**told)
        else:
            leg = self._plivo.incoming_call(**told, answer_url=answer_url, hangup_url=fields.text("hangup_url")).leg
        return self._call(leg)

    def _call(self, leg: Leg) -> Json:
        return self._views.phone(self._views.machine.phones.get(leg.far_end), leg)

    # ---- Phones -------------------------------------------------------------------------------------------------

    def _phone(self, number: str) -> Json:
        phone = self._plivo.phone(number)
        leg = next((leg for leg in reversed(phone.calls) if not leg.over), None)
        return {**self._views.phone(phone, leg), "rings": phone.rings}

    async def phone(self, _said: Mapping[str, Any], number: str) -> Json:
        """A phone as it is."""
        return self._phone(number)

    async def answer(self, said: Mapping[str, Any], number: str) -> Json:
        """Its owner picks up."""
        Fields(said, [])
        self._plivo.phone(number).answer()
        return self._phone(number)

    async def hang_up(self, said: Mapping[str, Any], number: str) -> Json:
        """Its owner hangs up or, while it rings, rejects."""
        Fields(said, [])
        self._plivo.phone(number).hang_up()
        return self._phone(number)

    async def press(self, said: Mapping[str, Any], number: str) -> Json:
        """Its owner presses keys, one after the other."""
        keys = Fields(said, ["keys"]).needed("keys")
        if not keys or not set(keys) <= set(KEYS):
            raise ValueError(f"keys: {keys!r} are not of {' '.join(KEYS)}")
        for key in keys:
            self._plivo.phone(number).press(key)
        return self._phone(number)

    async def when_rung(self, said: Mapping[str, Any], number: str) -> Json:
        """What it does from its next call on."""
        fields = Fields(said, ["does", "after"])
        after = fields.number("after")
        does: dict[str, Callable[[Phone], object]] = {
            "answers": lambda phone: phone.answers(after),
            "busy": lambda phone: phone.busy(),
            "rejects": lambda phone: phone.rejects(after or 0.0),
            "no answer": lambda phone: phone.no_answer(20.0 if after is None else after),
            "never answers": lambda phone: phone.never_answers(),
            "fails": lambda phone: phone.invalid(),
        }
        does[fields.choice("does", does, "")](self._plivo.phone(number))
        return self._phone(number)

    # ---- Callbacks ----------------------------------------------------------------------------------------------

    async def resend(self, said: Mapping[str, Any], number: str) -> Json:
        """Send a callback once more, and wait for what becomes of it, at most so many seconds."""
        patience = Fields(said, ["wait"]).number("wait", 10.0, most=_RESENT)
        found = next((one for one in self._plivo.deliveries if str(one.number) == number), None)
        if found is None:
            raise NotThereError(f"there is no callback {number}, or it is kept no longer")
        copy = self._plivo._courier.send_again(found)
        with anyio.move_on_after(patience or 0.0):
            await self._plivo._courier.over(copy)
        return self._delivery(copy)

    def _delivery(self, one: Delivery) -> Json:
        return self._views.callback(one)
