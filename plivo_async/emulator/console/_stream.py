"""What has changed, several times a second: server-sent events for the page, and of everything that happens."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import anyio

from .._aside import Stream
from ..api._answers import Headers
from . import _details as details
from ._guard import SAFE
from ._head import head, wrongs
from ._views import Json, Views, rows
from ._watch import Watch

if TYPE_CHECKING:
    from .._emulator import Emulator

_log = logging.getLogger("plivo_async.emulator")

PERIOD = 0.25
"""Seconds between two events of a stream, at least."""

_ALIVE = 15.0  # seconds after which a stream that has nothing to say says so
_RESYNC = 5.0  # seconds after which the page is told what time it is

EVENTS: Headers = (("Content-Type", "text/event-stream"), ("X-Accel-Buffering", "no"), *SAFE)


def sse(event: str, data: object, number: int | None = None) -> bytes:
    """One server-sent event."""
    head = f"event: {event}\n" + ("" if number is None else f"id: {number}\n")
    return f"{head}data: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


class Steady:
    """A stream that ends when something goes wrong in it, and nothing else does."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.headers = stream.headers

    async def next(self) -> bytes | None:
        """The next event."""
        try:
            return await self._stream.next()
        except Exception:  # noqa: BLE001  (whatever it is, it is logged)
            _log.exception("a stream of the console ends")
            return None


class Look:
    """What is looked at: which lists, of what, and one thing closely.

    Args:
        show: Names of lists: conferences, phones, requests, callbacks, recordings, faults.
        wanted: What is asked of them; see docs/emulator-api.md.
        detail: `conference:UUID`, `request:NUMBER` or `callback:NUMBER`; empty for nothing.
    """

    def __init__(self, show: frozenset[str], wanted: Mapping[str, Any], detail: str) -> None:
        self.show = show
        self.wanted = wanted
        self.detail = detail


class Shown:
    """What is to be seen of an emulator by one who looks.

    Args:
        plivo: The emulator.
        watch: What has happened in it.
        look: What is looked at.
    """

    def __init__(self, plivo: "Emulator", watch: Watch, look: Look) -> None:
        self._plivo, self._watch, self._look = plivo, watch, look
        self._views = Views(plivo)
        self._lists: Mapping[str, tuple[str, Callable[[float], tuple[list[Json], int]]]] = {
            "conferences": ("uuid", self._conferences),
            "phones": ("key", self._phones),
            "requests": ("number", self._requests),
            "callbacks": ("number", self._callbacks),
            "recordings": ("recording_id", self._recordings),
        }

    def lists(self, now: float) -> dict[str, tuple[dict[str, Json], int]]:
        """The rows of each list by their keys, in order, and how many there are in all."""
        found = {}
        for name in self._look.show & set(self._lists):
            key, listed = self._lists[name]
            entries, total = listed(now)
            found[name] = ({str(row[key]): row for row in entries}, total)
        return found

    def _most(self, name: str) -> int:
        return int(self._look.wanted[f"{name}_limit"])

    def _conferences(self, _now: float) -> tuple[list[Json], int]:
        status, find = self._look.wanted["conferences_status"], self._look.wanted["conferences_find"]
        listed = rows(self._views.conferences(status, find), self._views.conference, self._most("conferences"))
        whole = len(listed) < self._most("conferences")
        return listed, len(listed) if whole else self._views.count(status, find, self._watch.conferences)

    def _phones(self, _now: float) -> tuple[list[Json], int]:
        listed: list[Json] = []
        for phone, leg in self._views.phones():
            if len(listed) == self._most("phones"):
                break
            row = self._views.phone(phone, leg)
            listed.append({**row, "key": row["number"] if leg is None else leg.call_uuid})
        return listed, self._views.machine.phones.count()

    def _requests(self, now: float) -> tuple[list[Json], int]:
        wanted = self._look.wanted
        found = self._views.requests(wanted["requests_show"], wanted["requests_find"])
        return rows(found, self._views.request, self._most("requests"), now), self._views.core.log.received

    def _callbacks(self, _now: float) -> tuple[list[Json], int]:
        found = self._views.callbacks(self._look.wanted["callbacks_show"], self._look.wanted["callbacks_find"])
        listed = rows(found, self._views.callback, self._most("callbacks"))
        return listed, max([0, *(one.number for one in list(self._plivo._courier.deliveries)[-1:])])

    def _recordings(self, _now: float) -> tuple[list[Json], int]:
        listed = rows(self._views.recordings(), self._views.recording, self._most("recordings"))
        return listed, len(self._views.machine.recorder.by_id)

    def single(self, now: float) -> Json:
        """The head, what can go wrong, and what is looked at closely, as far as these are looked at."""
        found: Json = {"head": head(self._plivo, self._views, self._watch, now)}
        if "faults" in self._look.show:
            found["faults"] = wrongs(self._plivo, self._views)
        if self._look.detail:
            found["detail"] = detail(self._plivo, self._views, *self._look.detail.partition(":")[::2], now)
        return found


def detail(plivo: "Emulator", views: Views, kind: str, which: str, now: float) -> Json | None:
    """All that is known of one thing; None if it is there no more."""
    if kind == "conference":
        conference = views.machine.registry.by_uuid.get(which.lower())
        return None if conference is None else details.conference(views, conference)
    if kind == "request":
        request = next((one for one in reversed(views.core.log.requests) if str(one.number) == which), None)
        return None if request is None else details.request(views, request, now, plivo.url)
    callback = next((one for one in reversed(plivo._courier.deliveries) if str(one.number) == which), None)
    return None if callback is None else details.callback(views, plivo._courier, callback)


class ChangeStream:
    """What the page is told: at first all that it looks at, then what has changed of it.

    A reader that is slow is told less often, and misses nothing.
    """

    headers = EVENTS

    def __init__(self, plivo: "Emulator", watch: Watch, look: Look) -> None:
        self._plivo = plivo
        self._shown = Shown(plivo, watch, look)
        self._lists: dict[str, tuple[dict[str, Json], int]] = {}
        self._single: Json = {}
        self._begun = False
        self._told_at = 0.0

    async def next(self) -> bytes | None:
        """The next event, after a while; empty for nothing new."""
        if self._begun:
            await anyio.sleep(PERIOD)
        now = self._plivo._clock.time()
        self._plivo._machine.time.advance(now)
        changed = self.changed(now)
        real = anyio.current_time()
        if not changed and self._begun and real - self._told_at < _RESYNC:
            return b""
        event = "changed" if self._begun else "all"
        self._begun, self._told_at = True, real
        return sse(event, {"now": round(now, 3), **changed})

    def changed(self, now: float) -> Json:
        """What is other than it was when this was asked last."""
        single = self._shown.single(now)  # first: a close look at a conference is what makes those in it known
        lists = self._shown.lists(now)
        told: Json = {key: value for key, value in single.items() if self._single.get(key, ...) != value}
        for name, (entries, total) in lists.items():
            before, total_before = self._lists.get(name, ({}, -1))
            change: Json = {"rows": {key: row for key, row in entries.items() if before.get(key) != row}}
            if list(before) != list(entries) or not total_before + 1:
                change["order"] = list(entries)
            if len(change) > 1 or change["rows"] or total != total_before:
                told[name] = {**change, "total": total}
        self._lists, self._single = lists, single
        return told


class EventStream:
    """Everything that happens, event by event, in order."""

    headers = EVENTS

    def __init__(self, plivo: "Emulator", watch: Watch, after: int, wanted: Mapping[str, str]) -> None:
        self._plivo, self._watch, self._after, self._wanted = plivo, watch, after, wanted
        self._begun = False
        self._told_at = anyio.current_time()

    async def next(self) -> bytes | None:
        """The next events, after a while; empty for none."""
        if self._begun:
            await anyio.sleep(PERIOD)
        self._plivo._machine.time.advance(self._plivo._clock.time())
        found = self._watch.after(self._after, self._wanted)
        self._after = found[-1]["id"] if len(found) == 1000 else self._watch.last
        said = b"".join(sse(event["type"], event, event["id"]) for event in found)
        real = anyio.current_time()
        if not said and self._begun and real - self._told_at < _ALIVE:
            return b""
        self._begun, self._told_at = True, real
        return said or b": nothing new\n\n"
