"""A page in headless Chromium, driven by the DevTools protocol over two pipes: no socket, no library.

`PLIVO_TESTS_NEED_SERVERS` and CI make a missing Chromium an error; elsewhere such tests are skipped.
"""

import base64
import fcntl
import itertools
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from .support import PATIENCE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_NEEDED = "CI" in os.environ or "PLIVO_TESTS_NEED_SERVERS" in os.environ
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Options without which it asks the network for things, or people."""

NEEDS_CHROMIUM = pytest.mark.skipif(CHROMIUM is None and not _NEEDED, reason="Chromium is not installed")
"""Skips a test where there is none; in CI it fails."""


class Page:
    """One tab.

    Args:
        browser: Whose.
        session: Its id in the protocol.
    """

    def __init__(self, browser: "Browser", session: str) -> None:
        self._browser, self._session = browser, session

    def command(self, method: str, **parameters: Any) -> Any:
        """Carry out a command of the protocol."""
        return self._browser.command(method, parameters, self._session)

    @property
    def complaints(self) -> list[str]:
        """What was written to its console, errors and what its policy forbids among it."""
        self.eval("1")
        return [
            json.dumps(event["params"])
            for event in self._browser.events
            if event.get("sessionId") == self._session
            and event["method"] in ("Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled")
        ]

    def open(self, url: str) -> None:
        """Go there, and wait until it is loaded."""
        self.command("Page.navigate", url=url)
        self.wait(f"document.readyState === 'complete' && location.href.startsWith({json.dumps(url[:20])})")

    def eval(self, expression: str) -> Any:
        """The value of an expression of JavaScript."""
        told = self.command("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def wait(self, expression: str) -> None:
        """Wait until an expression is true, or something."""
        until = time.monotonic() + PATIENCE
        while not self.eval(f"!!({expression})"):
            assert time.monotonic() < until, f"in vain: {expression}"
            time.sleep(0.05)

    def look(self, width: int, height: int, *, dark: bool = False) -> None:
        """Be a window of that size, in light or dark."""
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.command(
            "Emulation.setEmulatedMedia", features=[scheme, {"name": "prefers-reduced-motion", "value": "reduce"}]
        )

    def key(self, key: str, *, shift: bool = False) -> None:
        """Press a key: a letter, or the name of one such as Enter, Tab, ArrowDown."""
        text = {"Enter": "\r", "Tab": ""}.get(key, key if len(key) == 1 else "")
        code = {"Enter": 13, "Tab": 9, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38, "ArrowRight": 39, "ArrowLeft": 37}
        number = code.get(key, ord(key.upper()[0]))
        told = {"key": key, "windowsVirtualKeyCode": number, "modifiers": 8 if shift else 0}
        self.command(
            "Input.dispatchKeyEvent",
            type="keyDown" if text else "rawKeyDown",
            **told,
            **({"text": text} if text else {}),
        )
        self.command("Input.dispatchKeyEvent", type="keyUp", **told)

    def picture(self, path: Path) -> None:
        """Write what is to be seen as a PNG."""
        path.write_bytes(base64.b64decode(self.command("Page.captureScreenshot", format="png")["data"]))


class Browser:
    """Chromium.

    Args:
        process: It runs.
        reads: Where it is told something.
        writes: Where it tells something.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", reads: int, writes: int) -> None:
        self._process, self._reads, self._writes = process, reads, writes
        self._numbers = itertools.count(1)
        self._rest = b""
        self._targets: list[str] = []
        self.events: list[Any] = []
        """What it has told of its own accord."""

    def command(self, method: str, parameters: dict[str, Any], session: str | None = None) -> Any:
        """Carry out a command."""
        number = next(self._numbers)
        told = {"id": number, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        os.write(self._reads, json.dumps(told).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def _next(self) -> Any:
        until = time.monotonic() + PATIENCE
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._writes], [], [], max(0.0, until - time.monotonic()))
            data = os.read(self._writes, 1 << 20) if ready else b""
            assert data, "Chromium says nothing"
            self._rest += data
        one, _, self._rest = self._rest.partition(b"\0")
        return json.loads(one)

    def page(self) -> Page:
        """A new tab."""
        target = self.command("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.command("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        page = Page(self, session)
        for area in ("Page", "Runtime", "Log", "Accessibility"):
            page.command(f"{area}.enable")
        self._targets.append(target)
        return page

    def clear(self) -> None:
        """Close every tab."""
        while self._targets:
            self.command("Target.closeTarget", {"targetId": self._targets.pop()})
        self.events.clear()


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium with an empty profile, for as long as the block."""
    assert CHROMIUM is not None, "Chromium is needed: apt-get install chromium"
    with TemporaryDirectory(prefix="plivo-async-chromium-", ignore_cleanup_errors=True) as profile:
        read, reads = os.pipe()
        writes, write = os.pipe()
        # It speaks over the descriptors 3 and 4, which may be others' here, or the wrong one of these two.
        near = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (read, write)]
        command = ["/bin/bash", "-c", 'exec "$@" 3<&{} 4>&{} {}<&- {}>&-'.format(*near, *near), "chromium"]
        command += [CHROMIUM, *QUIET, "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(  # noqa: S603
            command, pass_fds=near, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for end in (read, write, *near):
            os.close(end)
        try:
            found = Browser(process, reads, writes)
            yield found
            found.command("Browser.close", {})
            process.wait(PATIENCE)
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            process.wait(PATIENCE)
            os.close(reads)
            os.close(writes)
