"""How far a shard has come: a letter an item, small enough to travel from worker to worker, and mergeable. Pure.

The letters, each of which gives way to those after it when two states of a shard are merged:

    -  untouched: nothing was sent for it
    ?  may have been sent: an intent was written down, and no outcome
    f  failed          none of one worker's attempts was applied, which says nothing of another's
    r  rejected        a permanent no to one worker's request
    n  not_found       nothing was waiting when one worker looked
    u  unknown         an attempt may have been applied: no other worker's "not by me" settles that
    y  already_active  it was seen live
    a  activated       it was seen live, and we did it; the other worker's already_active is that very activation
    =  the input has had it before: its outcome is that of the first one

So who is certain that it is live is believed before who is in doubt, and who is in doubt before who knows only of
himself that he hasn't done it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from .._errors import invalid
from .._public import public
from ..policy import ActivationOutcome
from ..wire._checks import in_utc
from ._activation import Activation
from ._input import ConferenceId
from ._journalled import AGAIN, tried_again
from ._shard import Shard

UNTOUCHED, MAYBE_SENT, TWIN = "-?="
LETTERS = {
    ActivationOutcome.FAILED: "f",
    ActivationOutcome.REJECTED: "r",
    ActivationOutcome.NOT_FOUND: "n",
    ActivationOutcome.UNKNOWN: "u",
    ActivationOutcome.ALREADY_ACTIVE: "y",
    ActivationOutcome.ACTIVATED: "a",
}
OUTCOMES = {
    **{letter: outcome for outcome, letter in LETTERS.items()},
    UNTOUCHED: ActivationOutcome.NOT_ATTEMPTED,
    MAYBE_SENT: ActivationOutcome.UNKNOWN,
}
_ORDER = "-?frnuya="
_RANK = {letter: rank for rank, letter in enumerate(_ORDER)}
_FORMAT = "1"


@public
@dataclass(frozen=True, slots=True)
class ShardState:
    """What is known of each conference of a shard: a value, which its methods make anew.

    Who works on a shard writes it down with `intend` before anything is sent, and with `settle` when outcomes are
    known; who takes it over does what is `left`, and hands `maybe_sent` to `start_each`, so that what may have been
    sent is looked at first, and not started where another conference may have the name by now.

    States of the same shard can be merged in any order and any number of times: what is settled counts before what may
    have been sent, and that before what is untouched. Of two outcomes `activated` counts before `already_active`, that
    before `unknown`, and that before `not_found`, `rejected` and `failed`, in this order: a worker that is sure of a
    live conference is believed first, and one that may have started it before one that only knows that it has not.
    """

    letters: str
    """One for each place of the shard: `-` untouched, `?` may have been sent, `a` activated, `y` already_active,
    `n` not_found, `r` rejected, `f` failed, `u` unknown, `=` a twin, whose outcome is that of its first one."""
    since: datetime | None = None
    """The earliest time at which any of them may have been sent, aware, in UTC; None if none was."""

    def __post_init__(self) -> None:
        if not isinstance(self.letters, str) or not set(self.letters) <= set(_ORDER):
            raise invalid("letters", f"may be {' '.join(_ORDER)}")
        if self.since is None and MAYBE_SENT in self.letters:
            raise invalid("since", "must tell when those that may have been sent were sent at the earliest")
        if self.since is not None:
            object.__setattr__(self, "since", in_utc("since", self.since))

    @classmethod
    def of(cls, shard: Shard) -> Self:
        """The state of a shard that nobody has worked on."""
        letters = [UNTOUCHED] * len(shard)
        for place, _ in shard.twins:
            letters[place] = TWIN
        return cls("".join(letters))

    def __len__(self) -> int:
        return len(self.letters)

    def __repr__(self) -> str:
        told = ", ".join(f"{count:,} {outcome.value}" for outcome, count in self.counts.items() if count)
        return f"<ShardState of {len(self):,}: {told or 'nothing'}>"

    @property
    def left(self) -> tuple[int, ...]:
        """The places that have no outcome yet, in order: untouched ones and those that may have been sent.

        `not_attempted` is no outcome here. `failed` and `unknown` are: they are tried again only after `reopened`.
        """
        return tuple(place for place, letter in enumerate(self.letters) if letter in {UNTOUCHED, MAYBE_SENT})

    @property
    def doubtful(self) -> tuple[int, ...]:
        """The places of what may have been sent and has no outcome, in order."""
        return tuple(place for place, letter in enumerate(self.letters) if letter == MAYBE_SENT)

    @property
    def counts(self) -> Mapping[ActivationOutcome, int]:
        """How many have which outcome, twins aside. What is `left` counts as `not_attempted`, or as `unknown` if it
        may have been sent.
        """
        found = dict.fromkeys(ActivationOutcome, 0)
        for letter, outcome in OUTCOMES.items():
            found[outcome] += self.letters.count(letter)
        return found

    def outcome(self, place: int) -> ActivationOutcome | None:
        """The outcome at a place, counted as in `counts`; None for a twin."""
        return OUTCOMES.get(self.letters[place])

    def maybe_sent(self, shard: Shard) -> dict[ConferenceId, datetime]:
        """What to pass to `start_each` as `maybe_sent=`: since when each may have been sent that has no outcome."""
        self.check(shard)
        if self.since is None:
            return {}
        pairs = zip(shard.conferences, self.letters, strict=True)
        return {one: self.since for one, letter in pairs if letter == MAYBE_SENT}

    def check(self, shard: Shard) -> None:
        """See that it is a state of this shard, as far as it can tell.

        Raises:
            InvalidArgumentError: It has another length, or other twins.
        """
        if len(self) != len(shard):
            raise invalid("state", f"is of {len(self):,} conferences, and the shard has {len(shard):,}")
        twins = {place for place, letter in enumerate(self.letters) if letter == TWIN}
        if twins != {place for place, _ in shard.twins}:
            raise invalid("state", "is of another shard: other items of it were given before")

    def intend(self, places: Iterable[int], at: datetime) -> Self:
        """The state once an activation of these may leave from `at` on; write it down before it does.

        Args:
            places: Places of the shard, from 0; those that have an outcome stay as they are.
            at: Aware.

        Raises:
            InvalidArgumentError: `at` is not aware.
            IndexError: There is no such place.
        """
        letters = list(self.letters)
        for place in places:
            if letters[place] == UNTOUCHED:
                letters[place] = MAYBE_SENT
        at = in_utc("at", at)
        return replace(self, letters="".join(letters), since=at if self.since is None else min(self.since, at))

    def withdraw(self, places: Iterable[int]) -> Self:
        """The state once it is certain that nothing was sent for these by anybody; those with an outcome keep it."""
        letters = list(self.letters)
        for place in places:
            if letters[place] == MAYBE_SENT:
                letters[place] = UNTOUCHED
        return replace(self, letters="".join(letters))

    def settle(self, activations: Iterable[Activation]) -> Self:
        """The state once these are known.

        What was `not_attempted` is untouched again. A refused credential (401) says nothing of a conference: what it
        refused is untouched again too, or stays as one that may have been sent.

        Args:
            activations: Each at its place in the shard.

        Raises:
            IndexError: There is no such place.
        """
        letters, since = list(self.letters), self.since
        for one in activations:
            before, letter = letters[one.position], letter_of(one)
            if before in {UNTOUCHED, MAYBE_SENT} or _RANK[letter] > _RANK[before]:
                letters[one.position] = letter
            if one.outcome is ActivationOutcome.UNKNOWN and one.started_at is not None:
                since = one.started_at if since is None else min(since, one.started_at)
        return replace(self, letters="".join(letters), since=since)

    def reopened(self, again: Collection[ActivationOutcome | str] = AGAIN) -> Self:
        """The state with which a shard is worked on once more, for outcomes that may have changed by then.

        Nobody may be at work on the shard, and what comes of it must not be merged with states from before.

        Args:
            again: Which outcomes are tried again: of `failed` and `unknown` (as when a journal goes on), `not_found`
                and `rejected`. What is `unknown` is looked at first.

        Raises:
            InvalidArgumentError: One of them is a success.
        """
        wanted = tried_again("again", again)
        letters = self.letters
        for outcome in wanted - {ActivationOutcome.NOT_ATTEMPTED}:
            new = MAYBE_SENT if outcome is ActivationOutcome.UNKNOWN else UNTOUCHED
            letters = letters.replace(LETTERS[outcome], new)
        return replace(self, letters=letters)

    def merge(self, other: "ShardState") -> Self:
        """What two states of a shard know together. Commutative, associative, idempotent.

        Raises:
            InvalidArgumentError: They are of different lengths, so not of one shard.
        """
        if len(self) != len(other):
            raise invalid("other", f"is of {len(other):,} conferences, and this one of {len(self):,}")
        pairs = zip(self.letters, other.letters, strict=True)
        letters = "".join(one if _RANK[one] >= _RANK[two] else two for one, two in pairs)
        times = [at for at in (self.since, other.since) if at is not None]
        return replace(self, letters=letters, since=min(times, default=None))

    __or__ = merge

    def to_text(self) -> str:
        """All of it in ASCII: a byte for each conference, and some 35 for its format and for `since`."""
        return f"{_FORMAT} {'-' if self.since is None else self.since.isoformat()} {self.letters}"

    @classmethod
    def from_text(cls, text: str, shard: Shard) -> Self:
        """The state that `to_text()` told of.

        Args:
            text: What it said.
            shard: What it must be a state of.

        Raises:
            InvalidArgumentError: It is of another format or shard, or damaged.
        """
        version, _, rest = str(text).partition(" ")
        since, _, letters = rest.partition(" ")
        if version != _FORMAT or not letters:
            raise invalid("text", f"must be what ShardState.to_text() of format {_FORMAT} says, not {str(text)[:20]!r}")
        try:
            state = cls(letters, None if since == "-" else datetime.fromisoformat(since))
        except ValueError as error:
            raise invalid("text", f"is damaged: {error}") from None
        state.check(shard)
        return state


def refused(activation: Activation) -> bool:
    """Whether it ended as it did because the credentials were refused."""
    return bool(activation.attempts) and activation.attempts[-1].status_code == 401


def letter_of(activation: Activation) -> str:
    """What an outcome makes of an item: a letter of its own, or back to one that is left."""
    if refused(activation) and not activation.succeeded:
        return MAYBE_SENT if activation.outcome is ActivationOutcome.UNKNOWN else UNTOUCHED
    return LETTERS.get(activation.outcome, UNTOUCHED)
