"""Phones: what they do when they are rung, and how often they were."""

import math
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple, Protocol, Self

from ._causes import CAUSES
from ._legs import Leg
from ._timeline import Timeline

KEYS = "0123456789*#"
DECLINES = {"rejected": 3020, "busy": 3010}
"""The cause with which a rejected call ends, by how that arrives."""


def bare(number: str) -> str:
    """A number without a leading "+", as Plivo writes it; a SIP URI as it is."""
    return number.removeprefix("+")


class Reaction(NamedTuple):
    """What a phone does when it is rung."""

    kind: Literal["answers", "busy", "rejects", "no answer", "never answers", "fails"]
    after: float | None = None
    """Seconds until it answers, or is given up; None: as the emulator was told."""
    cause: int | None = None
    """With what its calls end; None: as the settings say."""
    rings: bool = True
    """Whether it rings at all."""
    talks: float | None = None
    """Seconds from answering until it hangs up; None: whenever `hang_up` says."""


class Line(Protocol):
    """What a phone is connected to."""

    def pick_up(self, leg: Leg, now: float) -> None:
        """A ringing call is answered."""
        ...

    def hang_up(self, leg: Leg, now: float) -> None:
        """A call is hung up or, while it rings, rejected."""
        ...

    def press(self, leg: Leg, key: str, now: float) -> None:
        """A key is pressed during a call."""
        ...


class Phone:
    """A phone, or a SIP endpoint. Get it by `Emulator.phone`; numbers compare without their "+".

    What it does when it is rung holds from its next call on, and may be said before the emulator runs. The calls of one
    phone don't know of each other: it is only busy if it is told to be.
    """

    __slots__ = (
        "_calls",
        "_line",
        "_reaction",
        "_record_after",
        "_rings",
        "_time",
        "confirm_key",
        "machine",
        "number",
    )

    number: str
    """As it was first written."""
    confirm_key: str | None
    """What it presses when it is asked to confirm: a key, "right" (the default) for whichever is asked for, or None for
    nothing until `press` or the time is up."""
    machine: bool
    """Whether it is a machine that answers; False by default. It matters to calls with machine detection only."""

    def __init__(self, number: str, line: Line, time: Timeline) -> None:
        if not bare(number):
            raise ValueError("a phone needs a number")
        self.number = number
        self.confirm_key = "right"
        self.machine = False
        self._line = line
        self._time = time
        self._reaction = Reaction("answers")
        self._record_after: float | Literal["usual"] | None = "usual"
        self._rings = 0
        self._calls: list[Leg] = []

    def __repr__(self) -> str:
        return f"<Phone {self.number} {self._reaction.kind}>"

    # ---- What it does when it is rung ---------------------------------------------------------------------------

    def answers(self, after: float | None = None, *, talks: float | None = None) -> Self:
        """It answers; this is the default.

        Args:
            after: Seconds of ringing, 0 or more; None for the emulator's `answer_after`. If that is not less than the
                ring timeout, nobody answers.
            talks: Seconds from answering after which it hangs up, 0 or more; None: it doesn't by itself.

        Raises:
            ValueError: `after` or `talks` is negative or not finite.
        """
        reaction = Reaction("answers", None if after is None else _checked(after))
        return self._do(reaction._replace(talks=None if talks is None else _checked(talks, "talks")))

    def busy(self) -> Self:
        """It is engaged: calls end at once, with cause 3010. It counts as rung all the same."""
        return self._do(Reaction("busy", cause=3010, rings=False))

    def rejects(self, after: float = 0.0, *, arrives_as: Literal["rejected", "busy"] | None = None) -> Self:
        """It rejects each call: cause 3020, or 3010 `busy` from the carrier, as a decline has been seen to arrive.

        Args:
            after: Seconds of ringing, 0 or more. If that is not less than the ring timeout, the cause is 6010.
            arrives_as: Which of the two; None: as `Settings.decline` says. The `outcome` of a call is `rejected` either
                way.

        Raises:
            ValueError: `after` is negative or not finite, or there is no such arrival.
        """
        if arrives_as not in (None, "rejected", "busy"):
            raise ValueError(f"arrives_as: {arrives_as!r} is none of None, 'rejected', 'busy'")
        cause = None if arrives_as is None else DECLINES[arrives_as]
        return self._do(Reaction("rejects", _checked(after), cause))

    def no_answer(self, after: float = 20.0) -> Self:
        """It rings until its own network gives up, with cause 3000, unless you `answer` it.

        Args:
            after: Seconds of ringing, 0 or more. If that is not less than the ring timeout, the cause is 6010.

        Raises:
            ValueError: `after` is negative or not finite.
        """
        return self._do(Reaction("no answer", _checked(after)))

    def never_answers(self) -> Self:
        """It rings until the ring timeout is over (cause 6010), unless you `answer` it."""
        return self._do(Reaction("never answers"))

    def invalid(self) -> Self:
        """There is no such phone: calls end with cause 2000, and nothing rings."""
        return self._do(Reaction("fails", 0.0, 2000, rings=False))

    def fails(self, cause: int, after: float = 0.0, *, rings: bool = False) -> Self:
        """Its calls end unanswered with that cause: 3080 a carrier in trouble, 5030 too many calls, 4000 unanswered.

        Args:
            cause: A key of `HANGUP_CAUSES`.
            after: Seconds until then, 0 or more. If it rings, and that is not less than the ring timeout, it is 6010.
            rings: Whether it rings meanwhile.

        Raises:
            ValueError: There is no such cause, or `after` is negative or not finite.
        """
        if cause not in CAUSES:
            raise ValueError(f"cause: {cause} is none of {', '.join(map(str, CAUSES))}")
        return self._do(Reaction("fails", _checked(after), cause, rings))

    def record_comes(self, after: float | None) -> Self:
        """When the record of its calls can be read, from the next one on that ends, whatever the settings say.

        Args:
            after: Seconds from its end, 0 or more; None: never.

        Raises:
            ValueError: `after` is negative or not finite.
        """
        after = None if after is None else _checked(after)
        self._time.act()
        self._record_after = after
        return self

    def _do(self, reaction: Reaction) -> Self:
        self._time.act()  # what is due has met the phone as it was
        self._reaction = reaction
        return self

    # ---- What has become of it ----------------------------------------------------------------------------------

    @property
    def rings(self) -> int:
        """How often it was rung; a phone that is busy counts, one that doesn't exist never rings."""
        self._time.sync()
        return self._rings

    @property
    def calls(self) -> list[Leg]:
        """Every call to it and from it, those that are still to be dialled included, in order of their beginning."""
        self._time.sync()
        return list(self._calls)

    # ---- What its owner does ------------------------------------------------------------------------------------

    def answer(self) -> None:
        """Pick up: every call that rings is answered.

        Raises:
            ValueError: It doesn't ring.
        """
        now = self._time.act()
        for leg in self._those("ringing"):
            self._line.pick_up(leg, now)

    def hang_up(self) -> None:
        """End every call that it is in and reject every one that rings.

        Raises:
            ValueError: There is no such call.
        """
        now = self._time.act()
        for leg in self._those("ringing", "in-progress"):
            self._line.hang_up(leg, now)

    def press(self, key: str) -> None:
        """Press a key, in every call that it is in.

        Args:
            key: One of 0 to 9, * and #.

        Raises:
            ValueError: No such key, or no such call.
        """
        if len(key) != 1 or key not in KEYS:
            raise ValueError(f"key: {key!r} is none of {' '.join(KEYS)}")
        now = self._time.act()
        for leg in self._those("in-progress"):
            self._line.press(leg, key, now)

    def _those(self, *states: str) -> list[Leg]:
        found = [leg for leg in self._calls if leg.status in states]
        if not found:
            raise ValueError(f"{self.number} has no call that is {' or '.join(states)}")
        return found


def _checked(after: float, name: str = "after") -> float:
    if not 0 <= after < math.inf:
        raise ValueError(f"{name}: {after} is not a number of seconds")
    return after


class Phones:
    """All phones there are: each is made when it is first spoken of."""

    __slots__ = ("_by_number", "_line", "_time")

    def __init__(self, line: Line, time: Timeline) -> None:
        self._line = line
        self._time = time
        self._by_number: dict[str, Phone] = {}

    def get(self, number: str) -> Phone:
        """The phone with that number or URI."""
        key = bare(number)
        phone = self._by_number.get(key)
        if phone is None:
            phone = self._by_number[key] = Phone(number, self._line, self._time)
        return phone

    def reaction(self, number: str) -> Reaction:
        """What that phone does when it is rung."""
        return self.get(number)._reaction

    def record_after(self, number: str, usual: float | None) -> float | None:
        """When the record of its calls comes: in so many seconds, or never; `usual` unless it was told otherwise."""
        told = self.get(number)._record_after
        return usual if told == "usual" else told

    def hang_up(self, leg: Leg, now: float) -> None:
        """The owner of the phone ends one call, if it isn't over."""
        self._line.hang_up(leg, now)

    def rung(self, number: str) -> None:
        """It was rung once more."""
        self.get(number)._rings += 1

    def take(self, number: str, leg: Leg) -> None:
        """It has another call."""
        self.get(number)._calls.append(leg)

    def all(self) -> list[Phone]:
        """Each of them, in the order in which they were made."""
        return list(self._by_number.values())

    def count(self) -> int:
        """How many there are."""
        return len(self._by_number)

    def newest_first(self) -> Iterator[Phone]:
        """The one that was spoken of last first."""
        return reversed(self._by_number.values())

    def known(self, number: str) -> Phone | None:
        """The phone with that number, if anybody has spoken of it."""
        return self._by_number.get(bare(number))


class Rings(Mapping[str, int]):
    """How often each phone was rung, by its number as it was first written. One that was never rung has 0.

    It is found with and without the "+". A live view.
    """

    __slots__ = ("_phones",)

    def __init__(self, phones: Phones) -> None:
        self._phones = phones

    def __getitem__(self, number: str) -> int:
        phone = self._phones.known(number)
        return 0 if phone is None else phone.rings

    def __iter__(self) -> Iterator[str]:
        return (phone.number for phone in self._phones.all() if phone.rings)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, number: object) -> bool:
        return isinstance(number, str) and self[number] > 0

    def __repr__(self) -> str:
        return repr(dict(self))
