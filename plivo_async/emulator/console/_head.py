"""What is always on show: the clock, the limit, what goes wrong, and how much there is of everything."""

from typing import TYPE_CHECKING

from .._mishaps import CALLBACK_MEANINGS, MISHAPS
from .._recipes import MEANINGS
from ..api._routes import OPERATIONS
from ._views import Json, Views, rounded
from ._watch import Watch

if TYPE_CHECKING:
    from .._emulator import Emulator


def head(plivo: "Emulator", views: Views, watch: Watch, now: float) -> Json:
    """All but what time it is."""
    rules = views.core.rules
    log, limit = views.core.log, rules.limit
    up = views.machine.calls.seen_up()
    minute = watch.minute(now)
    return {
        "auth_id": plivo.auth_id,
        "url": plivo.url,
        "seed": rules.seed,
        "epoch": views.machine.time.epoch.timestamp(),
        "limit": None
        if limit is None
        else {
            "limit": limit.limit,
            "per": limit.per,
            "window": limit.window,
            "used": views.core.used(now),
            "refused": log.told_429,
            "refused_last_minute": sum(one[2] for one in minute),
        },
        "minute": minute,
        "conferences": dict(watch.conferences),
        "calls": {status: sum(leg.status == status for leg in up) for status in ("ringing", "queued", "in-progress")},
        "requests": log.received,
        "callbacks": dict(watch.callbacks),
        "recordings": len(views.machine.recorder.by_id),
        "faults": shares(plivo),
        "scripted": len(views.core.script.lines) + len(plivo._mishaps.lines),
        "next": watch.last,
    }


def shares(plivo: "Emulator") -> dict[str, float]:
    """How often what goes wrong, by the names of `Faults.parse`; what doesn't is left out."""
    faults = plivo.faults
    found = {str(name): share for name, share in faults.probabilities.items() if share}
    told = {f"callbacks-{mishap}": float(getattr(faults, f"callbacks_{mishap}")) for mishap in MISHAPS}
    return found | {name: share for name, share in told.items() if share}


def wrongs(plivo: "Emulator", views: Views) -> Json:
    """Everything that can go wrong, how often it does and did, and the script."""
    often, hits = shares(plivo), views.core.log.counts().by_fault
    named = {str(fault): meaning.text for fault, meaning in MEANINGS.items()} | dict(CALLBACK_MEANINGS)
    faults = plivo.faults
    times = {name: getattr(faults, name) for name in ("late_by", "drip_interval", "apply_after", "callbacks_late_by")}
    requests = [
        {"operation": line.operation, "name": line.name, "nth": line.nth, "fault": str(line.fault)}
        for line in views.core.script.lines
    ]
    callbacks = [
        {"event": line.event, "subject": line.subject, "nth": line.nth, "fault": line.mishap}
        for line in plivo._mishaps.lines
    ]
    return {
        "faults": [
            {"fault": name, "means": text, "share": often.get(name, 0.0), "hits": hits.get(name, 0)}
            for name, text in named.items()
        ],
        "times": {name: rounded(value) for name, value in times.items()},
        "operations": sorted(OPERATIONS),
        "script": requests,
        "callbacks_script": callbacks,
    }
