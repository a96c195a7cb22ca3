"""The state of an emulator as JSON, and back: what is true in it, what is due in it, and what was counted in it.

Not in it: tokens, the logs (`requests`, `callbacks`, `deliveries`), and what an emulator is told of this machine
(ports, hosts, who takes callbacks). This knows the insides of all other parts, so that none has to know of it.
"""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from secrets import token_hex
from typing import Any, Self

from ._chance import Line
from ._clock import Clock
from ._core import Core
from ._draws import Uuids
from ._graph import Json, Reader, Writer
from ._keeping import KINDS, settle, written
from ._limit import Limiter
from ._mishaps import Line as CallbackLine
from ._mishaps import Mishaps
from .api._auth import Account
from .calling_back._conversations import Conversations
from .calling_back._courier import Courier
from .calling_back._steps import Step
from .world._conferences import Conference
from .world._legs import Leg
from .world._machine import Machine
from .world._office import Subaccount
from .world._phones import Phone

VERSION = 1
"""Of the form. One that reads older ones as well would raise it."""

_KIND = "snapshot of an emulator of plivo-async"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """What is to be done once one that was restored runs."""

    at: float
    """Where its clock goes on."""
    media: str
    """Where its recordings' files were found."""
    urls: frozenset[str]
    """What may be told something."""
    within: tuple[tuple[Leg, list[Step]], ...]
    """Calls whose XML has led them into a conference, and what comes after that."""


class SnapshotView:
    """The part of `Emulator` that is about its state as a whole."""

    _machine: Machine
    _clock: Clock
    _core: Core
    _courier: Courier
    _conversations: Conversations
    _mishaps: Mishaps
    _uuids: Uuids
    _account: Account
    _resumed: Resumed | None

    def snapshot(self) -> dict[str, Any]:
        """All that is true of it now, for `json.dump`; `Emulator.from_snapshot` makes another one that goes on from it.

        Conferences, participants, calls, phones, recordings, the account; what is due, down to the phone that will
        answer in half a second; what was counted for the rate limit; seed, faults and scripts; limit, latency and
        settings. No token, neither the account's nor that of a subaccount. URLs of callbacks are in it as they are, and
        so are phone numbers. Requests, callbacks and deliveries that have been are not.

        Raises:
            RuntimeError: Callbacks are yet to be sent (`await plivo.delivered()` first), a request is yet to be
                applied, or a call is in the midst of XML, other than in a conference; or it runs in another thread or
                event loop.
        """
        now = self._machine.time.act()
        self._check_quiet()
        writer = Writer(KINDS)
        world = {**written(self._machine, writer), **self._told(writer)}
        return {
            "kind": _KIND,
            "version": VERSION,
            "auth_id": self._account.auth_id,
            "now": now,
            "epoch": self._machine.time.epoch.isoformat(),
            "rules": self._written_rules(writer),
            "world": world,
            "things": writer.finished(),
        }

    @classmethod
    def from_snapshot(cls, snapshot: Mapping[str, Any], **options: Any) -> Self:
        """One that goes on where another one was when its `snapshot` was taken: the same requests get the same answers.

        Its clock goes on at that instant, years later too: `Settings.clock_off` of it is not meant by that. Its URL and
        its token are new unless they are given. Start it with `async with`, as any other.

        Args:
            snapshot: What `snapshot()` gave, or `json.load` of it.
            options: Arguments of `Emulator` that are to be otherwise, or that aren't in a snapshot: `port`, `deliver`,
                `auth_token`, …. With another `limit` its count begins anew.

        Raises:
            ValueError: It is no snapshot, or of another version; or as of `Emulator`.
            TypeError: There is no such argument.
        """
        if snapshot.get("kind") != _KIND:
            raise ValueError("snapshot: not what Emulator.snapshot() gives")
        if snapshot.get("version") != VERSION:
            raise ValueError(f"snapshot: of version {snapshot.get('version')}, and this reads {VERSION}: take it anew")
        rules = _read(lambda: Reader(KINDS, []).read(snapshot["rules"]))
        found = cls(**{"auth_id": snapshot["auth_id"], **rules, **options})
        _read(lambda: found._take(snapshot, same_limit=found._core.rules.limit == rules["limit"]))
        return found

    # ---- Inside -------------------------------------------------------------------------------------------------

    def _check_quiet(self) -> None:
        if not self._courier.quiet:
            raise RuntimeError("callbacks are yet to be sent: await plivo.delivered() first")
        if any(action == self._core.carry_out for _, _, action, _ in self._machine.time.agenda.entries()):
            raise RuntimeError("a request is yet to be applied: wait until it has been, or advance()")
        busy = [leg for leg, rest in self._conversations.running() if rest is None]
        if busy:
            raise RuntimeError(f"the call {busy[0].call_uuid} is in the midst of its XML: wait, or advance()")

    def _written_rules(self, writer: Writer) -> Json:
        rules, dialler = self._core.rules, self._machine.dialler
        kept = {
            "limit": rules.limit,
            "faults": rules.faults,
            "latency": rules.latency,
            "seed": rules.seed,
            "settings": rules.settings,
            "answer_after": dialler.answer_after,
            "calls_per_second": 1 / dialler.interval if dialler.interval else None,
        }
        return writer.write(kept)

    def _told(self, writer: Writer) -> dict[str, Json]:
        core, log = self._core, self._core.log
        counts = (log._received, log._applied, log._answered, log._by_operation, log._by_fault, log._by_told)
        within = [(leg, rest) for leg, rest in self._conversations.running()]
        return {
            "uuids": self._uuids.drawn,
            "within": writer.write(within),
            "script": writer.write([tuple(line) for line in core.script._lines]),
            "callback_script": writer.write([tuple(line) for line in self._mishaps._lines]),
            "seen": writer.write(core._seen),
            "callbacks_seen": writer.write(self._mishaps._seen),
            "counts": writer.write(counts),
            "limiters": writer.write([_counted(one) for one in (core._limiter, core._dialling)]),
            "deliveries": self._courier._numbers,
        }

    def _take(self, snapshot: Mapping[str, Any], *, same_limit: bool) -> None:
        machine = self._machine

        def made(thing: Any) -> None:
            if isinstance(thing, Conference):
                thing.seat, thing.look = machine._seat, machine._look
            elif isinstance(thing, Leg):
                thing.watcher = None
            elif isinstance(thing, Phone):
                thing._line, thing._time = machine, machine.time
            elif isinstance(thing, Subaccount):
                thing.auth_token = token_hex(20)

        reader = Reader(KINDS, snapshot["things"], made)
        machine.time.epoch = datetime.fromisoformat(snapshot["epoch"])
        machine.time.now = snapshot["now"]
        found = {name: reader.read(one) for name, one in snapshot["world"].items()}
        settle(machine, found)
        self._uuids.skip(found["uuids"])
        self._tell(found, same_limit=same_limit)
        urls = frozenset(_urls(snapshot))
        within = tuple((leg, rest) for leg, rest in found["within"])
        self._resumed = Resumed(at=snapshot["now"], media=found["media"], urls=urls, within=within)

    def _tell(self, told: Mapping[str, Any], *, same_limit: bool) -> None:
        core, log = self._core, self._core.log
        core.script._lines[:] = [Line(*line) for line in told["script"]]
        self._mishaps._lines[:] = [CallbackLine(*line) for line in told["callback_script"]]
        core._seen.update(told["seen"])
        self._mishaps._seen.update(told["callbacks_seen"])
        log._received, log._applied, log._answered, *counters = told["counts"]
        log._by_operation, log._by_fault, log._by_told = (Counter(one) for one in counters)
        if same_limit:
            for limiter, counted in zip((core._limiter, core._dialling), told["limiters"], strict=True):
                _count(limiter, counted)
        self._courier._numbers = told["deliveries"]
        # A receiver remembers the nonces that it was sent.
        self._courier._nonces = Random(f"{self._core.rules.seed} nonces after {told['deliveries']}")  # noqa: S311

    def _resume(self, url: str) -> None:
        """It runs: go on with what was begun."""
        resumed = self._resumed
        if resumed is None:
            return
        for recording in self._machine.recorder.by_id.values():
            if recording.recording_url.startswith(resumed.media):
                recording.recording_url = url + recording.recording_url.removeprefix(resumed.media)
        for one in resumed.urls:
            self._courier.expect(one)
        for leg, rest in resumed.within:
            self._conversations.resume(leg, rest)


def _read(read: Any) -> Any:
    try:
        return read()
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"snapshot: it can't be read: {error!r}") from error


def _counted(limiter: Limiter | None) -> dict[str, Any] | None:
    """What it has counted."""
    return None if limiter is None else {name: getattr(limiter, name) for name in _slots(limiter)}


def _count(limiter: Limiter | None, counted: Mapping[str, Any] | None) -> None:
    for name, value in (counted or {}).items():
        before = getattr(limiter, name)
        setattr(limiter, name, deque(value, before.maxlen) if isinstance(before, deque) else value)


def _slots(limiter: Limiter) -> list[str]:
    return [name for name in type(limiter).__slots__ if name != "_limit"]  # type: ignore[attr-defined]


def _urls(written: Json) -> list[str]:
    """Every address in it that something may be told at."""
    if isinstance(written, dict):
        inside = [url for one in written.values() for url in _urls(one)]
        hook = written.get("Hook")
        return [*inside, hook["url"]] if isinstance(hook, dict) and "url" in hook else inside
    return [url for one in written for url in _urls(one)] if isinstance(written, list) else []
