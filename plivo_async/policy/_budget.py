"""The retry budget: keeps a dead API from being stormed."""

from ._retry import RetryPolicy


class RetryBudget:
    """Counts retries on credit: a retry costs 1, a success pays `budget_ratio` back.

    Asking (`allows`) and taking (`spend`) are apart: the first may be done twice.
    """

    __slots__ = ("_used_up", "debt")

    def __init__(self) -> None:
        self.debt: float = 0.0
        self._used_up = False  # and not half of it paid back since

    def allows(self, policy: RetryPolicy) -> bool:
        """Whether another retry is within the policy's reserve."""
        return self.debt + 1 <= policy.budget_reserve

    def spend(self, policy: RetryPolicy) -> bool:
        """Book one retry. Debt ends at the reserve, so that a long outage is forgiven as fast as a short one.

        The reserve is the policy's; where another policy with a larger one has run up more, nothing of it is forgiven.

        Returns:
            Whether that was the last one, for the first time since half of the debt was paid back.
        """
        self.debt = max(self.debt, min(self.debt + 1, policy.budget_reserve))
        news = not self._used_up and not self.allows(policy)
        self._used_up = self._used_up or news
        return news

    def succeeded(self, policy: RetryPolicy) -> None:
        """Book an attempt that got a clear answer."""
        if self.debt:
            self.debt = max(0.0, self.debt - policy.budget_ratio)
            self._used_up = self._used_up and self.debt > policy.budget_reserve / 2
