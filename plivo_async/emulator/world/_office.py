"""What an account has beside its calls: its own data, its subaccounts, its applications, its numbers.

Source: Plivo docs, Account, Application, Number.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from ._phones import bare
from ._values import CallHooks, Hook

Method = Literal["GET", "POST"]


@dataclass(slots=True, eq=False, kw_only=True)
class AccountFacts:
    """What the account is."""

    name: str = "Emulated"
    account_type: Literal["standard", "developer"] = "standard"
    """`developer` for a trial."""
    billing_mode: Literal["prepaid", "postpaid"] = "prepaid"
    cash_credits: Decimal = Decimal("100.00000")
    """USD. Calls of a prepaid account without any end with 1010 before they are dialled. They don't get less."""
    auto_recharge: bool = False
    address: str = ""
    city: str = ""
    state: str = ""


@dataclass(slots=True, eq=False, kw_only=True)
class Subaccount:
    """A subaccount. Its token stays out of the repr."""

    auth_id: str
    auth_token: str = field(repr=False)
    name: str
    enabled: bool = False
    created: datetime
    """Aware, in UTC, whole seconds."""
    modified: datetime | None = None
    """Likewise; None until it was changed."""


@dataclass(slots=True, eq=False, kw_only=True)
class Application:
    """Where calls to a number are told. Without a `hangup_url` their ends are told at the `answer_url` (Plivo docs)."""

    app_id: str
    app_name: str
    answer_url: str
    answer_method: Method = "POST"
    hangup_url: str | None = None
    hangup_method: Method = "POST"
    fallback_answer_url: str | None = None
    fallback_method: Method = "POST"
    message_url: str | None = None
    message_method: Method = "POST"
    default_number_app: bool = False
    default_endpoint_app: bool = False
    log_incoming_messages: bool = True
    public_uri: bool = False
    sub_account: str | None = None
    """Auth ID of the subaccount that it belongs to; None for the account itself."""

    @property
    def hooks(self) -> CallHooks:
        """Where a call to one of its numbers is told."""
        answer = Hook(url=self.answer_url, method=self.answer_method)
        hangup = answer if self.hangup_url is None else Hook(url=self.hangup_url, method=self.hangup_method)
        fallback = self.fallback_answer_url
        other = None if fallback is None else Hook(url=fallback, method=self.fallback_method)
        return CallHooks(answer=answer, fallback=other, hangup=hangup)


@dataclass(slots=True, eq=False, kw_only=True)
class Number:
    """A number that the account has rented."""

    number: str
    """Without a "+"."""
    app_id: str | None = None
    """Of the application that calls to it are told; None for none."""
    alias: str = ""
    number_type: Literal["local", "fixed", "mobile", "tollfree"] = "local"
    sub_account: str | None = None
    """Auth ID of the subaccount that it belongs to; None for the account itself."""
    added_on: datetime
    """Aware, in UTC, whole seconds."""


class Office:
    """All of it; each in order of its coming."""

    def __init__(self) -> None:
        self.account: AccountFacts = AccountFacts()
        self.subaccounts: dict[str, Subaccount] = {}
        self.applications: dict[str, Application] = {}
        self.numbers: dict[str, Number] = {}
        self._created = 0

    def add_subaccount(self, one: Subaccount) -> Subaccount:
        """There is another one."""
        return self.subaccounts.setdefault(one.auth_id, one)

    def add_application(self, app_name: str, answer_url: str) -> Application:
        """There is another one. Its id has as many digits as Plivo's."""
        self._created += 1
        app_id = f"{10**16 + self._created}"
        return self.applications.setdefault(
            app_id, Application(app_id=app_id, app_name=app_name, answer_url=answer_url)
        )

    def add_number(self, number: str, added_on: datetime, app_id: str | None = None) -> Number:
        """There is another one.

        Raises:
            ValueError: It is there already, it is none, or there is no such application.
        """
        key = bare(number)
        if not key.isdecimal() or not key.isascii():
            raise ValueError(f"number: {number!r} is not of digits")
        if key in self.numbers:
            raise ValueError(f"number: {number} is the account's already")
        if app_id is not None and app_id not in self.applications:
            raise ValueError(f"app_id: there is no application {app_id!r}")
        return self.numbers.setdefault(key, Number(number=key, app_id=app_id, added_on=added_on))

    @property
    def out_of_credit(self) -> bool:
        """Whether calls can't be paid for."""
        return self.account.billing_mode == "prepaid" and self.account.cash_credits <= 0

    def owns(self, number: str) -> bool:
        """Whether the account has rented that number, with or without "+"."""
        return bare(number) in self.numbers

    def hooks(self, number: str) -> CallHooks:
        """Where a call to that number is told."""
        known = self.numbers.get(bare(number))
        application = None if known is None else self.applications.get(known.app_id or "")
        return CallHooks() if application is None else application.hooks
