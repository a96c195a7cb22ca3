"""Recordings that are there, the account, applications and numbers."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from .._public import public
from ._model import Model


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecording(Model):
    """A recording that is there, of a phone call or a conference.

    How one of a conference (MPC) looks is unverified: find them by `mpc_uuid=`, and tell them apart by
    `recording_id`. Source: Plivo docs, "The recording object", and answers captured in its SDKs' tests.
    """

    recording_id: str
    """Its identifier, as starting it answered."""
    recording_url: str | None = None
    """Where its file is. Unless the console says otherwise, whoever has this URL can hear it."""
    recording_format: str | None = None
    """`mp3` or `wav`."""
    recording_type: str | None = None
    """`conference`; `call` or `normal`."""
    call_uuid: str | None = None
    """The phone call."""
    conference_name: str | None = None
    """The conference; empty, None or `noname` for plain calls."""
    from_number: str | None = None
    """Who called: a number or a SIP URI."""
    to_number: str | None = None
    """Who was called."""
    add_time: datetime | None = None
    """When it was made, in UTC."""
    recording_start_ms: Decimal | None = None
    """When it began, in milliseconds since 1970."""
    recording_end_ms: Decimal | None = None
    """When it ended, in milliseconds since 1970."""
    recording_duration_ms: Decimal | None = None
    """How long it is, in milliseconds."""
    rounded_recording_duration: int | None = None
    """How long it is in seconds, in whole minutes."""
    recording_storage_duration: int | None = None
    """Days for which it has been kept."""
    recording_storage_rate: Decimal | None = None
    """US dollars that keeping it costs."""
    monthly_recording_storage_amount: Decimal | None = None
    """US dollars a month that keeping it costs."""
    resource_uri: str | None = None
    """Its URI."""
    api_id: str | None = field(default=None, compare=False)
    """Plivo's identifier of the request; None for those in a list. It doesn't count when two are compared."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts(Model):
    """What Plivo says of the account.

    Its limits (requests, calls a second, concurrency) and permissions are not among it. Source: Plivo docs, "Account".
    """

    auth_id: str | None = None
    """Its Auth ID."""
    name: str | None = None
    """Whose it is."""
    account_type: str | None = None
    """`standard`, or `developer` for a trial."""
    billing_mode: str | None = None
    """`prepaid` or `postpaid`."""
    cash_credits: Decimal | None = None
    """US dollars that are left; where they are used up, prepaid calls end at once (cause 1010)."""
    auto_recharge: bool | None = None
    """Whether credit is bought by itself."""
    timezone: str | None = None
    """Its time zone, as `Europe/Vienna`: times in hangup callbacks are in it, without an offset."""
    address: str | None = None
    """Where that is."""
    city: str | None = None
    """The city."""
    state: str | None = None
    """The state."""
    resource_uri: str | None = None
    """Its URI."""
    api_id: str | None = field(default=None, compare=False)
    """Plivo's identifier of the request. It doesn't count when two are compared."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class Subaccount(Model):
    """A subaccount. Plivo sends its tokens in clear; they are thrown away as it is read, and nothing here has them.

    Source: Plivo docs, "Subaccount".
    """

    auth_id: str
    """Its Auth ID: `SA` and 18 letters or digits."""
    name: str | None = None
    """Its name."""
    enabled: bool | None = None
    """Whether it can be used."""
    account: str | None = None
    """The URI of the account that it belongs to."""
    created: str | None = None
    """The day on which it was made, as Plivo writes it."""
    modified: str | None = None
    """The day on which it was changed last; None if never."""
    resource_uri: str | None = None
    """Its URI."""
    api_id: str | None = field(default=None, compare=False)
    """Plivo's identifier of the request; None for those in a list. It doesn't count when two are compared."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class Application(Model):
    """What points numbers at URLs of yours. Source: Plivo docs, "The application object"."""

    app_id: str
    """Its identifier."""
    app_name: str | None = None
    """Its name."""
    answer_url: str | None = None
    """Asked for XML when a call comes in."""
    answer_method: str | None = None
    """How: `GET` or `POST`."""
    hangup_url: str | None = None
    """Told when a call is over."""
    hangup_method: str | None = None
    """How."""
    fallback_answer_url: str | None = None
    """Asked for XML when `answer_url` has failed."""
    fallback_method: str | None = None
    """How."""
    message_url: str | None = None
    """Told of messages."""
    message_method: str | None = None
    """How."""
    default_app: bool | None = None
    """Whether numbers that are rented point at it."""
    enabled: bool | None = None
    """Whether it can be used."""
    public_uri: bool | None = None
    """Whether it can be called by SIP from outside."""
    sip_uri: str | None = None
    """By which."""
    sub_account: str | None = None
    """The URI of the subaccount whose it is; None if it is the account's."""
    resource_uri: str | None = None
    """Its URI."""
    api_id: str | None = field(default=None, compare=False)
    """Plivo's identifier of the request; None for those in a list. It doesn't count when two are compared."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedApplication(Model):
    """An application that was made. Source: Plivo docs, "Create an application"."""

    app_id: str | None = None
    """Its identifier."""
    message: str | None = None
    """Plivo's words; don't rely on them."""
    api_id: str | None = None
    """Plivo's identifier of the request."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Model):
    """A phone number of the account. Source: Plivo docs, "The number object"."""

    number: str
    """The number, without "+"."""
    application: str | None = None
    """The URI of what it points at: an application, or a SIP trunk; None if nothing."""
    alias: str | None = None
    """What it is called."""
    number_type: str | None = None
    """As `local`."""
    voice_enabled: bool | None = None
    """Whether it can be called."""
    sub_account: str | None = None
    """The URI of the subaccount whose it is; None if it is the account's."""
    compliance_status: str | None = None
    """Where proofs are asked for: whether they are accepted."""
    resource_uri: str | None = None
    """Its URI."""
    api_id: str | None = field(default=None, compare=False)
    """Plivo's identifier of the request; None for those in a list. It doesn't count when two are compared."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""

    @property
    def app_id(self) -> str | None:
        """The identifier of the application that it points at; None if it points at none."""
        parts = (self.application or "").rstrip("/").split("/")
        return parts[-1] if len(parts) > 1 and parts[-2] == "Application" else None
