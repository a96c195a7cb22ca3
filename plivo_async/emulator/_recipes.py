"""What can go wrong on the way, and how it is made.

Each fault is put together from the answers to four questions, so that a new one is a line of a table:

* whether and when the request takes its normal course (`When`), and whether it counts against the limit;
* what is answered in place of the truth (`Instead`), or what is done to the true answer (`alter`);
* which `Date` it carries;
* how its bytes leave (`Leaving`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from types import MappingProxyType
from typing import Literal, NamedTuple

from . import _spoiling as spoiling
from ._faults import Fault
from ._spoiling import Alteration


class When(Enum):
    """Whether and when a request takes its normal course."""

    AT_ONCE = auto()
    NEVER = auto()
    AFTERWARDS = auto()
    """`apply_after` seconds after it was answered, or broken off."""
    HELD = auto()
    """Likewise `apply_after` seconds late, and answered only then."""


class Leaving(Enum):
    """How the bytes of an answer leave."""

    WHOLE = auto()
    NOTHING = auto()
    RESET = auto()
    LATE = auto()
    HALF = auto()
    DRIP = auto()
    THEN_CLOSED = auto()
    TWICE = auto()
    WITH_204 = auto()
    WITH_404 = auto()
    SHORT_LENGTH = auto()
    DOUBLED_CHUNK = auto()
    BODY_WHERE_NONE_BELONGS = auto()


class Instead(NamedTuple):
    """What is answered in place of the truth: as Plivo does (`api`), or as what stands before it does."""

    status: int
    form: Literal["api", "html", "text", "list"]
    headers: tuple[tuple[str, str], ...] = ()


class Meaning(NamedTuple):
    """What a fault does."""

    text: str
    """In one line."""
    applied: bool
    """Whether the request takes its normal course (which may be a 404)."""
    later: bool
    """Whether it does so only `apply_after` seconds later."""
    counted: bool
    """Whether the request counts against the account's limit."""
    status: int | None
    """The status that is answered in place of the true one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A fault, put together."""

    text: str
    when: When = When.AT_ONCE
    counted: bool = True
    instead: Instead | None = None
    alter: Alteration | None = None
    date: Callable[[datetime], str | None] | None = None
    """The `Date` of an answer that is sent at that instant, None for none."""
    leaving: Leaving = Leaving.WHOLE

    @property
    def silent(self) -> bool:
        """Whether no byte of an answer leaves."""
        return self.leaving in (Leaving.NOTHING, Leaving.RESET)

    @property
    def meaning(self) -> Meaning:
        """The same for those who want to know and not to do."""
        later = self.when in (When.AFTERWARDS, When.HELD)
        status = self.instead.status if self.instead is not None else None
        return Meaning(self.text, self.when is not When.NEVER, later, self.counted, status)


NOTHING_WRONG = Recipe(text="nothing")

_API_500 = Instead(500, "api")
_HTML_502 = Instead(502, "html")
_TEXT_503 = Instead(503, "text")
_HTML_504 = Instead(504, "html")
_BASIC = (("WWW-Authenticate", 'Basic realm="Plivo"'),)
_PROXY_BASIC = (("Proxy-Authenticate", 'Basic realm="a proxy"'),)
_LOGIN = (("Location", "http://192.0.2.1/login"),)

_JSON_TEXT = "(JSON)"
_HTML_TEXT = "(HTML, as gateways do)"
_PLAIN_TEXT = "(plain text)"


def _instead(instead: Instead, form: str, *, counted: bool = True) -> Recipe:
    text = f"answered {instead.status} {form}, not applied"
    return Recipe(text=text, when=When.NEVER, counted=counted, instead=instead)


def _applied(instead: Instead, form: str) -> Recipe:
    return Recipe(text=f"applied, then answered {instead.status} {form}", instead=instead)


def _later(instead: Instead, form: str) -> Recipe:
    text = f"answered {instead.status} {form}, applied `apply_after` seconds later"
    return Recipe(text=text, when=When.AFTERWARDS, instead=instead)


def _before_plivo(instead: Instead, text: str) -> Recipe:
    return Recipe(text=f"{text}, not applied", when=When.NEVER, counted=False, instead=instead)


def _altered(text: str, alter: Alteration) -> Recipe:
    return Recipe(text=f"applied, then answered {text}", alter=alter)


def _dated(text: str, date: Callable[[datetime], str | None]) -> Recipe:
    return Recipe(text=f"applied and answered, {text}", date=date)


def _off(**by: float) -> Callable[[datetime], str | None]:
    return lambda instant: spoiling.http_date(instant + timedelta(**by))


def _framed(text: str, leaving: Leaving, alter: Alteration | None = None) -> Recipe:
    return Recipe(text=f"applied, then answered {text}", leaving=leaving, alter=alter)


RECIPES: Mapping[Fault, Recipe] = MappingProxyType(
    {
        Fault.LOST_RESPONSE: Recipe(
            text="applied, then the connection is closed without any answer", leaving=Leaving.NOTHING
        ),
        Fault.RESET_BEFORE: Recipe(
            text="the connection is reset before anything is applied",
            when=When.NEVER,
            counted=False,
            leaving=Leaving.RESET,
        ),
        Fault.RESET_AFTER: Recipe(
            text="applied, then the connection is reset without any answer", leaving=Leaving.RESET
        ),
        Fault.ERROR_500: _instead(_API_500, _JSON_TEXT),
        Fault.ERROR_502: _instead(_HTML_502, _HTML_TEXT),
        Fault.ERROR_503: _instead(_TEXT_503, _PLAIN_TEXT),
        Fault.ERROR_504: _instead(_HTML_504, _HTML_TEXT),
        Fault.ERROR_500_APPLIED: _applied(_API_500, _JSON_TEXT),
        Fault.ERROR_502_APPLIED: _applied(_HTML_502, _HTML_TEXT),
        Fault.ERROR_503_APPLIED: _applied(_TEXT_503, _PLAIN_TEXT),
        Fault.ERROR_504_APPLIED: _applied(_HTML_504, _HTML_TEXT),
        Fault.RATE_LIMITED: Recipe(
            text="answered 429 although under the limit, neither counted nor applied",
            when=When.NEVER,
            counted=False,
            instead=Instead(429, "api"),
        ),
        Fault.LATE: Recipe(text="applied at once, answered `late_by` seconds later", leaving=Leaving.LATE),
        Fault.HALF: Recipe(
            text="applied, then the connection is closed after the first half of the answer's bytes",
            leaving=Leaving.HALF,
        ),
        Fault.SLOW_DRIP: _framed("one byte every `drip_interval` seconds", Leaving.DRIP),
        Fault.NOT_JSON: _altered("with an HTML page in place of the body (200 in place of 204)", spoiling.as_html),
        Fault.IDLE_CLOSE: Recipe(
            text="applied and answered, then the connection is closed although it promised to stay",
            leaving=Leaving.THEN_CLOSED,
        ),
        # Applied late
        Fault.ERROR_500_APPLIED_LATER: _later(_API_500, _JSON_TEXT),
        Fault.ERROR_502_APPLIED_LATER: _later(_HTML_502, _HTML_TEXT),
        Fault.ERROR_503_APPLIED_LATER: _later(_TEXT_503, _PLAIN_TEXT),
        Fault.ERROR_504_APPLIED_LATER: _later(_HTML_504, _HTML_TEXT),
        Fault.LOST_APPLIED_LATER: Recipe(
            text="the connection is closed without any answer, applied `apply_after` seconds later",
            when=When.AFTERWARDS,
            leaving=Leaving.NOTHING,
        ),
        Fault.RESET_APPLIED_LATER: Recipe(
            text="the connection is reset without any answer, applied `apply_after` seconds later",
            when=When.AFTERWARDS,
            leaving=Leaving.RESET,
        ),
        Fault.APPLIED_LATER: Recipe(text="applied, and answered, only `apply_after` seconds later", when=When.HELD),
        # Answers of others than Plivo
        Fault.HTML_404: _before_plivo(Instead(404, "html"), "answered 404 (HTML, as gateways do)"),
        Fault.HTML_404_APPLIED: _applied(Instead(404, "html"), _HTML_TEXT),
        Fault.TEXT_404: _before_plivo(Instead(404, "text"), "answered 404 (plain text, as load balancers do)"),
        Fault.LIST_404: _before_plivo(Instead(404, "list"), "answered 404 (JSON that is no object)"),
        Fault.STRAY_401: _before_plivo(Instead(401, "api", _BASIC), "answered 401 although the credentials are right"),
        Fault.HTML_403: _before_plivo(Instead(403, "html"), "answered 403 (HTML, as proxies do)"),
        Fault.HTML_407: _before_plivo(Instead(407, "html", _PROXY_BASIC), "answered 407 (HTML, as proxies do)"),
        Fault.HTML_200: _before_plivo(Instead(200, "html"), "answered 200 with a page, as captive portals do"),
        Fault.REDIRECT_302: _before_plivo(Instead(302, "html", _LOGIN), "sent elsewhere by a captive portal's 302"),
        Fault.NOT_OBJECT: _altered("with a JSON list in place of the body (200 in place of 204)", spoiling.as_list),
        # More bytes than an answer has, or fewer than it says
        Fault.TWICE: _framed("twice in one packet", Leaving.TWICE),
        Fault.SURPLUS_204: _framed("with a 204 behind it that nobody asked for, in one packet", Leaving.WITH_204),
        Fault.SURPLUS_404: _framed("with a 404 behind it that nobody asked for, in one packet", Leaving.WITH_404),
        Fault.SHORT_LENGTH: _framed(
            "with half its Content-Length (200 in place of 204)", Leaving.SHORT_LENGTH, spoiling.with_a_body
        ),
        Fault.DOUBLED_CHUNK: _framed(
            "in chunks, the last one twice (200 in place of 204)", Leaving.DOUBLED_CHUNK, spoiling.with_a_body
        ),
        Fault.HEAD_WITH_BODY: _framed("with its body although it was a HEAD", Leaving.BODY_WHERE_NONE_BELONGS),
        Fault.BODY_204: _framed(
            "with a body although it is a 204", Leaving.BODY_WHERE_NONE_BELONGS, spoiling.with_a_body_as_204
        ),
        # Clocks
        Fault.NO_DATE: _dated("without a Date", lambda _: None),
        Fault.BAD_DATE: _dated("with a Date that is none", lambda _: "yesterday"),
        Fault.DATE_MINUTES_BEHIND: _dated("its Date 7 minutes behind", _off(minutes=-7)),
        Fault.DATE_MINUTES_AHEAD: _dated("its Date 7 minutes ahead", _off(minutes=7)),
        Fault.DATE_YEARS_BEHIND: _dated("its Date 20 years behind", _off(days=-7305)),
        Fault.DATE_YEARS_AHEAD: _dated("its Date 20 years ahead", _off(days=7305)),
        # Encodings that nobody asked for
        Fault.GZIP: _altered("in gzip (200 in place of 204)", spoiling.gzipped),
        Fault.DEFLATE: _altered("in deflate (200 in place of 204)", spoiling.deflated),
        Fault.GZIP_BOMB: _altered(
            "in gzip within gzip: some kB that unpack to 256 MiB (200 in place of 204)", spoiling.bomb
        ),
        Fault.FALSE_GZIP: _altered("in what claims to be gzip (200 in place of 204)", spoiling.false_gzip),
        Fault.UNKNOWN_ENCODING: _altered(
            "in an encoding that nobody knows (200 in place of 204)", spoiling.unknown_encoding
        ),
        # Heads
        Fault.LONG_HEADER: _altered("with a header of 16,000 bytes", spoiling.long_header),
        Fault.MANY_HEADERS: _altered("with 200 more headers", spoiling.many_headers),
    }
)
"""Every fault and how it is made."""

MEANINGS: Mapping[Fault, Meaning] = MappingProxyType({fault: recipe.meaning for fault, recipe in RECIPES.items()})
"""Every fault and what it does."""


def recipe_of(fault: Fault | None) -> Recipe:
    """How it is made; without a fault, nothing goes wrong."""
    return NOTHING_WRONG if fault is None else RECIPES[fault]
