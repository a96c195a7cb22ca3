"""What stands between a program and its calls, and what to do about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ... import AccountFacts, AsyncClient, AuthenticationError, Number, PlivoError, SharedBudgetError
from ...models import decode, decode_page
from ...pacing._clock import wall_clock
from ...pacing.shared._look import BudgetSeen, budgets
from ...policy import StoreUrl
from ...wire import Answer, get_account, list_numbers, server_time
from .._account import REFUSED
from ..input._options import Rate
from ..screen._words import in_terms_of_the_command
from ._finding import Finding

_LITTLE = 1  # US dollars
PLIVOS = Rate(300, 5.0)
_SLOW = 2.0  # seconds for one answer
_AHEAD = 30.0  # seconds by which clocks may differ; our looks allow for a minute


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


_UNSEEN = Finding(
    "ok",
    "what no request shows: its limits, as calls per second (2 unless raised), permissions by country, verification",
    "the Plivo console and its support tell; --limit and RateLimit(dials_per_second=…) keep to limits",
)


def of_answers(seen: Seen) -> Iterator[Finding]:
    """What to say of what Plivo has answered."""
    yield from _of_the_clock(seen)
    yield from _of_the_account(seen.account)
    yield from _of_numbers(seen.numbers, seen.more)


def _of_the_clock(seen: Seen) -> Iterator[Finding]:
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
    if len(numbers) == 1 and not more:
        words = "1 number, without an application" if loose else "1 number, with an application"
    else:
        words = f"{len(numbers)}{' or more' if more else ''} numbers, {loose or 'none'} of them without an application"
    advice = "client.numbers.update(number, app_id=…) points one at an answer URL" if loose else ""
    yield Finding("warning" if loose else "ok", words, advice)


def of_the_limit(rate: Rate | None) -> Iterator[Finding]:
    """What to say of the pace that is kept to, and of what no request shows."""
    if rate is None:
        yield Finding("warning", "no limit is kept to", "Plivo answers 429 beyond 300 requests per 5 s: --limit 300/5")
    else:
        advice = "" if rate == PLIVOS else "Plivo's own is 300 per 5 s, unless its support has changed that"
        yield Finding("ok", f"at most {rate[0]:,} requests per {rate[1]:g} s are sent", advice)
    yield _UNSEEN


def of_the_store(url: str, found: Sequence[BudgetSeen], account: str) -> Iterator[Finding]:
    """What to say of the budget that processes share.

    Args:
        url: Where it is, without a password.
        found: The budgets that are there.
        account: The Auth ID, masked.
    """
    mine = [one for one in found if one.account == account]
    holders = sum(len(one.holders) for one in mine)
    yield Finding("ok", f"the shared budget at {url} can be used; processes heard of lately, this one too: {holders}")
    for one in mine:
        if one.level < one.limit:
            yield Finding(
                "warning",
                f"429s have lowered the shared budget to {one.level:,.0f} of {one.limit:,} per {one.per:g} s",
                "others use the account without this budget, or its limit is lower; plivo-async budget shows more",
            )


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking Plivo.

    Attributes:
        findings: What to say of it.
        refused: Whether the credentials were.
        store_told: Whether it ended at the budget that processes share, of which all is said by that.
    """

    findings: list[Finding]
    refused: bool = False
    store_told: bool = False


async def asked(client: AsyncClient) -> Asked:
    """Ask Plivo, and close the client."""
    try:
        async with client:
            return Asked(list(of_answers(await look(client))))
    except AuthenticationError:
        advice = "the Plivo console shows both; a token that was renewed is another"
        return Asked([Finding("wrong", REFUSED, advice)], refused=True)
    except SharedBudgetError as error:
        return Asked([_no_store(error)], store_told=True)
    except PlivoError as error:
        return Asked([Finding("wrong", in_terms_of_the_command(error.message), _ADVICE)])
    except ValueError as error:
        return Asked([Finding("wrong", f"Plivo's answer can't be read: {error}", _ADVICE)])


_ADVICE = "see whether PLIVO_BASE_URL or --base-url is Plivo, and Plivo's status page"


def stored(url: str | None, account: str) -> list[Finding]:
    """Look at the budget that processes share; what to say of it."""
    if url is None:
        advice = "where several processes use one account, name a store in PLIVO_RATE_LIMIT_URL or --shared"
        return [Finding("ok", "no shared budget: each process keeps to the limit by itself", advice)]
    try:
        store = StoreUrl(url)
        if store.scheme == "sqlite" and not Path(store.path).exists() and Path(store.path).parent.is_dir():
            return [Finding("ok", f"the shared budget at {store.masked()} is made by the first process that shares it")]
        return list(of_the_store(store.masked(), budgets(store), account))
    except SharedBudgetError as error:
        return [_no_store(error)]


def _no_store(error: SharedBudgetError) -> Finding:
    advice = "no program that is to share it can begin: see PLIVO_RATE_LIMIT_URL or --shared"
    return Finding("wrong", in_terms_of_the_command(error.message), advice)


async def look(client: AsyncClient) -> Seen:
    """Ask Plivo.

    Raises:
        PlivoError: It could not be asked.
        ValueError: An answer isn't what Plivo answers.
    """
    operations = client.account._operations
    clock = operations.exchange.clock
    began = clock()
    answer = await operations.run(get_account(), Answer)
    took, ours = clock() - began, wall_clock(clock)()
    page = await operations.run(list_numbers({}), Answer)
    account = decode(AccountFacts, answer.json() or {})
    meta, numbers = decode_page(Number, page.json())
    return Seen(account, numbers, meta.next is not None, took, server_time(answer.headers), ours)
