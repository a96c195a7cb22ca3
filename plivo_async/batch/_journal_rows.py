"""Outcomes as they stand in a journal, and back."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .. import _errors
from .._errors import PlivoError
from ..policy import ActivationOutcome, Attempt, AttemptOutcome
from ._activation import Activation
from ._journal_reader import Row
from ._ledger import is_plain


def outcome_row(activation: Activation, at: float) -> tuple[object, ...]:
    """What `outcomes` of the file wants of an activation that was settled at `at`."""
    doubt = activation.outcome is ActivationOutcome.UNKNOWN
    return activation.outcome.value, at, _detail(activation), int(doubt), activation.position


def activation_of(row: Row) -> Activation:
    """The activation that a row tells of, which must have an outcome; its error is equal in all but its cause."""
    told = json.loads(row.detail or "")
    outcome = ActivationOutcome(row.outcome or "")
    if isinstance(told, list):  # like nearly all: one attempt, and a 204
        began_at, began, ended, elapsed = told
        one = (Attempt("POST", AttemptOutcome.ANSWERED, 204, None, began, ended),)
        at = _instant(began_at)
        return Activation(row.position, row.name, row.uuid, outcome, True, one, "answer", None, elapsed, at)
    attempts = tuple(map(_attempt, told["attempts"]))
    return Activation(
        row.position,
        row.name,
        row.uuid,
        outcome,
        told["live"],
        attempts,
        told["confirmed_by"],
        None if told["error"] is None else _error(told["error"]),
        told["elapsed"],
        _instant(told["began_at"]),
    )


def settled_at(row: Row) -> datetime | None:
    """When its outcome was written, aware, in UTC."""
    return None if row.settled_at is None else datetime.fromtimestamp(row.settled_at, UTC)


def _detail(activation: Activation) -> str:
    began_at = None if activation.started_at is None else activation.started_at.timestamp()
    if is_plain(activation):
        [attempt] = activation.attempts
        numbers = (attempt.started_at, attempt.ended_at, activation.elapsed)
        return json.dumps([began_at, *(round(number, 6) for number in numbers)])
    told = activation.to_dict()
    error = activation.error
    told["error"] = error.to_dict() if isinstance(error, PlivoError) else told["error"]
    kept = ("live", "confirmed_by", "elapsed", "attempts", "error")
    return json.dumps({"began_at": began_at, **{key: told[key] for key in kept}})


def _instant(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)


def _attempt(told: Mapping[str, Any]) -> Attempt:
    return Attempt(**{**told, "outcome": AttemptOutcome(told["outcome"])})


def _error(told: Mapping[str, Any]) -> Exception:
    if told["type"] == "TypeError":
        return TypeError(told["message"])
    cls = getattr(_errors, told["type"], PlivoError)
    facts = {name: value for name, value in told.items() if name not in ("type", "message")}
    facts["attempts"] = tuple(map(_attempt, facts.get("attempts", ())))
    if facts.get("started_at"):
        facts["started_at"] = datetime.fromisoformat(facts["started_at"])
    error: PlivoError = cls(told["message"], **facts)
    return error
