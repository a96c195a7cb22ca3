"""The names of what can go wrong on the way; `_recipes` says what each is."""

from enum import StrEnum


class Fault(StrEnum):
    """The name of a fault, as in `Faults.parse` and `Emulator.script`. `MEANINGS` explains each."""

    LOST_RESPONSE = "lost-response"
    RESET_BEFORE = "reset-before"
    RESET_AFTER = "reset-after"
    ERROR_500 = "500"
    ERROR_502 = "502"
    ERROR_503 = "503"
    ERROR_504 = "504"
    ERROR_500_APPLIED = "500-applied"
    ERROR_502_APPLIED = "502-applied"
    ERROR_503_APPLIED = "503-applied"
    ERROR_504_APPLIED = "504-applied"
    RATE_LIMITED = "429"
    LATE = "late"
    HALF = "half"
    SLOW_DRIP = "slow-drip"
    NOT_JSON = "not-json"
    IDLE_CLOSE = "idle-close"

    ERROR_500_APPLIED_LATER = "500-applied-later"
    ERROR_502_APPLIED_LATER = "502-applied-later"
    ERROR_503_APPLIED_LATER = "503-applied-later"
    ERROR_504_APPLIED_LATER = "504-applied-later"
    LOST_APPLIED_LATER = "lost-applied-later"
    RESET_APPLIED_LATER = "reset-applied-later"
    APPLIED_LATER = "applied-later"

    HTML_404 = "404-html"
    HTML_404_APPLIED = "404-html-applied"
    TEXT_404 = "404-text"
    LIST_404 = "404-list"
    STRAY_401 = "401"
    HTML_403 = "403-html"
    HTML_407 = "407-html"
    HTML_200 = "200-html"
    REDIRECT_302 = "302-html"
    NOT_OBJECT = "not-object"

    TWICE = "answered-twice"
    SURPLUS_204 = "surplus-204"
    SURPLUS_404 = "surplus-404"
    SHORT_LENGTH = "short-length"
    DOUBLED_CHUNK = "doubled-chunk"
    HEAD_WITH_BODY = "head-with-body"
    BODY_204 = "204-with-body"

    NO_DATE = "date-missing"
    BAD_DATE = "date-unreadable"
    DATE_MINUTES_BEHIND = "date-minutes-behind"
    DATE_MINUTES_AHEAD = "date-minutes-ahead"
    DATE_YEARS_BEHIND = "date-years-behind"
    DATE_YEARS_AHEAD = "date-years-ahead"

    GZIP = "gzip"
    DEFLATE = "deflate"
    GZIP_BOMB = "gzip-bomb"
    FALSE_GZIP = "gzip-false"
    UNKNOWN_ENCODING = "encoding-unknown"

    LONG_HEADER = "long-header"
    MANY_HEADERS = "many-headers"


def fault_named(name: str) -> Fault:
    """The fault of that name.

    Raises:
        ValueError: There is none; the message names those there are.
    """
    try:
        return Fault(name)
    except ValueError:
        raise ValueError(f"{name!r} is no fault; these are: {', '.join(Fault)}") from None
