"""The account and its subaccounts. Source: Plivo docs, Account and Subaccount, and captures."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from ..world._office import Subaccount
from ..world._values import RuleError
from ._arguments import flag, refuse, text
from ._job import Job, RefusedError, Result
from ._listing import meta, read_page


def get_account(job: Job) -> Result:
    """What it is. Nothing in it says which limits it has."""
    facts = job.machine.office.account
    content = {
        "account_type": facts.account_type,
        "address": facts.address,
        "auth_id": job.auth_id,
        "auto_recharge": facts.auto_recharge,
        "billing_mode": facts.billing_mode,
        "cash_credits": f"{facts.cash_credits:.5f}",
        "city": facts.city,
        "name": facts.name,
        "resource_uri": f"/v1/Account/{job.auth_id}/",
        "state": facts.state,
        "timezone": job.settings.timezone,
    }
    return Result(200, content)


def update_account(job: Job) -> Result:
    """At least one of name, city and address."""
    given = {key: text(job.arguments, key) for key in ("name", "city", "address")}
    if not any(value is not None for value in given.values()):
        refuse("name", "missing, and so are city and address; one of them is needed")
    for key, value in given.items():
        if value is not None:
            setattr(job.machine.office.account, key, value)
    return Result(202, {"message": "changed"}, applied=True)


# ---- Subaccounts ----------------------------------------------------------------------------------------------------


def list_subaccounts(job: Job) -> Result:
    """The newest first."""
    try:
        page = read_page(job.arguments, (), job.settings)
    except ValueError as error:
        raise RefusedError(400, str(error)) from None
    newest_first = list(reversed(job.machine.office.subaccounts.values()))
    about = meta(page, len(newest_first), _uri(job), job.settings, key="total_count")
    return Result(200, {"meta": about, "objects": [_object(one, job) for one in page.of(newest_first)]})


def create_subaccount(job: Job) -> Result:
    """With a token of its own, which the answer has in clear, as at Plivo."""
    name, enabled = _name(job), flag(job.arguments, "enabled") or False
    drawn = job.machine.new_uuid().replace("-", "")
    one = Subaccount(
        auth_id=f"SA{drawn[-18:].upper()}",
        auth_token=sha256(drawn.encode()).hexdigest()[:40],
        name=name,
        enabled=enabled,
        created=job.machine.time.wall(job.now),
    )
    job.machine.office.add_subaccount(one)
    return Result(201, {"message": "created", "auth_id": one.auth_id, "auth_token": one.auth_token}, applied=True)


def get_subaccount(job: Job) -> Result:
    """One of them, its token in clear, as at Plivo."""
    return Result(200, _object(_found(job), job))


def update_subaccount(job: Job) -> Result:
    """Its name, and whether it is enabled."""
    name, enabled = _name(job), flag(job.arguments, "enabled")
    one = _found(job)
    one.name, one.modified = name, job.machine.time.wall(job.now)
    one.enabled = one.enabled if enabled is None else enabled
    return Result(202, {"message": "changed"}, applied=True)


def delete_subaccount(job: Job) -> Result:
    """What belongs to it stays, of the account or, with `cascade`, of nobody's concern here."""
    flag(job.arguments, "cascade")
    del job.machine.office.subaccounts[_found(job).auth_id]
    return Result(204, applied=True)


def _name(job: Job) -> str:
    name = text(job.arguments, "name")
    if name is None:
        refuse("name", "missing")
    return name


def _found(job: Job) -> Subaccount:
    one = job.machine.office.subaccounts.get(job.item)
    if one is None:
        raise RuleError(404, "not found")
    return one


def _uri(job: Job) -> str:
    return f"/v1/Account/{job.auth_id}/Subaccount/"


def _object(one: Subaccount, job: Job) -> dict[str, Any]:
    return {
        "account": f"/v1/Account/{job.auth_id}/",
        "auth_id": one.auth_id,
        "auth_token": one.auth_token,
        "created": day(one.created),
        "enabled": one.enabled,
        "modified": None if one.modified is None else day(one.modified),
        "name": one.name,
        "new_auth_token": one.auth_token,
        "resource_uri": f"{_uri(job)}{one.auth_id}/",
    }


def day(moment: datetime) -> str:
    """A date alone."""
    return moment.date().isoformat()
