"""The retry budget: keeps a dead API from being stormed."""

from ._retry import RetryPolicy


class RetryBudget:
    """Counts retries on credit: a retry costs 1, a success pays `budget_ratio` back.

    Asking (`allows`) and taking (`spend`) are apart: the first may be done twice.
    """

    __slots__ = ("debt",)

    def __init__(self) -> None:
        self.debt: float = 0.0

    def allows(self, policy: RetryPolicy) -> bool:
        """Whether another retry is within the policy's reserve."""
        return self.debt + 1 <= policy.budget_reserve

    def spend(self, policy: RetryPolicy) -> None:
        """Book one retry. Debt ends at the reserve, so that a long outage is forgiven as fast as a short one.

        The reserve is the policy's; where another policy with a larger one has run up more, nothing of it is forgiven.
        """
        self.debt = max(self.debt, min(self.debt + 1, policy.budget_reserve))

    def succeeded(self, policy: RetryPolicy) -> None:
        """Book an attempt that got a clear answer."""
        if self.debt:
            self.debt = max(0.0, self.debt - policy.budget_ratio)
