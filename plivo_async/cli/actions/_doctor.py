"""What stands between a program and its calls, and what to do about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ... import AccountFacts, AsyncClient, Number
from ...models import decode, decode_page
from ...pacing._clock import wall_clock
from ...wire import Answer, get_account, list_numbers, server_time
from .._codes import ExitCode
from ..screen._console import fail

_LITTLE = 1  # US dollars
_SLOW = 2.0  # seconds for one answer
_AHEAD = 30.0  # seconds by which clocks may differ; our looks allow for a minute


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


@dataclass(frozen=True, slots=True)
class Seen:
    """What Plivo has answered.

    Attributes:
        account: What it says of the account.
        numbers: The first of its numbers.
        more: Whether there are more of them.
        took: Seconds that an answer took.
        theirs: When that was by Plivo's clock; None if it doesn't say.
        ours: When that was by ours.
    """

    account: AccountFacts
    numbers: Sequence[Number]
    more: bool
    took: float
    theirs: datetime | None
    ours: datetime


def findings(seen: Seen) -> list[Finding]:
    """What to say of it."""
    return [*_of_the_way(seen), *_of_the_account(seen.account), *_of_numbers(seen.numbers, seen.more), _UNSEEN]


_UNSEEN = Finding(
    "ok",
    "what no request shows: calls per second (2 unless raised), limits, permissions by country, verification",
    "the Plivo console shows them; RateLimit(dials_per_second=…) keeps to the first",
)


def _of_the_way(seen: Seen) -> Iterator[Finding]:
    yield Finding("ok", f"the credentials are right: account {seen.account.name or '(without a name)'}")
    slow = seen.took > _SLOW
    advice = "a proxy or a far network takes that; requests side by side hide it" if slow else ""
    yield Finding("warning" if slow else "ok", f"Plivo answers in {seen.took:.2f} s", advice)
    if seen.theirs is None:
        yield Finding(
            "warning", "answers have no date, so the clock can't be compared", "see that this machine uses NTP"
        )
        return
    off = (seen.ours - seen.theirs).total_seconds()
    if abs(off) <= _AHEAD:
        yield Finding("ok", f"the clock of this machine agrees with Plivo's (to {abs(off):.0f} s)")
    else:
        way = "ahead of" if off > 0 else "behind"
        advice = "set it (NTP): looks after lost answers prove less while clocks differ"
        yield Finding("wrong", f"the clock of this machine is {abs(off):.0f} s {way} Plivo's", advice)


def _of_the_account(account: AccountFacts) -> Iterator[Finding]:
    if account.account_type == "developer":
        yield Finding(
            "warning", "it is a trial account", "calls go to verified numbers only; add credit in the Plivo console"
        )
    credit = account.cash_credits
    if credit is not None and account.billing_mode != "postpaid":
        refill = " (it is refilled by itself)" if account.auto_recharge else ""
        if credit <= 0:
            yield Finding(
                "wrong", f"no credit: {credit} US dollars", "add some: until then calls end at once, cause 1010"
            )
        elif credit < _LITTLE and not account.auto_recharge:
            yield Finding("warning", f"little credit: {credit} US dollars", "add some before calls end with cause 1010")
        else:
            yield Finding("ok", f"credit: {credit} US dollars{refill}")
    if account.timezone:
        words = f"the account's time zone is {account.timezone}"
        advice = "" if account.timezone == "UTC" else "times in hangup callbacks are in it, without an offset"
        yield Finding("ok", words, advice)


def _of_numbers(numbers: Sequence[Number], more: bool) -> Iterator[Finding]:
    if not numbers:
        yield Finding(
            "warning", "the account has no number", "rent one: calls from foreign numbers are refused, or end"
        )
        return
    loose = sum(one.application is None for one in numbers)
    words = f"{len(numbers)}{' or more' if more else ''} numbers, {loose or 'none'} of them without an application"
    advice = "client.numbers.update(number, app_id=…) points one at an answer URL" if loose else ""
    yield Finding("warning" if loose else "ok", words, advice)


async def look(client: AsyncClient) -> Seen:
    """Ask Plivo.

    Raises:
        PlivoError: It could not be asked.
    """
    operations = client.account._operations
    clock = operations.exchange.clock
    began = clock()
    answer = await operations.run(get_account(), Answer)
    took, ours = clock() - began, wall_clock(clock)()
    page = await operations.run(list_numbers({}), Answer)
    try:
        account = decode(AccountFacts, answer.json() or {})
        meta, numbers = decode_page(Number, page.json())
    except ValueError as error:
        fail(f"Plivo's answer can't be read: {error}", ExitCode.SOME_FAILED)
    return Seen(account, numbers, meta.next is not None, took, server_time(answer.headers), ours)
