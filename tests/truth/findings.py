"""What a share of randomised operations has come to."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Findings:
    """How many operations there were, which contradict the truth, and what the client said of them."""

    operations: int = 0
    contradictions: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)

    def add(self, more: "Findings") -> None:
        """Take in another share."""
        self.operations += more.operations
        self.contradictions += more.contradictions
        self.said += more.said

    def __str__(self) -> str:
        said = ", ".join(f"{count:,} {what}" for what, count in self.said.most_common())
        return f"{self.operations:,}: {said}; {len(self.contradictions)} contradict the truth"


def word(error: Exception | None) -> str:
    """What the client said, in a word."""
    return "done" if error is None else type(error).__name__
