"""What the service is told by its environment."""

import os
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Beside `PLIVO_AUTH_ID`, `PLIVO_AUTH_TOKEN` and `PLIVO_BASE_URL`, which the client reads by itself."""

    public_url: str
    """Where Plivo, and the agents, reach this service: `https://calls.example.com`, without a slash at its end."""
    auth_token: str = field(repr=False)
    """What callbacks are signed with."""
    caller_id: str
    """Who calls the agents: a number of the account."""
    budget: str
    """Where all workers share the account's rate limit: `sqlite:////run/contact-centre/budget.db`."""
    bus: str
    """The file over which they tell each other what Plivo told them."""

    @classmethod
    def of_environment(cls) -> Self:
        """From `CONTACT_CENTRE_…`; a missing one is a `KeyError` that names it."""
        return cls(
            public_url=os.environ["CONTACT_CENTRE_URL"].rstrip("/"),
            auth_token=os.environ["PLIVO_AUTH_TOKEN"],
            caller_id=os.environ["CONTACT_CENTRE_CALLER_ID"],
            budget=os.environ["CONTACT_CENTRE_BUDGET"],
            bus=os.environ["CONTACT_CENTRE_BUS"],
        )
