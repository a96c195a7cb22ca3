"""The pictures of the console in the docs: `python -m tests.house.screens` makes them anew, with headless Chromium.

`python -m tests.house.screens --all FOLDER` makes one of each width, light and dark, to look at.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import anyio.from_thread
import httpx

from plivo_async.emulator import CallbackAnswer, CallbackRequest, Emulator, Faults

from ..browser import Page, browser

DOCS = Path(__file__).parents[2] / "docs"
SIZES = ((360, 740), (768, 1000), (1024, 768), (1280, 800), (1600, 1000))
HOOK = "http://127.0.0.1:5000/plivo/events"


async def _receive(letter: CallbackRequest) -> CallbackAnswer:
    """A program that has trouble with one of its callbacks."""
    return CallbackAnswer(status=503 if b"MPCStart" in letter.body and b"0907" in letter.body else 200)


async def scene(plivo: Emulator) -> None:
    """Some minutes in the life of a contact centre."""
    root = f"/v1/Account/{plivo.auth_id}/MultiPartyCall/name_"
    async with httpx.AsyncClient(base_url=plivo.url, auth=(plivo.auth_id, plivo.auth_token)) as client:

        async def ask(method: str, path: str, **body: object) -> None:
            try:
                await client.request(method, root + path, json=body or None, headers={"User-Agent": "plivo-async"})
            except httpx.TransportError:
                return

        async def dial(name: str, to: str, role: str, **more: object) -> None:
            hooks = {"status_callback_url": HOOK, "recording_callback_url": HOOK, **more}
            await ask("POST", f"{name}/Participant/", role=role, **{"from": "+14155550100", "to": to, **hooks})

        for number in (101, 142, 177, 190, 163, 119, 126):
            plivo.phone(f"+14155550{number}").answers(after=0.5 if number not in (119, 126) else 40)
        await dial("support-4812", "+14155550101", "customer", start_mpc_on_enter=False)
        await dial("sales-0907", "+14155550190", "customer", stay_alone=True)
        plivo.advance(79)
        await ask("GET", "support-4812/")
        await dial("support-4812", "+14155550142", "agent", start_mpc_on_enter=False)
        plivo.advance(3)
        plivo.script("activate", "support-4812", fault="lost-response")
        await ask("POST", "support-4812/", status="active")
        await ask("POST", "support-4812/", status="active")
        await ask("GET", "support-4812/")
        plivo.advance(12)
        await ask("POST", "support-4812/Record/", file_format="wav")
        await dial("support-4812", "+14155550177", "supervisor")
        plivo.advance(130)
        await plivo.delivered()
        supervisor = plivo.conferences["support-4812"].participants[-1].member_id
        await ask("POST", f"support-4812/Participant/{supervisor}/", coach_mode=True)
        plivo.script("end", "sales-0907", fault="500")
        await ask("DELETE", "sales-0907/")
        await ask("DELETE", "sales-0907/")
        await ask("GET", "support-4819/")
        await dial("support-4813", "+442071838750", "customer", start_mpc_on_enter=False)
        plivo.advance(60)
        await dial("support-4813", "+14155550119", "agent")
        await dial("support-4813", "+14155550126", "agent")
        plivo.faults = Faults({"lost-response": 0.02, "500": 0.03})
        await plivo.delivered()


@contextmanager
def staged(port: int = 0) -> Iterator[Emulator]:
    """An emulator on which this has been played."""
    started = Emulator("MAEMULATOR0000000000", port=port, console=True, deliver=_receive, latency=0.04, seed=7)
    with anyio.from_thread.start_blocking_portal() as portal, portal.wrap_async_context_manager(started) as plivo:
        portal.call(scene, plivo)
        yield plivo


def visit(page: Page, plivo: Emulator, shown: str, size: tuple[int, int], *, dark: bool = False) -> None:
    """Look at it, and wait until it is there."""
    page.look(*size, dark=dark)
    page.open("about:blank")
    page.open(f"{plivo.url}/_console/{shown}")
    page.wait("document.querySelector('#live').textContent === 'Live'")
    time.sleep(1.2)  # what counts seconds has counted one


def _request(plivo: Emulator) -> str:
    return f"#request:{next(one.number for one in plivo.requests if str(one.fault) == 'lost-response')}"


def main() -> None:
    """Make them."""
    parser = argparse.ArgumentParser(description="Pictures of the emulator's console.")
    parser.add_argument("--all", metavar="FOLDER", type=Path, help="one of each width, light and dark")
    told = parser.parse_args()
    with staged(8808) as plivo, browser() as chromium:
        page = chromium.page()
        conference = f"#conference:{plivo.conferences['support-4812'].mpc_uuid}"
        if told.all is None:
            visit(page, plivo, _request(plivo), (1280, 800))
            page.picture(DOCS / "emulator-console.png")
            visit(page, plivo, conference, (1280, 800), dark=True)
            page.picture(DOCS / "emulator-console-dark.png")
            return
        told.all.mkdir(exist_ok=True, parents=True)
        for width, height in SIZES:
            for dark in (False, True):
                visit(page, plivo, conference if dark else _request(plivo), (width, height), dark=dark)
                page.picture(told.all / f"{width}-{'dark' if dark else 'light'}.png")


if __name__ == "__main__":
    main()
