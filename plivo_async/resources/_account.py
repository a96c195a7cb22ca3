"""The account, and what points its numbers at URLs of yours: applications and numbers."""

from types import NoneType
from typing import Unpack

from .._public import public
from ..models import AccountFacts, Application, CreatedApplication, Number, Subaccount
from ..wire import (
    ApplicationOptions,
    NumberType,
    create_application,
    delete_application,
    get_account,
    get_application,
    get_number,
    get_subaccount,
    list_applications,
    list_numbers,
    list_subaccounts,
    update_application,
    update_number,
)
from ._ending_calls import delete
from ._operation import Operations
from ._pages import Pages
from ._request_options import spelt_out

_CREATED = "list(app_name=…) shows it if it was made"
_CHANGED = "get() shows what it is now; changing it again does no harm"
_DELETED = "get() finds it as long as it is there"


class _Resource:
    """What belongs to the account."""

    def __init__(self, operations: Operations) -> None:
        """Made by the client."""
        self._operations = operations


@public
class AccountResource(_Resource):
    """`client.account`: what Plivo says of the account, and its subaccounts."""

    async def get(self, *, deadline: float | None = None) -> AccountFacts:
        """Look at the account. Safe. Source: Plivo docs, "Account".

        Args:
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            AuthenticationError: Auth ID or Auth Token is wrong.
            PlivoError: It was not sent, refused, or the answer can't be read.
        """
        return await self._operations.run(get_account(), AccountFacts, deadline)

    def subaccounts(
        self, *, limit: int | None = None, offset: int | None = None, deadline: float | None = None
    ) -> Pages[Subaccount]:
        """List the subaccounts, without their tokens: iterate (`async for`), or `await` the first page. Safe.

        Source: Plivo docs, "List all subaccounts".

        Args:
            limit: How many on a page, 1 to 20; None leaves it to Plivo (20).
            offset: How many to leave out at the beginning.
            deadline: Seconds for each page, attempts and waits included; None takes the client's.

        Raises:
            InvalidArgumentError, TypeError: An argument is wrong; nothing was sent.
            PlivoError: It was not sent, refused, or the answer can't be read; raised by what fetches a page.
        """
        request = list_subaccounts({"limit": limit, "offset": offset})
        return self._operations.pages(Subaccount, request, deadline)

    async def subaccount(self, auth_id: str, *, deadline: float | None = None) -> Subaccount:
        """Look at a subaccount, without its token. Safe. Source: Plivo docs, "Retrieve a subaccount".

        Args:
            auth_id: Its Auth ID: `SA` and 18 letters or digits.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError: There is none of that Auth ID.
            InvalidArgumentError, TypeError: It can't be one; nothing was sent.
            PlivoError: It was not sent, refused, or the answer can't be read.
        """
        return await self._operations.run(get_subaccount(auth_id), Subaccount, deadline)


@public
class Applications(_Resource):
    """`client.applications`: what says which URLs are asked when a number of yours is called.

    made = await client.applications.create("support", "https://example.com/answer", hangup_url=…)
    await client.numbers.update("+14151234567", app_id=made.app_id)
    """

    def list(
        self,
        *,
        app_name: str | None = None,
        subaccount: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        deadline: float | None = None,
    ) -> Pages[Application]:
        """List the applications: iterate (`async for`), or `await` the first page. Safe.

        Source: Plivo docs, "List all applications".

        Args:
            app_name: Only those whose name begins so.
            subaccount: Only those of this subaccount (an Auth ID).
            limit: How many on a page, 1 to 20; None leaves it to Plivo (20).
            offset: How many to leave out at the beginning.
            deadline: Seconds for each page, attempts and waits included; None takes the client's.

        Raises:
            InvalidArgumentError, TypeError: An argument is wrong; nothing was sent.
            PlivoError: It was not sent, refused, or the answer can't be read; raised by what fetches a page.
        """
        filters = {"subaccount": subaccount, "app_name": app_name, "limit": limit, "offset": offset}
        return self._operations.pages(Application, list_applications(filters), deadline)

    async def get(self, app_id: str, *, deadline: float | None = None) -> Application:
        """Look at an application. Safe. Source: Plivo docs, "Retrieve an application".

        Args:
            app_id: Its identifier.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError: There is none of that identifier.
            InvalidArgumentError, TypeError: It can't be one; nothing was sent.
            PlivoError: It was not sent, refused, or the answer can't be read.
        """
        return await self._operations.run(get_application(app_id), Application, deadline)

    @spelt_out(ApplicationOptions)
    async def create(
        self, app_name: str, answer_url: str, *, deadline: float | None = None, **options: Unpack[ApplicationOptions]
    ) -> CreatedApplication:
        """Make an application. Neither safe nor idempotent. Source: Plivo docs, "Create an application".

        Args:
            app_name: Its name: letters, digits, `-` and `_`.
            answer_url: Asked for XML when a number that points at it is called.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.
            options: Any of `ApplicationOptions`; without `hangup_url` hangups arrive at `answer_url`.

        Raises:
            OutcomeUnknownError: It may be there; look before making another one.
            InvalidArgumentError, TypeError: An argument is wrong; nothing was sent.
            PlivoError: It was not sent, refused, or the answer can't be read.
        """
        request = create_application(app_name, answer_url, options)
        return await self._operations.run(request, CreatedApplication, deadline, how=_CREATED)

    @spelt_out(ApplicationOptions)
    async def update(
        self,
        app_id: str,
        *,
        app_name: str | None = None,
        answer_url: str | None = None,
        deadline: float | None = None,
        **options: Unpack[ApplicationOptions],
    ) -> None:
        """Change an application; what is left out stays. Idempotent. Source: Plivo docs, "Update an application".

        Args:
            app_id: Its identifier.
            app_name: Its name from now on.
            answer_url: Asked for XML from now on.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.
            options: Any of `ApplicationOptions`.

        Raises:
            NotFoundError: There is none of that identifier.
            OutcomeUnknownError: It may be changed.
            InvalidArgumentError, TypeError: An argument is wrong; nothing was sent.
            PlivoError: It was not sent, or refused.
        """
        request = update_application(app_id, {"app_name": app_name, "answer_url": answer_url, **options})
        await self._operations.run(request, NoneType, deadline, how=_CHANGED)

    async def delete(self, app_id: str, *, cascade: bool | None = None, deadline: float | None = None) -> None:
        """Delete an application. Idempotent.

        When an answer was lost, and the repetition finds nothing, it is gone, and this returns. Source: Plivo docs,
        "Delete an application".

        Args:
            app_id: Its identifier.
            cascade: Whether what points at it is deleted or set free with it; None leaves it to Plivo (yes).
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError: There is none of that identifier.
            OutcomeUnknownError: It may be gone.
            InvalidArgumentError, TypeError: An argument is wrong; nothing was sent.
            PlivoError: It was not sent, or refused.
        """
        await delete(self._operations, delete_application(app_id, cascade), deadline, _DELETED)


@public
class Numbers(_Resource):
    """`client.numbers`: the phone numbers of the account, and what they point at.

    To rent and to give up numbers there is `client.request()`.
    """

    def list(
        self,
        *,
        type: NumberType | None = None,  # noqa: A002  (Plivo's name)
        number_startswith: str | None = None,
        subaccount: str | None = None,
        alias: str | None = None,
        services: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        deadline: float | None = None,
    ) -> Pages[Number]:
        """List the numbers: iterate (`async for`), or `await` the first page. Safe.

        Source: Plivo docs, "List all account phone numbers".

        Args:
            type: Only of this kind: `local`, `national`, `mobile`, `tollfree` or `fixed`.
            number_startswith: Only those that begin so: digits, from the country code on.
            subaccount: Only those of this subaccount (an Auth ID).
            alias: Only those that are called so.
            services: Only those that can do this, as `voice`.
            limit: How many on a page, 1 to 20; None leaves it to Plivo (20).
            offset: How many to leave out at the beginning.
            deadline: Seconds for each page, attempts and waits included; None takes the client's.

        Raises:
            InvalidArgumentError, TypeError: An argument is wrong; nothing was sent.
            PlivoError: It was not sent, refused, or the answer can't be read; raised by what fetches a page.
        """
        filters = {
            "type": type,
            "number_startswith": number_startswith,
            "subaccount": subaccount,
            "alias": alias,
            "services": services,
            "limit": limit,
            "offset": offset,
        }
        return self._operations.pages(Number, list_numbers(filters), deadline)

    async def get(self, number: str, *, deadline: float | None = None) -> Number:
        """Look at a number. Safe. Source: Plivo docs, "Retrieve an account phone number".

        Args:
            number: With its country code, with or without "+".
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError: It isn't the account's.
            InvalidArgumentError, TypeError: It is no number; nothing was sent.
            PlivoError: It was not sent, refused, or the answer can't be read.
        """
        return await self._operations.run(get_number(number), Number, deadline)

    async def update(
        self,
        number: str,
        *,
        app_id: str | None = None,
        subaccount: str | None = None,
        alias: str | None = None,
        deadline: float | None = None,
    ) -> None:
        """Point a number at an application, give it to a subaccount, call it something. Idempotent.

        Source: Plivo docs, "Update an account phone number".

        Args:
            number: With its country code, with or without "+".
            app_id: The application whose URLs are asked when it is called.
            subaccount: The Auth ID of the subaccount whose it is from now on.
            alias: What it is called.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError: It isn't the account's.
            OutcomeUnknownError: It may be changed.
            InvalidArgumentError, TypeError: An argument is wrong; nothing was sent.
            PlivoError: It was not sent, or refused.
        """
        request = update_number(number, {"app_id": app_id, "subaccount": subaccount, "alias": alias})
        await self._operations.run(request, NoneType, deadline, how=_CHANGED)
