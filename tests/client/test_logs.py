"""What logs may say."""

import logging

import pytest

from plivo_async._logs import masked
from plivo_async.emulator import Emulator

from ..support import in_memory


@pytest.mark.anyio
async def test_httpx_logs_our_urls_with_phone_numbers_masked(caplog: pytest.LogCaptureFixture) -> None:
    """Where httpx names the URL of each request, a conference called by a phone number keeps its last four digits."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpx")
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("+14151234567")
        plivo.script("activate", nth=1, fault="500")
        await client.mpc.start("+14151234567")
        assert plivo.auth_token not in caplog.text
    assert "HTTP Request: POST" in caplog.text
    assert "1415123" not in caplog.text
    assert "*4567" in caplog.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+14151234567", "+*******4567"),
        ("+1 415 765 4321", "+* *** *** 4321"),
        ("name_%2B1%20415%20765%204321/", "name_%2B*%20***%20***%204321/"),
        ("name_%2814151234567%29/", "name_%28*******4567%29/"),
        ("(415) 123-4567", "(***) ***-4567"),
        ("room 123456", "room 123456"),
        ("support-4812", "support-4812"),
    ],
)
def test_phone_numbers_are_masked_in_any_form(text: str, shown: str) -> None:
    """Seven or more digits, plain, spaced or percent-encoded: the last four are left."""
    assert masked(text) == shown


def test_other_logs_of_httpx_are_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    """Only the URLs of Plivo accounts are touched."""
    caplog.set_level(logging.INFO, logger="httpx")
    logging.getLogger("httpx").info("HTTP Request: %s %s", "GET", "https://example.com/14151234567")
    assert "14151234567" in caplog.text
