"""Arguments that several methods take: which conference is meant, and options that a type spells out."""

import inspect
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypedDict, TypeVar
from uuid import UUID

from .._public import public
from .._unset import UNSET, Unset
from ..wire import Conference, Status, conference, conference_by_uuid

Method = TypeVar("Method", bound=Callable[..., Any])


def which(asked: str, name: str | UUID | Unset, uuid: str | UUID | Unset) -> Conference:
    """Read which conference is meant.

    Args:
        asked: What was called, for the error message.
        name: A friendly name, or a `uuid.UUID`.
        uuid: A UUID, instead.

    Raises:
        TypeError: Neither or both are given, or it is of another type.
        InvalidArgumentError: It is no name, or no UUID.
    """
    if (name is UNSET) == (uuid is UNSET):
        raise TypeError(f"{asked} takes a name or uuid=: exactly one of them")
    return conference(name) if uuid is UNSET else conference_by_uuid(uuid)


def spelt_out(options: type) -> Callable[[Method], Method]:
    """Let `help()`, notebooks and `inspect.signature` show options one by one, as type checkers do.

    Args:
        options: The `TypedDict` of what a method takes as `**options: Unpack[…]`.
    """

    def spell(method: Method) -> Method:
        signature = inspect.signature(method)
        own = [one for one in signature.parameters.values() if one.kind is not one.VAR_KEYWORD]
        more = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
            for name, annotation in options.__annotations__.items()
        ]
        method.__signature__ = signature.replace(parameters=[*own, *more])  # type: ignore[attr-defined]
        return method

    return spell


@public
class ConferenceFilters(TypedDict, total=False):
    """What `client.mpc.list` can be limited to; what is left out or None limits nothing.

    Source: Plivo docs, Multiparty Call, "List all MPCs": without a filter on `end_time`, the last seven days. Whether
    live conferences are always among the results is unverified.
    """

    status: Status | None
    """`initialized`, `active` or `ended`."""
    friendly_name: str | None
    """Conferences of this name. That Plivo compares all of it is presumed, and unverified."""
    sub_account: str | None
    """Auth ID of the subaccount that owns it: `SA` and 18 letters or digits. Source: Plivo's SDKs."""
    termination_cause_code: int | None
    """Why it ended: 1000 the last participant left, 1010 one was left alone, 2000 too long, 3000 by the API."""
    creation_time__gt: datetime | None
    """Made after this instant; all instants are aware."""
    creation_time__gte: datetime | None
    """Made at this instant or later."""
    creation_time__lt: datetime | None
    """Made before this instant."""
    creation_time__lte: datetime | None
    """Made at this instant or earlier."""
    end_time__gt: datetime | None
    """Ended after this instant. With a bound on one side alone, Plivo looks 30 days far from it."""
    end_time__gte: datetime | None
    """Ended at this instant or later."""
    end_time__lt: datetime | None
    """Ended before this instant."""
    end_time__lte: datetime | None
    """Ended at this instant or earlier."""
    limit: int | None
    """How many on a page, 1 to 20. Source: Plivo docs; 20 unless given."""
    offset: int | None
    """How many to leave out at the beginning; at least 0."""
