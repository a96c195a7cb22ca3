"""The page in headless Chromium: what is done there is done, it fits every window, and needs neither mouse nor eyes."""

import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio.from_thread
import httpx
import pytest

from plivo_async.emulator import CallbackAnswer, CallbackRequest, Emulator, Limit

from ...browser import NEEDS_CHROMIUM, Browser, Page, browser
from ...support import PATIENCE

pytestmark = [pytest.mark.real_time, NEEDS_CHROMIUM]

DOCS = Path(__file__).parents[3] / "docs"
WIDTHS = (360, 480, 640, 767, 768, 1023, 1024, 1280, 1535, 1600)


@pytest.fixture(autouse=True)
def _no_tab_is_left(chromium: Browser) -> Iterator[None]:
    yield
    chromium.clear()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One for all."""
    with browser() as found:
        yield found


class Stage:
    """An emulator in another thread, with a conference into which somebody is being called.

    Args:
        plivo: The emulator.
        portal: Where it runs.
    """

    def __init__(self, plivo: Emulator, portal: anyio.from_thread.BlockingPortal) -> None:
        self.plivo, self._portal = plivo, portal
        self.status = 503

    async def receive(self, letter: CallbackRequest) -> CallbackAnswer:
        """A program that is told something."""
        return CallbackAnswer(status=self.status)

    def do(self, function: Any, *arguments: Any) -> Any:
        """Do something where the emulator is."""
        return self._portal.call(function, *arguments)

    def dial(self, name: str = "sales", to: str = "+14155550119") -> None:
        """Let a program dial somebody."""
        path = f"/v1/Account/{self.plivo.auth_id}/MultiPartyCall/name_{name}/Participant/"
        body = {"role": "agent", "from": "14155550100", "to": to, "status_callback_url": "http://app/events"}
        sent = httpx.post(self.plivo.url + path, json=body, auth=(self.plivo.auth_id, self.plivo.auth_token))
        assert sent.status_code == 201


@contextmanager
def staged(**options: Any) -> Iterator[Stage]:
    """Set it."""

    async def deliver(letter: CallbackRequest) -> CallbackAnswer:
        return await stage.receive(letter)

    with anyio.from_thread.start_blocking_portal() as portal:
        usual = {"console": True, "deliver": deliver, "answer_after": 300.0, "calls_per_second": None}
        with portal.wrap_async_context_manager(Emulator(**{**usual, **options})) as plivo:
            stage = Stage(plivo, portal)
            yield stage


def visit(chromium: Browser, stage: Stage, width: int = 1600, height: int = 1000) -> Page:
    """The page, once it is told something."""
    page = chromium.page()
    page.look(width, height)
    page.open(f"{stage.plivo.url}/_console/")
    page.wait("document.querySelector('#live').textContent === 'Live'")
    return page


def shown(part: str) -> str:
    """An expression for what a part of the page says."""
    return f"document.querySelector('{part}').innerText"


def press(page: Page, name: str) -> None:
    """Press the button of that name."""
    said = "(b.getAttribute('aria-label') ?? b.textContent).trim()"
    found = f"[...document.querySelectorAll('button')].find(b => {said} === '{name}' && b.checkVisibility())"
    page.wait(found)
    page.eval(f"{found}.click()")


def test_a_phone_is_answered_and_the_conference_goes_live(chromium: Browser) -> None:
    """On the page and in the emulator; a callback that failed is sent again, and taken."""
    with staged() as stage:
        page = visit(chromium, stage)
        page.wait("document.querySelector('#connect').offsetParent")  # nothing has been asked yet
        stage.dial()
        page.wait(f"{shown('#phones')}.includes('rings')")
        press(page, "Answer: +14155550119")
        page.wait(f"{shown('#phones')}.includes('in a call')")
        page.wait(f"{shown('#conferences')}.includes('Active')")
        assert stage.plivo.conferences["sales"].state == "Active"
        page.wait(f"{shown('#callbacks')}.includes('503')")
        stage.status = 200
        page.eval("document.querySelector('[data-list=callbacks] tr').click()")
        page.wait("document.querySelector('#d-body .sig')?.innerText.includes('X-Plivo-Signature-V3')")
        press(page, "Send again")
        page.wait(f"{shown('#say')}.includes('was sent again: 200')")
        page.wait(f"{shown('#callbacks')}.includes('1, again')")
        press(page, "Keys: +14155550119")
        press(page, "5")
        page.wait(f"{shown('#say')} === '+14155550119 has pressed 5.'")
        press(page, "Hang up: +14155550119")
        page.wait(f"{shown('#conferences')}.includes('Ended')")
        page.eval("document.querySelector('[data-list=requests] tr').click()")
        page.wait("document.querySelector('#curl')?.innerText.includes('$PLIVO_AUTH_TOKEN')")
        assert page.eval("location.hash") == "#request:1"
        assert stage.plivo.auth_token not in page.eval("document.documentElement.outerHTML")
        assert page.complaints == []


def test_conferences_faults_time_and_a_new_beginning(chromium: Browser) -> None:
    """What the controls do, and the gauge that is full."""
    with staged(limit=Limit(1, per=60.0)) as stage:
        page = visit(chromium, stage)
        press(page, "Add conferences")
        page.eval("document.querySelector('#a-count').value = 3")
        page.eval("document.querySelector('#add [value=ok]').click()")
        page.wait(f"{shown('#say')} === '3 conferences added.'")
        page.wait("document.querySelectorAll('[data-list=conferences] tr').length === 3")
        press(page, "Controls")
        page.wait("document.querySelector('#f-rows [type=checkbox]')")
        page.eval("document.querySelector('#f-rows [type=checkbox]').click()")
        page.wait(f"{shown('.faultsum')}.includes('1 % of requests go wrong')")
        before = stage.do(stage.plivo._clock.time)
        page.eval("document.querySelector('[data-forward=\"60\"]').click()")
        page.wait(f"{shown('#say')} === 'Clock put forward by 60 s.'")
        assert stage.do(stage.plivo._clock.time) - before >= 60
        stage.dial()
        page.wait(f"{shown('.gauge')}.includes('1 of 1 in this window: full')")
        page.eval("document.querySelector('#seed').value = 9")
        page.eval("document.querySelector('#reset').click()")
        page.wait(
            f"{shown('#sure')}.includes('Forget 4 conferences and 1 request?') || {shown('#sure')}.includes('Forget 3')"
        )
        page.eval("document.querySelector('#yes').click()")
        page.wait(f"{shown('#conferences')}.includes('No conference yet')")
        assert (stage.plivo.conferences, stage.plivo._core.rules.seed) == ({}, 9)
        assert page.complaints == []


@pytest.mark.long
def test_it_fits_windows_of_every_width(chromium: Browser) -> None:
    """Nothing overflows sideways, in any part."""
    with staged() as stage:
        stage.do(lambda: [stage.plivo.add_conference(f"support {'x' * 60} {number}") for number in range(3)])
        stage.dial()
        stage.dial("x" * 80, "sip:somebody-with-a-long-name@phone.plivo.example")
        page = visit(chromium, stage)
        for width in WIDTHS:
            page.look(width, 800, dark=width % 2 == 0)
            parts = ["conferences", "phones", "requests", "callbacks", "recordings", "controls", "connect"]
            views = [f".views [data-view={part}]" for part in parts]
            sides = [f".side [data-side={part}]" for part in ("details", "recordings", "controls", "connect")]
            for part in views if width < 1024 else sides:
                page.eval(f"document.querySelector('{part}').click()")
                assert page.eval("document.documentElement.scrollWidth - innerWidth") <= 0, (width, part)
            page.eval(f"document.querySelector('{views[0]}').click()")
            page.eval("document.querySelector('[data-list=conferences] tr').click()")
            page.wait("document.querySelector('#d-body h3')")
            assert page.eval("document.documentElement.scrollWidth - innerWidth") <= 0, (width, "details")
            page.eval("location.hash = 'request:1'")
            page.wait("document.querySelector('#curl')")
            assert page.eval("document.documentElement.scrollWidth - innerWidth") <= 0, (width, "request")
            if width >= 1024:  # parts scroll, and the page doesn't
                assert page.eval("document.documentElement.scrollHeight - innerHeight") <= 0, width
        assert page.complaints == []


def test_it_can_be_used_by_keys_alone(chromium: Browser) -> None:
    """From the skip link to a phone that is answered, to details and back."""
    with staged() as stage:
        stage.do(stage.plivo.add_conference, "a")
        stage.do(stage.plivo.add_conference, "b")
        stage.dial()
        page = visit(chromium, stage)
        page.wait("document.querySelectorAll('[data-list=conferences] tr').length === 2")
        page.wait("document.querySelector('.rings .go')")
        here = "document.activeElement"
        page.key("Tab")
        assert page.eval(f"{here}.className") == "skip"
        page.key("1")
        page.wait(f"{here}.innerText === 'b'")
        page.key("ArrowDown")
        page.wait(f"{here}.innerText === 'a'")
        assert (
            page.eval("[...document.querySelectorAll('[data-list=conferences] .rowbtn')].map(b => b.tabIndex).join()")
            == "-1,0"
        )
        page.key("Enter")
        page.wait(f"{here}.matches('#d-body h3') && {here}.innerText === 'a'")
        page.key("Escape")
        page.wait(f"{here}.matches('.rowbtn') && {here}.innerText === 'a'")
        page.key("2")
        page.wait(f"{here}.innerText === 'Answer'")
        page.key("Enter")
        page.wait(f"{shown('#say')} === '+14155550119 has answered.'")
        page.wait(f"{here}.innerText === 'Hang up'")  # what was pressed is gone, and focus isn't
        press(page, "Keys: +14155550119")
        page.wait(f"{here}.closest('.keys')")
        page.key("Escape")
        page.wait(f"{here}.innerText === 'Keys' && !document.querySelector('.keys')")
        assert page.eval(f"{here}.ariaExpanded") == "false"
        page.key("4")
        page.wait(f"{here}.matches('[data-list=callbacks] .rowbtn')")
        page.key("ArrowRight")
        page.wait(f"{here}.closest('.c-re')")
        page.key("/")
        page.key("?", shift=True)
        page.eval("document.activeElement.blur()")
        page.key("?", shift=True)
        page.wait("document.querySelector('#help').open")
        page.key("Escape")
        page.wait("!document.querySelector('#help').open")
        assert page.complaints == []


def test_a_call_that_ends_leaves_one_row_and_the_focus_in_it(chromium: Browser) -> None:
    """Who has hung up, by key or mouse, is at what that phone does next; the call's buttons are gone."""
    with staged() as stage:
        stage.dial()
        page = visit(chromium, stage)
        for name in ("Answer", "Hang up"):
            page.wait(f"document.querySelector('.phone [aria-label=\"{name}: +14155550119\"]')?.checkVisibility()")
            page.eval(f"document.querySelector('.phone [aria-label=\"{name}: +14155550119\"]').focus()")
            page.key("Enter")
        page.wait("document.activeElement.matches('select') && document.activeElement.checkVisibility()")
        page.wait("document.querySelectorAll('.phone').length === 1")
        assert page.eval("document.activeElement.ariaLabel") == "When +14155550119 is rung"
        stage.dial()
        page.wait("document.activeElement.innerText === 'Answer'")  # rung again, while one is there
        stage.do(stage.plivo.phone("+14155550119").hang_up)
        page.wait("document.activeElement.matches('select') && document.querySelectorAll('.phone').length === 1")
        assert page.complaints == []


def test_nothing_is_blank_before_anything_has_happened(chromium: Browser) -> None:
    """The time, what is to be chosen, and what faults do, with their times in place of the names of these."""
    with staged() as stage:
        page = visit(chromium, stage)
        assert page.eval("/^[0-9:]{8}$/.test(document.querySelector('[data-v=now]').textContent)")
        press(page, "Details")
        assert "Nothing chosen" in page.eval(shown("#details"))
        press(page, "Controls")
        page.wait("document.querySelector('#f-rows tr')")
        assert "answered 30 seconds later" in page.eval(shown("#f-rows"))
        page.eval("document.querySelector('#f-all').click()")
        assert "`" not in page.eval(shown("#f-rows"))


def test_a_link_to_a_request_leads_to_it_in_a_narrow_window(chromium: Browser) -> None:
    """Where one part is shown at a time, it is that one; and the way back is the list."""
    with staged() as stage:
        stage.dial()
        page = chromium.page()
        page.look(360, 740)
        page.open(f"{stage.plivo.url}/_console/#request:1")
        page.wait("document.querySelector('#curl')?.checkVisibility()")
        press(page, "Back to the list")
        page.wait("document.querySelector('#conferences').checkVisibility()")
        assert page.complaints == []


def test_everything_has_a_name_for_those_who_hear_it(chromium: Browser) -> None:
    """Controls, lists, the gauge; and only what one did oneself is read out."""
    with staged() as stage:
        stage.do(stage.plivo.add_conference, "a")
        stage.dial()
        page = visit(chromium, stage)
        page.wait("document.querySelector('.rings .go')")
        page.eval("document.querySelector('[data-list=requests] tr').click()")
        page.wait("document.querySelector('#curl')")
        for part in ("details", "recordings", "controls", "connect"):
            page.eval(f"document.querySelector('.side [data-side={part}]').click()")
            page.wait("document.querySelector('#live').textContent === 'Live'")
            page.wait("document.querySelector('.rings .go')")
            nodes = page.command("Accessibility.getFullAXTree")["nodes"]
            roles = {
                "button",
                "textbox",
                "searchbox",
                "checkbox",
                "combobox",
                "meter",
                "table",
                "link",
                "region",
                "image",
            }
            nameless = [
                node
                for node in nodes
                if not node["ignored"] and node["role"]["value"] in roles and not node.get("name", {}).get("value")
            ]
            assert nameless == []
        names = {node["name"]["value"] for node in nodes if not node["ignored"] and node["role"]["value"] == "button"}
        assert {"Answer: +14155550119", "a, Initialized", "Put the clock forward by +10 s"} <= names
        live = (
            "[...document.querySelectorAll('[aria-live], [role=alert], [role=status], output')].map(e => e.id).join()"
        )
        assert page.eval(live) == "lost,say"
        assert page.eval("document.querySelector('#meter').getAttribute('aria-valuetext')") == "1 of 300"


def test_what_comes_from_elsewhere_is_text(chromium: Browser) -> None:
    """Names that would be markup, or a script."""
    evil = "<img src=x onerror=document.title='evil'>\"'`${1}"
    with staged() as stage:
        stage.do(stage.plivo.add_conference, evil)
        page = visit(chromium, stage)
        page.wait(f"{shown('[data-list=conferences]')}.includes('onerror')")
        page.eval("document.querySelector('[data-list=conferences] tr').click()")
        page.wait(f"{shown('#d-body')}.includes('onerror')")
        assert (page.eval("document.title"), page.eval("document.images.length")) == ("plivo-async emulator", 0)
        page.eval("location.hash = 'conference:<b>'")
        page.wait(f"{shown('#d-body')}.includes('kept no longer')")
        assert page.complaints == []
        page.eval("document.body.insertAdjacentHTML('beforeend', '<b onclick=\"document.title = 1\" id=b>b</b>')")
        page.eval("document.querySelector('#b').click()")
        assert page.eval("document.title") == "plivo-async emulator"
        assert "Content Security Policy" in "".join(page.complaints)


def test_thousands_of_conferences_are_shown_a_hundred_at_a_time(chromium: Browser) -> None:
    """The page holds as many rows with five thousand as with a hundred."""
    with staged() as stage:
        stage.do(lambda: [stage.plivo.add_conference(f"room-{number}") for number in range(5000)])
        page = visit(chromium, stage)
        page.wait(f"{shown('[data-foot=conferences]')}.includes('100 of 5,000')")
        press(page, "Show 100 more")
        page.wait("document.querySelectorAll('[data-list=conferences] tr').length === 200")
        page.eval("document.querySelector('[data-find=conferences_find]').value = 'room-49'")
        page.eval(
            "document.querySelector('[data-find=conferences_find]').dispatchEvent(new Event('input', {bubbles: true}))"
        )
        page.wait("document.querySelectorAll('[data-list=conferences] tr').length === 111")
        assert page.eval("document.querySelectorAll('*').length") < 7000


@pytest.mark.long
def test_it_says_when_nobody_is_there_any_more(chromium: Browser) -> None:
    """Since when; what is shown stays, and no button does anything."""
    with staged() as stage:
        stage.dial()
        page = visit(chromium, stage)
        page.wait("document.querySelector('.rings .go')")
    page.wait("!document.querySelector('#lost').hidden")
    said = "The emulator can.t be reached. What you see is as of ..:..:... It is tried again every few seconds."
    # nothing in it counts: an alert is read out again when it changes
    assert re.fullmatch(f"{said} Try now", " ".join(page.eval(shown("#lost")).split()))
    press(page, "Answer: +14155550119")
    page.wait(f"{shown('#say')}.startsWith('Not connected.')")
    assert page.eval("document.querySelector('.rings .go').getAttribute('aria-disabled')") == "true"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell and signals")
def test_a_newcomer_answers_a_caller(chromium: Browser, tmp_path: Path) -> None:
    """What "Answer a caller" says: the command, the line that it prints, and the program of the page."""
    told = (DOCS / "emulator.md").read_text(encoding="utf-8").partition("## Answer a caller")[2].partition("\n## ")[0]
    options = shlex.split(re.findall(r"^\$ (.*plivo-async emulator .*)$", told, re.MULTILINE)[0])[1:]
    command = [sys.executable, "-m", "plivo_async", *options, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:  # noqa: S603
        try:
            assert process.stdout is not None
            printed = iter(process.stdout.readline, "")
            address = next(line.split()[1] for line in printed if line.startswith("  console "))
            export = next(line.strip() for line in printed if line.strip().startswith("export "))
            page = chromium.page()
            page.look(1280, 800)
            page.open(address)
            press(page, "Add conferences")
            page.eval("document.querySelector('#add [value=ok]').click()")
            page.wait(f"{shown('[data-list=conferences]')}.includes('support-4812')")
            program = page.eval("document.querySelector('#cx-py').textContent")
            assert f"```python\n{program}\n```" in told
            (tmp_path / "ring.py").write_text(program, encoding="utf-8")
            ring = f"{export}\n{shlex.quote(sys.executable)} ring.py"
            subprocess.run(["/bin/sh", "-c", ring], check=True, timeout=PATIENCE, cwd=tmp_path)  # noqa: S603
            press(page, "Answer: +14157654321")
            page.wait(f"{shown('[data-list=conferences]')}.includes('Active')")
            press(page, "Hang up: +14157654321")
            page.wait(f"{shown('[data-list=conferences]')}.includes('Ended')")
            assert page.complaints == []
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
