"""What a store of shared budgets offers, and what may be wrong with it."""

from typing import Protocol

from ...policy.shared import Reply, Terms, Trade


class StoreAway(Exception):  # noqa: N818  (never leaves the package)
    """The store didn't reply. It may later; what was said may have been heard, or may yet be."""


class Store(Protocol):
    """Where the permits of one account are kept. Used by one thread at a time."""

    def open(self) -> bool:
        """Connect, and see whether it can be used.

        Returns:
            Whether another server has taken over since the last time.

        Raises:
            StoreAway: It can't be reached.
            SharedBudgetError: It can't be used.
        """
        ...

    def trade(self, terms: Terms, trade: Trade) -> Reply:
        """Carry out a trade. After an exception the store is to be opened anew.

        Raises:
            StoreAway: There was no reply.
            SharedBudgetError: It can't be used any more.
        """
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...

    def abandon(self) -> None:
        """Forget the connection in the child of a fork, without a word to the store: it is the parent's."""
        ...
