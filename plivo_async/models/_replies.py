"""What recording, playing and speaking answer, and what asynchronous requests do."""

from dataclasses import dataclass, field
from typing import Any

from .._public import public
from ._model import Model


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class Recording(Model):
    """A recording that has begun.

    Every field may be missing: one sample has no more than a message. Source: Plivo docs, Multiparty Call, "Start
    recording an MPC", and captured answers. What is answered for both kinds of tracks at once is unverified.
    """

    recording_id: str | None = None
    """Its identifier."""
    recording_url: str | None = None
    """Where the file will be, once it is complete."""
    message: str | None = None
    """Plivo's words; don't rely on them."""
    api_id: str | None = None
    """Plivo's identifier of the request."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class Playback(Model):
    """A sound, or a text to be spoken, that is queued.

    Source: Plivo docs, Multiparty Call, "Start playing audio"; for speaking: Plivo's Go SDK.
    """

    message: str | None = None
    """Plivo's words; don't rely on them."""
    mpc_member_id: tuple[str, ...] = ()
    """Who hears it (`mpcMemberId` on the wire). What it holds for "all" is unverified."""
    mpc_name: str | None = None
    """The conference's name (`mpcName` on the wire)."""
    api_id: str | None = None
    """Plivo's identifier of the request."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted(Model):
    """An asynchronous request that Plivo has taken; the result goes to its `callback_url`.

    Whether it succeeds isn't known yet. Source: Plivo docs, "Asynchronous requests".
    """

    message: str | None = None
    """Plivo's words, as `async api spawned`; don't rely on them."""
    api_id: str | None = None
    """Plivo's identifier of the request."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""
