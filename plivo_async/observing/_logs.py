"""What httpx may write into a log."""

import logging

import httpx

from ..shown._privacy import masked


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
    logging.getLogger(httpx.__name__).addFilter(_masked_urls)
