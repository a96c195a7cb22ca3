"""What logs may say."""

import logging

import httpx
import pytest

from plivo_async.emulator import Emulator

from ..support import in_memory


@pytest.mark.anyio
async def test_httpx_logs_our_urls_with_phone_numbers_masked(caplog: pytest.LogCaptureFixture) -> None:
    """Where httpx names the URL of each request, a conference called by a phone number keeps its last four digits."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger=httpx.__name__)
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("+14151234567")
        plivo.script("activate", nth=1, fault="500")
        await client.mpc.start("+14151234567")
        assert plivo.auth_token not in caplog.text
    assert "HTTP Request: POST" in caplog.text
    assert "1415123" not in caplog.text
    assert "*4567" in caplog.text


def test_other_logs_of_httpx_are_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    """Only the URLs of Plivo accounts are touched."""
    caplog.set_level(logging.INFO, logger=httpx.__name__)
    logging.getLogger(httpx.__name__).info("HTTP Request: %s %s", "GET", "https://example.com/14151234567")
    assert "14151234567" in caplog.text
