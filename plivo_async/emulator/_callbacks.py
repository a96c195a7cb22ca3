"""What Plivo would tell a program of its own accord: recorded here, never delivered.

The parameters are those of Plivo's documents and of a public receiver of such callbacks. That those that don't apply
are sent empty, and that booleans are written `true` and `false`, is inferred.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRecord:
    """One callback that would have been sent. It is only recorded: the emulator opens no connection."""

    at: float
    """Seconds since the emulator started."""
    url: str
    method: str
    """`GET` or `POST`."""
    params: dict[str, str]
    """By name, all as text; those that don't apply are empty."""
