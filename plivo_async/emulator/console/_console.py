"""The console: who may come in, which route leads where, and what is answered."""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

import anyio

from .._aside import Aside, Stream
from ..api._answers import Answer, json_answer
from ..world._callbacks import Watcher
from ._controls import Controls, NotThereError
from ._fields import Fields, body_of
from ._guard import SAFE, checked_names, refused
from ._head import head, wrongs
from ._stream import ChangeStream, EventStream, Look, Steady, detail
from ._views import Json, Views, rows
from ._watch import KINDS, Watch

if TYPE_CHECKING:
    from .._emulator import Emulator

_log = logging.getLogger("plivo_async.emulator")

HOME = "/_console"
_API = f"{HOME}/api/"
_FILES = {
    "": ("page.html", "text/html; charset=utf-8"),
    "console.css": ("console.css", "text/css; charset=utf-8"),
    "console.js": ("console.js", "text/javascript; charset=utf-8"),
    "icon.svg": ("icon.svg", "image/svg+xml"),
}
_MOST_ROWS = 1000
_PATIENCE = 60.0  # seconds that an event may be waited for
_LISTS = {"conferences": 100, "phones": 50, "requests": 200, "callbacks": 100, "recordings": 100}
_STATES = ("", "initialized", "active", "ended")
_EVENT_FIELDS = ("type", "event", "name", "uuid", "number", "call_uuid", "status", "role", "state", "fault")

Route = Callable[[dict[str, Any], tuple[str, ...]], Awaitable[Json | Stream]]


class Console:
    """A page and an API beside Plivo's, for one emulator.

    Args:
        plivo: The emulator.
        hosts: Names that it has beside `localhost` and addresses in numbers.

    Raises:
        ValueError: One of them is none.
    """

    def __init__(self, plivo: "Emulator", hosts: Collection[str] = ()) -> None:
        self._plivo = plivo
        self._names = checked_names(hosts)
        self.watch = Watch()
        self._views = Views(plivo)
        controls = Controls(plivo, self._views, self.watch)
        self._reads: Mapping[tuple[str, ...], Route] = {
            ("state",): self._state,
            ("conferences",): self._conferences,
            ("conferences", "*"): self._detail("conference"),
            ("phones",): self._phones,
            ("phones", "*"): lambda said, at: controls.phone(said, *at),
            ("requests",): self._requests,
            ("requests", "*"): self._detail("request"),
            ("callbacks",): self._callbacks,
            ("callbacks", "*"): self._detail("callback"),
            ("recordings",): self._recordings,
            ("faults",): self._faults,
            ("events",): self._events,
            ("events", "stream"): self._event_stream,
            ("changes",): self._changes,
        }
        self._writes: Mapping[tuple[str, ...], Callable[..., Awaitable[Json]]] = {
            ("reset",): controls.reset,
            ("clock",): controls.clock,
            ("faults",): controls.faults,
            ("script",): controls.script,
            ("script-callback",): controls.script_callback,
            ("conferences",): controls.add_conferences,
            ("conferences", "*", "activate"): controls.activate,
            ("conferences", "*", "end"): controls.end,
            ("calls",): controls.call_in,
            ("phones", "*", "answer"): controls.answer,
            ("phones", "*", "hang-up"): controls.hang_up,
            ("phones", "*", "press"): controls.press,
            ("phones", "*", "when-rung"): controls.when_rung,
            ("callbacks", "*", "resend"): controls.resend,
        }

    def watch_anew(self, watch: Callable[[Watcher], None]) -> None:
        """Watch another world."""
        self.watch.begin(one.state for one in self._views.machine.registry.newest_first())
        watch(self.watch.note)

    # ---- Requests -----------------------------------------------------------------------------------------------

    def takes(self, target: str) -> bool:
        """Whether a request to this target is for the console."""
        return target.startswith(HOME) and target[len(HOME) : len(HOME) + 1] in ("", "/", "?")

    async def answer(self, aside: Aside) -> Answer | Stream:
        """Answer one. Whatever goes wrong here ends nothing of the emulator."""
        try:
            found = refused(aside, self._names) or await self._answer(aside)
        except NotThereError as error:
            found = _error(404, str(error))
        except ValueError as error:
            found = _error(400, str(error))
        except Exception:  # noqa: BLE001  (whatever it is, it is logged)
            _log.exception("the console could not answer %s", aside.method)
            found = _error(500, "the console could not answer; its log says why")
        return _safe(found) if isinstance(found, Answer) else Steady(found)

    async def _answer(self, aside: Aside) -> Answer | Stream:
        path, _, query = aside.target.partition("?")
        if not path.startswith(_API):
            return _file(aside.method, path)
        at = tuple(unquote(part) for part in path[len(_API) :].rstrip("/").split("/"))
        table: Mapping[tuple[str, ...], Any] = self._writes if aside.method == "POST" else self._reads
        found = _found(table, at)
        if found is None or aside.method not in ("GET", "HEAD", "POST"):
            allowed = [name for name, other in (("GET", self._reads), ("POST", self._writes)) if _found(other, at)]
            return _not_allowed(allowed) if allowed else _error(404, "there is no such route; see docs/emulator-api.md")
        route, which = found
        self._plivo._machine.time.sync()
        if aside.method == "POST":
            return _json(await route(body_of(aside.body), *which))
        told = await route(dict(parse_qsl(query, keep_blank_values=True)), which)
        return _json(told) if isinstance(told, dict) else told

    # ---- Reading ------------------------------------------------------------------------------------------------

    def _now(self) -> float:
        return self._plivo._clock.time()

    async def _state(self, said: dict[str, Any], _at: tuple[str, ...]) -> Json:
        Fields(said, [])
        now = self._now()
        return {"now": round(now, 3), **head(self._plivo, self._views, self.watch, now)}

    def _detail(self, kind: str) -> Route:
        async def told(said: dict[str, Any], at: tuple[str, ...]) -> Json:
            Fields(said, [])
            found = detail(self._plivo, self._views, kind, at[0], self._now())
            if found is None:
                raise NotThereError(f"there is no {kind} {at[0]!r}, or it is kept no longer")
            return found

        return told

    async def _conferences(self, said: dict[str, Any], _at: tuple[str, ...]) -> Json:
        fields = Fields(said, ["status", "find", "limit", "offset"])
        status, find = fields.choice("status", _STATES, ""), fields.text("find", "") or ""
        offset = fields.whole("offset", 0) or 0
        found = self._views.conferences(status, find)
        for _ in zip(range(offset), found, strict=False):
            pass
        listed = rows(found, self._views.conference, _limit(fields, "conferences"))
        return {"conferences": listed, "total": self._views.count(status, find, self.watch.conferences)}

    async def _phones(self, said: dict[str, Any], _at: tuple[str, ...]) -> Json:
        most = _limit(Fields(said, ["limit"]), "phones")
        listed = rows(self._views.phones(), lambda pair: self._views.phone(*pair), most)
        return {"phones": listed, "total": self._views.machine.phones.count()}

    async def _requests(self, said: dict[str, Any], _at: tuple[str, ...]) -> Json:
        fields = Fields(said, ["show", "find", "limit", "before"])
        show, find = fields.choice("show", ("all", "trouble", "faults"), "all"), fields.text("find", "") or ""
        found = self._views.requests(show, find, fields.whole("before"))
        listed = rows(found, self._views.request, _limit(fields, "requests"), self._now())
        return {"requests": listed, "total": self._views.core.log.received}

    async def _callbacks(self, said: dict[str, Any], _at: tuple[str, ...]) -> Json:
        fields = Fields(said, ["show", "find", "limit"])
        show, find = fields.choice("show", ("all", "trouble"), "all"), fields.text("find", "") or ""
        return {"callbacks": rows(self._views.callbacks(show, find), self._views.callback, _limit(fields, "callbacks"))}

    async def _recordings(self, said: dict[str, Any], _at: tuple[str, ...]) -> Json:
        most = _limit(Fields(said, ["limit"]), "recordings")
        listed = rows(self._views.recordings(), self._views.recording, most)
        return {"recordings": listed, "total": len(self._views.machine.recorder.by_id)}

    async def _faults(self, said: dict[str, Any], _at: tuple[str, ...]) -> Json:
        Fields(said, [])
        return wrongs(self._plivo, self._views)

    # ---- What happens -------------------------------------------------------------------------------------------

    async def _events(self, said: dict[str, Any], _at: tuple[str, ...]) -> Json:
        fields, wanted = self._wanted(said, ["after", "limit", "timeout"])
        after, most = fields.whole("after", 0) or 0, _limit(fields, "events")
        found = self.watch.after(after, wanted, most)
        with anyio.move_on_after(fields.number("timeout", 0.0, most=_PATIENCE) or 0.0):
            while not found:
                await self._next()
                found = self.watch.after(after, wanted, most)
        return {"events": found, "next": found[-1]["id"] if len(found) == most else self.watch.last}

    async def _next(self) -> None:
        """Wait until something has happened, which is let happen when it is due."""
        last, time = self.watch.last, self._plivo._machine.time
        while self.watch.last == last:
            due = time.agenda.next
            with anyio.move_on_after(None if due is None else max(0.001, due - self._now())):
                await self.watch.news()
            time = self._plivo._machine.time
            time.advance(self._now())

    def _wanted(self, said: dict[str, Any], more: list[str]) -> tuple[Fields, dict[str, str]]:
        fields = Fields(said, [*_EVENT_FIELDS, *more])
        if "type" in fields:
            fields.choice("type", KINDS, "")
        return fields, {name: said[name].removeprefix("+") for name in _EVENT_FIELDS if name in said}

    async def _event_stream(self, said: dict[str, Any], _at: tuple[str, ...]) -> Stream:
        fields, wanted = self._wanted(said, ["after"])
        after = fields.whole("after", self.watch.last) or 0
        return EventStream(self._plivo, self.watch, after, wanted)

    async def _changes(self, said: dict[str, Any], _at: tuple[str, ...]) -> Stream | Json:
        more = ["conferences_status", "conferences_find", "requests_show", "requests_find"]
        more += ["callbacks_show", "callbacks_find", *(f"{name}_limit" for name in _LISTS)]
        fields = Fields(said, ["show", "detail", "once", *more])
        wanted: dict[str, Any] = {f"{name}_limit": _limit(fields, name, f"{name}_limit") for name in _LISTS}
        wanted["conferences_status"] = fields.choice("conferences_status", _STATES, "")
        wanted["requests_show"] = fields.choice("requests_show", ("all", "trouble", "faults"), "all")
        wanted["callbacks_show"] = fields.choice("callbacks_show", ("all", "trouble"), "all")
        for name in ("conferences_find", "requests_find", "callbacks_find"):
            wanted[name] = fields.text(name, "")
        names = [name for name in (fields.text("show", "") or "").split(",") if name]
        unknown = next((name for name in names if name not in (*_LISTS, "faults")), None)
        if unknown is not None:
            raise ValueError(f"show: {unknown!r} is none of {', '.join((*_LISTS, 'faults'))}")
        closely = fields.text("detail", "") or ""
        if closely and closely.partition(":")[0] not in ("conference", "request", "callback"):
            raise ValueError("detail: is none of conference:UUID, request:NUMBER, callback:NUMBER")
        return ChangeStream(self._plivo, self.watch, Look(frozenset(names), wanted, closely))


def _limit(fields: Fields, name: str, field: str = "limit") -> int:
    return fields.whole(field, _LISTS.get(name, _MOST_ROWS), least=1, most=_MOST_ROWS) or 1


def _found(table: Mapping[tuple[str, ...], Any], at: tuple[str, ...]) -> tuple[Any, tuple[str, ...]] | None:
    """Where a path leads, and what stands in it for the stars."""
    if at in table:
        return table[at], ()
    for pattern, route in table.items():
        fits = len(pattern) == len(at) and all(one in ("*", part) for one, part in zip(pattern, at, strict=True))
        if fits and all(at):
            return route, tuple(part for one, part in zip(pattern, at, strict=True) if one == "*")
    return None


def _json(told: Json) -> Answer:
    return json_answer(200, told)


def _error(status: int, why: str) -> Answer:
    return json_answer(status, {"error": why})


def _not_allowed(methods: list[str]) -> Answer:
    return json_answer(405, {"error": "method not allowed"}, (("Allow", ", ".join(methods)),))


def _safe(answer: Answer) -> Answer:
    return Answer(answer.status, answer.body, answer.headers + SAFE, answer.applied)


def _file(method: str, path: str) -> Answer:
    if path == HOME:
        return Answer(308, headers=(("Location", f"{HOME}/"),))
    name = path[len(HOME) + 1 :]
    if name not in _FILES:
        return _error(404, "there is no such page")
    if method not in ("GET", "HEAD"):
        return _not_allowed(["GET"])
    return Answer(200, _content(_FILES[name][0]), (("Content-Type", _FILES[name][1]),))


@lru_cache
def _content(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()
