"""Chance that can be replayed: each request's draws follow from the seed and from what the request is.

A generator that is asked in order of arrival gives other draws as soon as two conferences change places. So nothing is
drawn in order: the draws of "the third activation of x" are a hash of the seed and of exactly these words, the same in
every run whatever else goes on.
"""

from dataclasses import dataclass
from hashlib import blake2b
from random import Random
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Draws:
    """The dice of one request: three independent numbers, even in [0, 1), and an id."""

    fault: float
    latency: float
    split: float
    id_bytes: bytes

    @property
    def api_id(self) -> str:
        """A random UUID (version 4) as text."""
        return str(UUID(bytes=self.id_bytes, version=4))


def draw(seed: int, *words: object) -> Draws:
    """Throw the dice for what the words describe, for example `draw(0, "activate", "support-4812", 3)`."""
    key = repr((seed, words)).encode("utf-8", "surrogatepass")
    digest = blake2b(key, digest_size=40).digest()
    return Draws(_unit(digest[0:8]), _unit(digest[8:16]), _unit(digest[16:24]), digest[24:40])


def _unit(data: bytes) -> float:
    return (int.from_bytes(data, "big") >> 11) * 2.0**-53  # 53 bits: never rounds up to 1.0


class Uuids:
    """UUIDs (version 4) one after another, the same for the same seed."""

    __slots__ = ("_random", "drawn")

    def __init__(self, seed: int) -> None:
        self._random = Random(f"{seed} uuids")  # noqa: S311  (to be replayed, not to be secret)
        self.drawn = 0
        """How many there were."""

    def __call__(self) -> str:
        """The next one."""
        self.drawn += 1
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def skip(self, drawn: int) -> None:
        """Go on where so many were drawn."""
        while self.drawn < drawn:
            self()
