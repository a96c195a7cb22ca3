"""The account, its subaccounts, and what points a number at an answer URL: applications and numbers."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Literal, TypedDict, get_args

from .._errors import invalid
from .._public import public
from ..policy import Effect
from ..shown._privacy import last_four
from ._checks import METHODS, HttpMethod, boolean, choice, known, shown, text, url
from ._encoding import body
from ._filters import PAGE, Check, filtered, sub_account
from ._ids import identifier, rented_number
from ._messages import Request

NumberType = Literal["local", "national", "mobile", "tollfree", "fixed"]
"""What kind of number it is."""

_APP_NAME = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


@public
class ApplicationOptions(TypedDict, total=False):
    """What an application says of the calls that reach its numbers. What is left out is left to Plivo.

    Source: Plivo docs, "Application".
    """

    answer_method: HttpMethod | None
    """How `answer_url` is requested. Plivo: POST."""
    hangup_url: str | None
    """Told when a call is over. Without one, that arrives at `answer_url`."""
    hangup_method: HttpMethod | None
    """How `hangup_url` is requested. Plivo: POST."""
    fallback_answer_url: str | None
    """Asked for XML when `answer_url` has failed."""
    fallback_method: HttpMethod | None
    """How `fallback_answer_url` is requested. Plivo: POST."""
    message_url: str | None
    """Told of messages."""
    message_method: HttpMethod | None
    """How `message_url` is requested. Plivo: POST."""
    default_number_app: bool | None
    """Whether numbers that are rented from now on point at it."""
    default_endpoint_app: bool | None
    """Whether endpoints that are made from now on point at it."""
    subaccount: str | None
    """Auth ID of the subaccount whose it is."""
    log_incoming_messages: bool | None
    """Whether Plivo keeps the text of messages."""
    public_uri: bool | None
    """Whether it can be called by SIP from outside."""


def _app_name(name: str, value: object) -> str:
    if not _APP_NAME.fullmatch(text(name, value)):
        raise invalid(name, f"must be letters, digits, '-' and '_', not {shown(value)}")
    return str(value)


_method: Check = partial(choice, allowed=METHODS)
_OPTIONS: dict[str, Check] = {
    "answer_method": _method,
    "hangup_url": url,
    "hangup_method": _method,
    "fallback_answer_url": url,
    "fallback_method": _method,
    "message_url": url,
    "message_method": _method,
    "default_number_app": boolean,
    "default_endpoint_app": boolean,
    "subaccount": sub_account,
    "log_incoming_messages": boolean,
    "public_uri": boolean,
}
_CHANGED: dict[str, Check] = {"app_name": _app_name, "answer_url": url, **_OPTIONS}


# ---- The account ----------------------------------------------------------------------------------------------------


def get_account() -> Request:
    """Look at the account. Safe. Source: Plivo docs, "Account"."""
    return Request("Get account", "the account", Effect.SAFE, "GET", "")


def list_subaccounts(filters: Mapping[str, object]) -> Request:
    """List subaccounts. Safe. Source: Plivo docs, "List all subaccounts"."""
    return filtered("List subaccounts", "Subaccount/", filters, PAGE, ())


def get_subaccount(auth_id: object) -> Request:
    """Look at a subaccount. Safe. Source: Plivo docs, "Retrieve a subaccount"."""
    which = sub_account("auth_id", auth_id)
    return Request("Get subaccount", which, Effect.SAFE, "GET", f"Subaccount/{which}/")


# ---- Applications ---------------------------------------------------------------------------------------------------


def list_applications(filters: Mapping[str, object]) -> Request:
    """List applications. Safe. Source: Plivo docs, "List all applications"."""
    checks = {"subaccount": sub_account, "app_name": _app_name, **PAGE}
    return filtered("List applications", "Application/", filters, checks, ())


def get_application(app_id: object) -> Request:
    """Look at an application. Safe. Source: Plivo docs, "Retrieve an application"."""
    which = identifier("app_id", app_id)
    return Request("Get application", which, Effect.SAFE, "GET", f"Application/{which}/")


def create_application(app_name: object, answer_url: object, options: Mapping[str, object]) -> Request:
    """Make an application. Neither safe nor idempotent. Source: Plivo docs, "Create an application".

    Raises:
        TypeError: An argument is unknown or of a wrong type.
        InvalidArgumentError: A value isn't allowed.
    """
    known(options, tuple(_OPTIONS), "argument")
    name = _app_name("app_name", app_name)
    sent = {"app_name": name, "answer_url": url("answer_url", answer_url), **_given(_OPTIONS, options)}
    return Request("Create application", name, Effect.NEITHER, "POST", "Application/", body(sent))


def update_application(app_id: object, changes: Mapping[str, object]) -> Request:
    """Change an application. Idempotent. Source: Plivo docs, "Update an application".

    Raises:
        TypeError: An argument is unknown or of a wrong type.
        InvalidArgumentError: A value isn't allowed, or nothing is to be changed.
    """
    which = identifier("app_id", app_id)
    known(changes, tuple(_CHANGED), "argument")
    sent = _given(_CHANGED, changes)
    if not sent:
        raise invalid("answer_url", "or another change is needed")
    path = f"Application/{which}/"
    return Request("Update application", which, Effect.IDEMPOTENT, "POST", path, body(sent), order_key=path)


def delete_application(app_id: object, cascade: object = None) -> Request:
    """Delete an application. Idempotent. Source: Plivo docs, "Delete an application".

    Raises:
        TypeError: An argument is of a wrong type.
        InvalidArgumentError: It is no identifier.
    """
    which = identifier("app_id", app_id)
    sent = body({"cascade": None if cascade is None else boolean("cascade", cascade)})
    path = f"Application/{which}/"
    return Request("Delete application", which, Effect.IDEMPOTENT, "DELETE", path, sent, order_key=path)


# ---- Numbers --------------------------------------------------------------------------------------------------------


def list_numbers(filters: Mapping[str, object]) -> Request:
    """List the account's numbers. Safe. Source: Plivo docs, "List all account phone numbers"."""
    checks: dict[str, Check] = {
        "type": partial(choice, allowed=get_args(NumberType)),
        "number_startswith": rented_number,
        "subaccount": sub_account,
        "alias": text,
        "services": text,
        **PAGE,
    }
    return filtered("List numbers", "Number/", filters, checks, ())


def get_number(number: object) -> Request:
    """Look at a number. Safe. Source: Plivo docs, "Retrieve an account phone number"."""
    which = rented_number("number", number)
    return Request("Get number", last_four(which), Effect.SAFE, "GET", f"Number/{which}/")


def update_number(number: object, changes: Mapping[str, object]) -> Request:
    """Point a number at an application, give it to a subaccount, call it something. Idempotent.

    Source: Plivo docs, "Update an account phone number".

    Raises:
        TypeError: An argument is of a wrong type.
        InvalidArgumentError: A value isn't allowed, or nothing is to be changed.
    """
    which = rented_number("number", number)
    sent = _given({"app_id": identifier, "subaccount": sub_account, "alias": text}, changes)
    if not sent:
        raise invalid("app_id", "or another change is needed")
    path = f"Number/{which}/"
    return Request("Update number", last_four(which), Effect.IDEMPOTENT, "POST", path, body(sent), order_key=path)


def _given(checks: Mapping[str, Check], arguments: Mapping[str, object]) -> dict[str, object]:
    return {name: check(name, arguments[name]) for name, check in checks.items() if arguments.get(name) is not None}
