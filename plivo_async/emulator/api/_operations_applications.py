"""Applications, and the numbers that lead to them. Source: Plivo docs, Application and Number."""

import re
from collections.abc import Mapping
from typing import Any

from ..world._office import Application, Number
from ..world._phones import bare
from ..world._values import RuleError
from ._arguments import METHODS, choice, flag, refuse, text, url
from ._job import Job, RefusedError, Result
from ._listing import Page, meta, read_page
from ._operations_account import day

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_URLS = ("answer_url", "hangup_url", "fallback_answer_url", "message_url")
_METHODS = ("answer_method", "hangup_method", "fallback_method", "message_method")
_FLAGS = ("default_number_app", "default_endpoint_app", "log_incoming_messages", "public_uri")


# ---- Applications ---------------------------------------------------------------------------------------------------


def list_applications(job: Job) -> Result:
    """Those of a subaccount, or whose name begins with something; the newest first (inferred)."""
    page = _page(job, ("subaccount", "app_name"))
    subaccount, name = job.arguments.get("subaccount"), job.arguments.get("app_name") or ""
    found = [
        one
        for one in reversed(job.machine.office.applications.values())
        if subaccount in (None, one.sub_account) and one.app_name.startswith(name)
    ]
    return _listed(job, page, "Application", [_application(one, job) for one in page.of(found)], len(found))


def create_application(job: Job) -> Result:
    """Its name is of letters, digits, "-" and "_"."""
    name = text(job.arguments, "app_name")
    if name is None or not _NAME.fullmatch(name):
        refuse("app_name", "missing" if name is None else "not of letters, digits, - and _ alone")
    given = _given(job)
    if "answer_url" not in given:
        refuse("answer_url", "missing")
    one = job.machine.office.add_application(name, given["answer_url"])
    _change(one, given)
    return Result(201, {"message": "created", "app_id": one.app_id}, applied=True)


def get_application(job: Job) -> Result:
    """One of them."""
    return Result(200, _application(_the_application(job), job))


def update_application(job: Job) -> Result:
    """All but its name."""
    given = _given(job)
    _change(_the_application(job), given)
    return Result(202, {"message": "changed"}, applied=bool(given))


def delete_application(job: Job) -> Result:
    """Its numbers lead nowhere then, with or without `cascade` (inferred: there are no endpoints here)."""
    flag(job.arguments, "cascade")
    text(job.arguments, "new_endpoint_application")
    one = _the_application(job)
    del job.machine.office.applications[one.app_id]
    for number in job.machine.office.numbers.values():
        number.app_id = None if number.app_id == one.app_id else number.app_id
    return Result(204, applied=True)


def _given(job: Job) -> Mapping[str, Any]:
    values: dict[str, Any] = {key: url(job.arguments, key) for key in _URLS}
    values |= {key: choice(job.arguments, key, METHODS) for key in _METHODS}
    values |= {key: flag(job.arguments, key) for key in _FLAGS}
    values["sub_account"] = text(job.arguments, "subaccount")
    return {key: value for key, value in values.items() if value is not None}


def _change(one: Application, given: Mapping[str, Any]) -> None:
    for key, value in given.items():
        setattr(one, key, value)


def _the_application(job: Job) -> Application:
    one = job.machine.office.applications.get(job.item)
    if one is None:
        raise RuleError(404, "not found")
    return one


def _application(one: Application, job: Job) -> dict[str, Any]:
    return {
        "answer_method": one.answer_method,
        "answer_url": one.answer_url,
        "app_id": one.app_id,
        "app_name": one.app_name,
        "default_app": one.default_number_app,
        "default_endpoint_app": one.default_endpoint_app,
        "enabled": True,
        "fallback_answer_url": one.fallback_answer_url or "",
        "fallback_method": one.fallback_method,
        "hangup_method": one.hangup_method,
        "hangup_url": one.hangup_url or one.answer_url,
        "log_incoming_messages": one.log_incoming_messages,
        "message_method": one.message_method,
        "message_url": one.message_url or "",
        "public_uri": one.public_uri,
        "resource_uri": _application_uri(one.app_id, job),
        "sip_uri": f"sip:{one.app_id}@app.plivo.com",
        "sub_account": _owner(one.sub_account, job),
    }


def _application_uri(app_id: str, job: Job) -> str:
    return f"/v1/Account/{job.auth_id}/Application/{app_id}/"


def _owner(sub_account: str | None, job: Job) -> str | None:
    return None if sub_account is None else f"/v1/Account/{job.auth_id}/Subaccount/{sub_account}/"


# ---- Numbers --------------------------------------------------------------------------------------------------------


def list_numbers(job: Job) -> Result:
    """Those that fit; the newest first (inferred)."""
    values = job.arguments
    page = _page(job, ("type", "number_startswith", "subaccount", "alias", "services"))
    found = [
        one
        for one in reversed(job.machine.office.numbers.values())
        if values.get("type") in (None, one.number_type)
        and one.number.startswith(bare(values.get("number_startswith") or ""))
        and values.get("subaccount") in (None, one.sub_account)
        and values.get("alias") in (None, one.alias)
        and (values.get("services") is None or "voice" in values["services"].split(","))
    ]
    return _listed(job, page, "Number", [_number(one, job) for one in page.of(found)], len(found))


def get_number(job: Job) -> Result:
    """One of them, with or without "+"."""
    return Result(200, _number(_the_number(job), job))


def update_number(job: Job) -> Result:
    """Which application calls to it are told; an unknown one is a 404 (unverified)."""
    given = {key: text(job.arguments, key) for key in ("app_id", "subaccount", "alias")}
    one = _the_number(job)
    app_id = given["app_id"]
    if app_id is not None and app_id not in job.machine.office.applications:
        raise RuleError(404, "app_id: not found")
    one.app_id = app_id or one.app_id
    one.sub_account = given["subaccount"] or one.sub_account
    one.alias = given["alias"] or one.alias
    return Result(202, {"message": "changed"}, applied=any(value is not None for value in given.values()))


def give_up_number(job: Job) -> Result:
    """It is the account's no more."""
    del job.machine.office.numbers[_the_number(job).number]
    return Result(204, applied=True)


def _the_number(job: Job) -> Number:
    one = job.machine.office.numbers.get(bare(job.item))
    if one is None:
        raise RuleError(404, "not found")
    return one


def _number(one: Number, job: Job) -> dict[str, Any]:
    return {
        "added_on": day(one.added_on),
        "alias": one.alias,
        "application": None if one.app_id is None else _application_uri(one.app_id, job),
        "compliance_status": None,
        "number": one.number,
        "number_type": one.number_type,
        "resource_uri": f"/v1/Account/{job.auth_id}/Number/{one.number}/",
        "sms_enabled": False,
        "sub_account": _owner(one.sub_account, job),
        "voice_enabled": True,
    }


# ---- Both -----------------------------------------------------------------------------------------------------------


def _page(job: Job, filters: tuple[str, ...]) -> Page:
    try:
        return read_page(job.arguments, filters, job.settings)
    except ValueError as error:
        raise RefusedError(400, str(error)) from None


def _listed(job: Job, page: Page, what: str, objects: list[dict[str, Any]], total: int) -> Result:
    about = meta(page, total, f"/v1/Account/{job.auth_id}/{what}/", job.settings, key="total_count")
    return Result(200, {"meta": about, "objects": objects})
