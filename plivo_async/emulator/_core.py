"""What becomes of a request, decided without I/O: note it, draw for it, count it, apply it, spoil its answer.

Two steps, because time passes between them: `receive` when a request has arrived whole, `decide` after the forward half
of the latency. The order within `decide` is that of a real service: credentials, limit, operation.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from ._aside import Console
from ._chance import Faults, Script, drawn_fault
from ._draws import Draws, draw
from ._latency import Latency, split_latency
from ._limit import Limit, Limiter, limiter_of, retry_after
from ._log import Log, Request
from ._recipes import Instead, Recipe, When, recipe_of
from .api._answers import Answer, Headers, html_page, json_answer, plain_text
from .api._api import Api
from .api._auth import Account
from .api._job import Asked, RefusedError
from .api._routes import RINGS, Reference, route
from .world._callbacks import Watcher
from .world._machine import Machine
from .world._settings import Settings

_HEALTH = (("GET", "/health"), ("HEAD", "/health"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an emulator was told to do."""

    limit: Limit | None
    faults: Faults
    latency: Latency
    seed: int
    settings: Settings
    keep_requests: int | None = None

    def __post_init__(self) -> None:
        """Check what isn't a number.

        Raises:
            TypeError: One is something else, as a number is in place of a `Limit`.
        """
        for name, given, kind, example in (
            ("limit", self.limit, Limit | None, "a Limit, such as Limit(300, per=5.0), or None"),
            ("faults", self.faults, Faults, 'Faults, such as Faults.parse("lost-response=0.02"), or None'),
            ("settings", self.settings, Settings, "Settings or None"),
        ):
            if not isinstance(given, kind):
                raise TypeError(f"{name}: {given!r} is not {example}")


@dataclass(frozen=True, slots=True)
class Received:
    """A request that has arrived, and the time it takes there and back."""

    record: Request
    asked: Asked
    forward: float
    """Seconds until it is to be decided."""
    back: float
    """Seconds from then until its answer is to be sent."""
    log: Log
    """Where it is noted."""


class Core:
    """All of an emulator but its connections and its clock. `now` is in seconds since it started."""

    def __init__(
        self, account: Account, machine: Machine, rules: Rules, expect: Callable[[str], None] = lambda _url: None
    ) -> None:
        self._account = account
        self.console: Console | None = None
        """Who answers what isn't meant for Plivo's API; None: nobody."""
        self.watcher: Watcher | None = None
        """Is told of each request once it was decided."""
        self.renew(machine, rules, expect)

    def renew(self, machine: Machine, rules: Rules, expect: Callable[[str], None]) -> None:
        """Begin anew, in another world. Requests that are under way are broken off."""
        self.rules = rules
        self.machine = machine
        self.script = Script()
        self.log = Log(rules.keep_requests)
        self._api = Api(self._account, machine, rules.settings, expect)
        self._limiter, self._dialling = (limiter_of(rules.limit) if rules.limit is not None else None for _ in "12")
        self._seen: Counter[tuple[str | None, str | None]] = Counter()

    def used(self, now: float) -> int:
        """How many requests of the account's limit are used up; 0 without one."""
        return 0 if self._limiter is None else self._limiter.used(now)

    def health(self, method: str, target: str) -> Answer | None:
        """The answer to whoever asks whether it is there, without credentials; None to everything else.

        That is no request to Plivo: it isn't noted, has no latency and no fault.
        """
        return json_answer(200, {"status": "ok"}) if (method, target) in _HEALTH else None

    def receive(self, method: str, target: str, headers: Headers, body: bytes, now: float) -> Received:
        """Note a request that has arrived whole, and draw its latency and its fault."""
        settings = self.rules.settings
        divides = settings.encoded_slash == "path"
        found = route(method, target, aliases=settings.participant_play_path, encoded_slash_divides=divides)
        values = {name.lower(): value for name, value in headers}
        record = Request(
            at=now,
            method=method,
            raw_path=target,
            headers=tuple((name, "***" if name.lower() == "authorization" else value) for name, value in headers),
            body=body,
            operation=found.operation,
            member=found.member,
            item=found.item,
        )
        self.log.note(record)
        if found.reference is not None:
            record.name, record.uuid = self._names(found.reference)
        draws = self._draw(record)
        asked = Asked(
            number=record.number,
            method=method,
            route=found,
            authorization=values.get("authorization"),
            content_type=values.get("content-type"),
            body=body,
            new_api_id=lambda: draws.api_id,
        )
        forward, back = split_latency(self.rules.latency, draws)
        held = self.rules.faults.apply_after if recipe_of(record.fault).when is When.HELD else 0.0
        return Received(record, asked, forward + held, back, self.log)

    def _names(self, reference: Reference) -> tuple[str | None, str | None]:
        if reference.kind == "name":
            return reference.value, None
        known = self.machine.registry.by_uuid.get(reference.value)
        return (known.friendly_name if known is not None else None), reference.value

    def _draw(self, record: Request) -> Draws:
        target = record.name or record.uuid or record.item
        record.nth = self._next(record.operation, target)
        nth_of_all = self._next(record.operation, "") if target is not None else record.nth
        draws = draw(self.rules.seed, record.operation, target, record.nth)
        if record.operation is not None:
            scripted = self.script.hit(record.operation, record.name or record.item, record.nth, nth_of_all)
            self.log.hit(record, scripted or drawn_fault(self.rules.faults, record.operation, draws.fault))
        return draws

    def _next(self, operation: str | None, target: str | None) -> int:
        self._seen[operation, target] += 1
        return self._seen[operation, target]

    def decide(self, received: Received, now: float) -> Answer | None:
        """Count and apply a request as far as its fault lets it come.

        Returns:
            What is to be sent, None for nothing at all. Of a fault that is not in the answer's text (a cut, a delay)
            the true answer is returned: the wire does the rest.
        """
        if received.log is not self.log:
            return None
        recipe = recipe_of(received.record.fault)
        self.machine.time.advance(now)
        answer = self._course(received, recipe, now)
        if recipe.instead is not None:
            answer = self._instead(received.asked, recipe.instead, now)
        if self.watcher is not None:
            self.watcher("request", received.record.operation or "none", received.record, now)
        return answer if answer is None or recipe.alter is None else recipe.alter(answer)

    def _course(self, received: Received, recipe: Recipe, now: float) -> Answer | None:
        """The true answer, or None if the fault keeps the request from getting one, for ever or by now."""
        asked = received.asked
        barred = self._api.barred(asked)
        # Unverified: whoever has no access to the account is not counted against its limit.
        limiter = self._limiter_for(asked.route.operation) if barred is None and recipe.counted else None
        over = limiter is not None and not limiter.admit(now)
        if recipe.when is When.NEVER:
            return None
        refused = barred or (self._over_limit(asked, now) if over else None)
        if refused is None and recipe.when is When.AFTERWARDS:
            self.machine.time.agenda.put(now + self.rules.faults.apply_after, self.carry_out, received)
            return None
        return self._decided(received, refused) if refused is not None else self.carry_out(received, now)

    def _limiter_for(self, operation: str | None) -> Limiter | None:
        """What counts such a request, if anything does. Media files come from a host of their own."""
        rings = operation in RINGS
        if operation == "get-media" or (rings and not self.rules.settings.dialling_counted):
            return None
        return self._dialling if rings and self.rules.settings.limit_counters == "two" else self._limiter

    def carry_out(self, received: Received, at: float) -> Answer:
        """Do what it asks for, as of that instant."""
        with self.machine.time.still():
            return self._decided(received, self._api.answer(received.asked, at))

    def _decided(self, received: Received, answer: Answer) -> Answer:
        received.log.decided(received.record, answer.status, applied=answer.applied)
        return answer

    def _over_limit(self, asked: Asked, now: float) -> Answer:
        headers: Headers = ()
        limiter = self._limiter_for(asked.route.operation) or self._limiter
        if self.rules.limit is not None and limiter is not None:
            # An injected 429 may come while there is room; a second is the least that both forms can tell.
            delay = limiter.retry_in(now) or 1.0
            value = retry_after(self.rules.limit.retry_after, delay, self.machine.time.instant(now))
            headers = (("Retry-After", value),) if value is not None else ()
        return self._api.refusal(asked, RefusedError(429, "too many requests", headers))

    def _instead(self, asked: Asked, instead: Instead, now: float) -> Answer:
        """The answer of somebody who knows nothing of the operation."""
        status, form, headers = instead
        phrase = HTTPStatus(status).phrase
        if status == 429:
            return self._over_limit(asked, now)
        if status == 503 and self.rules.settings.unavailable_retry_after is not None:
            headers += (("Retry-After", str(self.rules.settings.unavailable_retry_after)),)
        match form:
            case "html":
                return html_page(status, f"{status} {phrase}", headers)
            case "text":
                return plain_text(status, phrase, headers)
            case "list":
                return json_answer(status, [phrase.lower()], headers)
        return self._api.refusal(asked, RefusedError(status, phrase.lower(), headers))
