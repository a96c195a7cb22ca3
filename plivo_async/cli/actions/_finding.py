"""What `doctor` says: one thing it looked at, and what to do about it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found.

    Attributes:
        level: Whether it is as it should be, may do harm, or does.
        words: What it is.
        advice: What to do; empty if nothing.
    """

    level: Literal["ok", "warning", "wrong"]
    words: str
    advice: str = ""

    def lines(self) -> list[str]:
        """As it is printed."""
        return [f"{self.level:8} {self.words}", *([f"{'':8} → {self.advice}"] if self.advice else [])]
