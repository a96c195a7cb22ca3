"""The benchmark works: its pure parts, and a quick run of all of it. What it measures is never asserted."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..benchmarks import handlers
from ..benchmarks.__main__ import MEASUREMENTS, PAGE, arguments, blocks, described, machine
from ..benchmarks.chart import Bar, Line, bar_chart, decades, line_chart, spread
from ..benchmarks.concurrency import microseconds
from ..benchmarks.figures import count, median, percentile, ratio, significant
from ..benchmarks.limits import KINDS, Kind, limit, optimum
from ..benchmarks.page import refreshed
from ..benchmarks.peers import PEERS, Peer, installed, skipped
from ..benchmarks.profiling import package_of, shares
from ..benchmarks.server import REFUSED, YES, Judge, Settings, request_length
from ..benchmarks.table import Table, as_markdown, as_text

ROOT = Path(__file__).parents[2]
TABLE = Table("Title", ("", "a", "b"), (("first", "1", "2|3"), ("second row", "10,000", "4")), ("a note",))

# ---- Figures --------------------------------------------------------------------------------------------------------


def test_the_median_of_an_even_number_lies_between_two() -> None:
    """Of an odd number it is one of them."""
    assert median([3.0, 1.0, 2.0]) == 2.0
    assert median([4.0, 1.0, 2.0, 3.0]) == 2.5


@pytest.mark.parametrize(("percent", "expected"), [(0, 1), (50, 50), (99, 99), (99.5, 100), (100, 100)])
def test_a_percentile_is_a_value_that_was_measured(percent: float, expected: float) -> None:
    """By nearest rank, whatever the order."""
    assert percentile([float(value) for value in range(100, 0, -1)], percent) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (1234.4, "1,234"),
        (12.34, "12.3"),
        (0.1234, "0.123"),
        (9.996, "10.0"),
        (999.9, "1,000"),
        (-1.5, "-1.50"),
    ],
)
def test_three_digits_count(value: float, expected: str) -> None:
    """Rounding up to another power of ten takes no digit more."""
    assert significant(value) == expected


def test_ratios_and_counts_are_short() -> None:
    """What wasn't measured has no ratio."""
    assert ratio(82.0, 100.0) == "0.82\N{MULTIPLICATION SIGN}"
    assert ratio(2412.0, 100.0) == "24.1\N{MULTIPLICATION SIGN}"
    assert ratio(None, 100.0) == ratio(1.0, None) == "\N{EN DASH}"
    assert count(12345.6) == "12,346"


# ---- The server -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "admitted"),
    [
        ("sliding", [True, True, False, True, False, False]),
        ("fixed", [True, True, False, True, True, False]),
        ("bucket", [True, True, True, True, False, False]),
    ],
)
def test_each_kind_of_window_counts_in_its_own_way(kind: Kind, admitted: list[bool]) -> None:
    """Two in a second, and six requests at the same instants."""
    one = limit(kind, 2, 1.0)
    assert [one.admits(now) for now in (10.0, 10.5, 10.75, 11.125, 11.25, 11.375)] == admitted


@given(
    st.sampled_from(KINDS),
    st.integers(1, 5),
    st.lists(st.floats(0, 2), min_size=1, max_size=60),
)
def test_no_window_admits_more_than_two_limits_in_a_period(kind: Kind, most: int, gaps: list[float]) -> None:
    """A sliding one admits no more than one."""
    one, now = limit(kind, most, 1.0), 100.0
    admitted = []
    for gap in gaps:
        now += gap
        if one.admits(now):
            admitted.append(now)
    spans = [sum(at <= other < at + 1.0 for other in admitted) for at in admitted]
    assert max(spans) <= (most if kind == "sliding" else 2 * most)


def test_the_optimum_is_a_window_less_than_there_are() -> None:
    """The first window's requests need no wait."""
    assert optimum(300, 300, 5.0, 0.035) == 0.035
    assert optimum(301, 300, 5.0, 0.035) == 5.035
    assert optimum(6_000, 300, 0.5, 0.0) == 9.5


def test_requests_are_told_apart() -> None:
    """By the end of their heads and the length of their bodies."""
    whole = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    assert request_length(whole + b"GET /") == len(whole)
    assert request_length(whole[:-1]) == request_length(whole[:20]) == 0
    assert request_length(b"GET / HTTP/1.1\r\n\r\n") == 18


def test_a_server_counts_and_may_fall_silent() -> None:
    """Asking for the counts begins anew."""
    judge = Judge(Settings(window="fixed", count=1, per=60.0))
    assert [judge.verdict(1.0), judge.verdict(2.0)] == [YES, REFUSED]
    assert judge.counts() == {"served": 1, "refused": 1}
    assert judge.verdict(3.0) == YES
    silent = Judge(Settings(answers=1))
    assert [silent.verdict(1.0), silent.verdict(1.0)] == [YES, b""]


# ---- Tables and pages -----------------------------------------------------------------------------------------------


def test_a_table_is_drawn_for_a_terminal() -> None:
    """Figures stand below each other."""
    lines = as_text(TABLE).splitlines()
    assert lines[2:6] == [
        "                 a    b",
        "───────────────────────",
        "first            1  2|3",
        "second row  10,000    4",
    ]


def test_a_table_is_drawn_for_a_page() -> None:
    """A bar in a cell doesn't end it."""
    assert as_markdown(TABLE).splitlines()[2:] == [
        "|  | a | b |",
        "| --- | ---: | ---: |",
        "| first | 1 | 2\\|3 |",
        "| second row | 10,000 | 4 |",
        "",
        "* a note",
    ]


def test_rows_have_as_many_cells_as_there_are_columns() -> None:
    """A table that can't be drawn isn't made."""
    with pytest.raises(ValueError, match="has 1 cells, not 2"):
        Table("T", ("", "a"), (("only",),))


def test_a_page_is_refreshed_between_its_marks() -> None:
    """What stands around them stays; a name without a place is an error."""
    page = "before\n<!-- benchmark: one -->\nold\n<!-- end -->\nbetween\n<!-- benchmark: two -->\n<!-- end -->\nafter\n"
    fresh = refreshed(page, {"one": "new"})
    assert fresh == page.replace("\nold\n", "\n\nnew\n\n")
    assert refreshed(fresh, {"one": "new"}) == fresh
    with pytest.raises(ValueError, match="0 places for 'three'"):
        refreshed(page, {"three": "new"})


def test_the_page_has_a_place_for_each_measurement() -> None:
    """So `--markdown` works for all of them."""
    fresh = blocks(machine(), {one.name: [TABLE] for one in MEASUREMENTS})
    assert refreshed(PAGE.read_text(encoding="utf-8"), fresh).count("| second row |") == len(MEASUREMENTS)


# ---- Charts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(120, 900, [100, 200, 500, 1000]), (1, 1, [1]), (0.3, 3, [0.2, 0.5, 1, 2, 5])],
)
def test_ticks_reach_around_the_values(low: float, high: float, expected: list[float]) -> None:
    """In steps of 1, 2 and 5."""
    assert decades(low, high) == pytest.approx(expected)


@given(st.lists(st.floats(0, 400), min_size=1, max_size=9))
def test_labels_keep_their_distance_and_their_order(wanted: list[float]) -> None:
    """None is moved up."""
    placed = spread(wanted, 18)
    ordered = sorted(placed)
    assert all(after - before >= 18 - 1e-9 for before, after in pairwise(ordered))
    assert all(there >= before for there, before in zip(placed, wanted, strict=True))


def test_charts_are_well_formed_whatever_is_in_them() -> None:
    """Labels are escaped; no line and no bar at all is no error."""
    lines = [Line("<a> & b", ((10, 600.0), (5_000, 620.0)), "ours"), Line("c", ((10, 800.0),), "other")]
    bars = [Bar("<a>", 0, "none", "ours"), Bar("b", 94_000, "many", "other")]
    for drawn in (line_chart("t", "x", lines), line_chart("t", "x", []), bar_chart("t", bars, floor=0.5)):
        assert ET.fromstring(drawn).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314  (our own)
    assert ET.fromstring(bar_chart("t", [], floor=1.0)).tag.endswith("svg")  # noqa: S314


# ---- Measurements ---------------------------------------------------------------------------------------------------


def test_a_peer_whose_package_is_missing_is_skipped_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no error, and no row."""
    monkeypatch.setitem(PEERS, "odd", Peer("the odd one", PEERS["httpx"].open, ("no_such_package", "json")))
    assert installed(["httpx", "odd"]) == ["httpx"]
    assert skipped(["httpx", "odd"]) == ("the odd one: skipped, no_such_package not installed",)


def test_the_cost_of_an_activation_is_the_median_of_those_that_succeeded() -> None:
    """A case in which none did, or that went wrong, has none."""
    rows = [{"peer": "ours", "at_once": 10, "done": 10, "cpu": cpu} for cpu in (0.01, 0.03, 0.02)]
    rows += [{"peer": "httpx", "at_once": 10, "done": 0, "cpu": 1.0}, {"peer": "plivo-10", "at_once": 10}]
    assert microseconds(rows, "ours", 10) == pytest.approx(2_000)
    assert microseconds(rows, "httpx", 10) is microseconds(rows, "plivo-10", 10) is None


@pytest.mark.parametrize(
    ("file", "package"),
    [
        ("/x/site-packages/httpcore/_async/connection.py", "httpcore"),
        ("/x/site-packages/sniffio.py", "sniffio"),
        ("/x/plivo_async/transport/_lanes.py", "plivo_async"),
        ("/x/tests/benchmarks/peers.py", "the benchmark"),
        ("/usr/lib/python3.11/asyncio/events.py", "asyncio"),
        ("/usr/lib/python3.11/ssl.py", "standard library"),
    ],
)
def test_a_file_belongs_to_a_package(file: str, package: str) -> None:
    """Wherever it is installed."""
    assert package_of(file) == package


def test_what_is_built_in_counts_for_its_caller() -> None:
    """`len` called by httpx is httpx's time."""
    httpx, ours, built_in = ("/site-packages/httpx/a.py", 1, "f"), ("/plivo_async/b.py", 1, "g"), ("~", 0, "len")
    callers = {httpx: (1, 1, 0.2, 0.2), ours: (1, 1, 0.1, 0.1)}
    stats = {httpx: (1, 1, 0.4, 1.0, {}), ours: (1, 1, 0.3, 0.3, {}), built_in: (2, 2, 0.3, 0.3, callers)}
    assert shares(stats) == pytest.approx({"httpx": 60.0, "plivo_async": 40.0})


def test_the_command_knows_its_measurements(capsys: pytest.CaptureFixture[str]) -> None:
    """`--only` takes their names and nothing else."""
    assert arguments(["--only", "import", "profile"]).only == ["import", "profile"]
    with pytest.raises(SystemExit):
        arguments(["--only", "nonsense"])
    assert "invalid choice: 'nonsense'" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        arguments(["--quick", "--markdown"])


@pytest.mark.real_time
@pytest.mark.long
def test_handlers_are_measured_beside_a_batch(capsys: pytest.CaptureFixture[str]) -> None:
    """A small run ends well and prints a table; what it measures is another matter."""
    pytest.importorskip("fastapi")
    figures = handlers.main(["--conferences", "350", "--idle", "1"])
    assert figures["visits"] > 0
    assert "p99 grows by" in capsys.readouterr().out


@pytest.mark.real_time
@pytest.mark.long
def test_a_quick_run_measures_everything(tmp_path: Path) -> None:
    """It ends well, has rows for each measurement, and what it writes can be read."""
    written, drawn = tmp_path / "figures.json", tmp_path / "charts"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "tests.benchmarks", "--quick", "--json", str(written), "--svg", str(drawn)],
        cwd=ROOT,
        env={**kept, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(written.read_text(encoding="utf-8"))
    assert described(result["machine"]) in done.stdout
    [ours] = [row for row in result["measurements"]["said"] if row["peer"] == "batch"]
    assert (ours["live"], ours["failed"]) == (60, 0)
    empty = {name for name, rows in result["measurements"].items() if not rows}
    assert set(result["measurements"]) == {one.name for one in MEASUREMENTS}
    assert empty <= {"cold"}  # it needs trustme
    charts = {f"benchmark-{name}.svg" for name in ("concurrency", "pacing", "stall")}
    assert {path.name for path in drawn.iterdir()} == charts
    for path in drawn.iterdir():
        ET.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314
