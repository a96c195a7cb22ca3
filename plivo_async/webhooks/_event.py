"""What all events have in common."""

import hashlib
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime

from .._public import public_in
from ..models._model import Model
from ..shown._privacy import masked

_LAST = datetime.max.replace(tzinfo=UTC)
_HIDDEN = "****"
_NEVER_SHOWN = ("digits", "speech")
_LONGEST_SHOWN = 500


public = public_in("plivo_async.webhooks")


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Event(Model):
    """Something that Plivo tells, or asks.

    Whatever Plivo sends empty is None, or absent from `extra`: it probably sends what doesn't apply as empty text
    (inferred). Pickles, compares, hashes; its repr masks phone numbers, addresses of people and what callers typed.
    """

    event_name: str | None = None
    """Plivo's word for it, as `ParticipantJoin`; None for those that have none."""
    extra: dict[str, str] = field(default_factory=dict, hash=False)
    """Whatever else came with it, by its name on the wire: what Plivo adds, and what the query of your URL says. The
    first of several values; `raw` has all."""
    raw: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """Every parameter that Plivo sent, as it came: also empty ones, repeated ones, and those of the query of a GET.
    `parse_trusted(event.raw)` makes the event again, but for the query of a POST."""

    @property
    def at(self) -> datetime | None:
        """When it happened, by Plivo's own clock, in UTC; None if Plivo doesn't say."""
        return None

    @property
    def wants_xml(self) -> bool:
        """Whether what is answered is XML that goes on with the call."""
        return False

    @property
    def order_key(self) -> tuple[datetime, int]:
        """Sorts events by Plivo's time, those of one second by its sequence number; those without a time come last.

        Times have whole seconds; over what Plivo counts its sequence numbers is unverified, so time comes first.
        """
        return (self.at or _LAST, self._sequence or 0)

    @property
    def dedupe_key(self) -> tuple[str, ...]:
        """The same for one event that comes twice, and different for any other.

        Plivo delivers at least once. The key is made of what tells events apart, never of one id alone: of a
        conference, its UUID, the event's name, the member and the sequence number (of recordings, theirs as well:
        each counts for itself); of a phone call, its UUID, the event's name, the status and who is called. Where these
        aren't all there, it is a digest of all parameters: that two deliveries of one event have the same ones is
        inferred.
        """
        return self._identity or (type(self).__name__, digest(self.raw))

    def get(self, name: str) -> str | None:
        """A parameter by its name on the wire, as `SIP-H-To`; None if it is absent or empty. Of several the first."""
        return next((value for key, value in self.raw if key == name and value), None)

    @property
    def _sequence(self) -> int | None:
        return None

    @property
    def _identity(self) -> tuple[str, ...] | None:
        return None

    def __repr__(self) -> str:
        there = [(one.name, getattr(self, one.name)) for one in fields(self) if one.name != "raw"]
        shown = [f"{name}={_shown(name, value)}" for name, value in there if value is not None and value != {}]
        return f"{type(self).__name__}({', '.join(shown)})"


def _shown(name: str, value: object) -> str:
    if name in _NEVER_SHOWN:
        return _HIDDEN
    text = masked(repr(value)) if isinstance(value, str | dict) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def digest(raw: tuple[tuple[str, str], ...]) -> str:
    """Of all that isn't empty, in any order."""
    told = hashlib.sha256()
    for pair in sorted(pair for pair in raw if pair[1]):
        for text in pair:
            data = text.encode("utf-8", "surrogatepass")
            told.update(b"%d:" % len(data) + data)
    return told.hexdigest()
