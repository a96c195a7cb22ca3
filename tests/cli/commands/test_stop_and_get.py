"""`plivo-async mpc stop` and `mpc get` against the emulator."""

import json
from collections.abc import Iterator

import pytest

pytest.importorskip("typer")

from anyio.from_thread import start_blocking_portal
from typer.testing import CliRunner

from plivo_async.cli import app
from plivo_async.emulator import Emulator

pytestmark = pytest.mark.real_time

UUID = "8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e"


@pytest.fixture
def plivo(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator in which a and b go on and c waits; all that a command needs is in the environment."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(Emulator()) as emulator:
        for name, status in (("a", "active"), ("b", "active"), ("c", "initialized")):
            portal.call(lambda name, status: emulator.add_conference(name, status=status), name, status)
        monkeypatch.setenv("PLIVO_AUTH_ID", emulator.auth_id)
        monkeypatch.setenv("PLIVO_AUTH_TOKEN", emulator.auth_token)
        monkeypatch.setenv("PLIVO_BASE_URL", emulator.url)
        yield emulator


class Outcome:
    """What a command did."""

    def __init__(self, *arguments: str, stdin: str | None = None) -> None:
        """Run `mpc` with these arguments."""
        result = CliRunner().invoke(app, ["mpc", *arguments], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr


# ---- stop -----------------------------------------------------------------------------------------------------------


def test_stop_ends_them_each_once(plivo: Emulator) -> None:
    """Also those that wait; a name that is there twice is one conference."""
    outcome = Outcome("stop", "-", stdin="a\nb\na\nc\n")
    assert (outcome.code, outcome.out.split("  (")[0], outcome.err) == (0, "3 ended", "")
    assert {one.status for one in plivo.conferences_by_uuid.values()} == {"Ended"}
    assert len(plivo.requests) == 3


def test_stop_goes_by_uuid_too(plivo: Emulator) -> None:
    """From what `mpc list --json` prints."""
    listed = Outcome("list", "--status", "active", "--json").out
    assert Outcome("stop", "-", "--uuid", "--quiet", stdin=listed).out == ""
    assert {one.friendly_name for one in plivo.conferences_by_uuid.values() if one.status != "Ended"} == {"c"}


def test_stop_says_what_was_not_there(plivo: Emulator) -> None:
    """With its line; the number in it is masked."""
    outcome = Outcome("stop", "-", stdin="a\n+14151234567\n")
    assert (outcome.code, outcome.out.split("  (")[0]) == (1, "1 ended · 1 not found")
    assert "  line 2: " in outcome.out
    assert "1415123" not in outcome.out


def test_stop_that_can_not_know_is_3(plivo: Emulator) -> None:
    """Errors all the time, also to the looks."""
    plivo.script("end", "a", nth=None, fault="500")
    plivo.script("get", "a", nth=None, fault="500")
    plivo.script("list", nth=None, fault="500")
    outcome = Outcome("stop", "-", "--max-attempts", "1", stdin="a\nb\n")
    assert (outcome.code, outcome.out.split("  (")[0]) == (3, "1 ended · 1 unknown")


def test_stop_with_wrong_credentials_is_4(plivo: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is ended."""
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", "wrong")
    outcome = Outcome("stop", "-", stdin="a\nb\nc\n")
    assert outcome.code == 4
    assert "Plivo refused the credentials (401)" in outcome.err
    assert all(one.status != "Ended" for one in plivo.conferences_by_uuid.values())


# ---- get ------------------------------------------------------------------------------------------------------------


def test_get_shows_a_conference(plivo: Emulator) -> None:
    """By name or by UUID, in lines or as JSON."""
    by_name = Outcome("get", "a")
    assert by_name.code == 0
    uuid = plivo.conferences["a"].mpc_uuid
    shown = dict(line.split(maxsplit=1) for line in by_name.out.splitlines())
    assert (shown["friendly_name"], shown["status"], shown["mpc_uuid"]) == ("a", "Active", uuid)
    assert json.loads(Outcome("get", "--uuid", uuid, "--json").out)["friendly_name"] == "a"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nobody"], 1, "404"),
        ([UUID], 1, "It looks like an MPC UUID, and was taken for a name: add --uuid"),
        (["--uuid", "x"], 2, "UUID"),
        ([""], 2, "empty"),
        (["a", "--timeout", "0"], 2, "more than 0"),
    ],
)
def test_get_says_why_not(plivo: Emulator, arguments: list[str], code: int, words: str) -> None:
    """A UUID that was given as a name gets a hint."""
    outcome = Outcome("get", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert words in outcome.err


def test_get_with_wrong_credentials_is_4(plivo: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of every command."""
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", "wrong")
    assert Outcome("get", "a").code == 4
