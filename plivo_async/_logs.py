"""What may stand in a log."""

import logging
import re

_DIGIT = r"(?<!%)(?<!%[0-9A-F])\d"  # not one of a percent-escape
_BETWEEN = r"(?:%2[089]|[ ().-]){0,2}"  # what may stand between two digits, in a URL encoded
_NUMBER = re.compile(rf"{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{6,}}")
_HIDDEN = re.compile(rf"{_DIGIT}(?=(?:{_BETWEEN}{_DIGIT}){{4}})")


def masked(text: str) -> str:
    """The text with phone numbers masked: of seven or more digits in a row only the last four are left."""
    return _NUMBER.sub(lambda number: _HIDDEN.sub("*", number.group()), text)


class _MaskedUrls(logging.Filter):
    """Masks phone numbers in the URLs of Plivo accounts; all else passes as it is."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(masked(str(value)) if "/v1/Account/" in str(value) else value for value in record.args)
        return True


_masked_urls = _MaskedUrls()


def mask_httpx_log() -> None:
    """Mask phone numbers in what httpx logs of our requests: at INFO it names the URL of each, and so the conference.

    May be called any number of times.
    """
    logging.getLogger("httpx").addFilter(_masked_urls)
