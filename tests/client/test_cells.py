"""Cells that a spreadsheet would take for formulas."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async import Activation, ActivationOutcome, ActivationReport
from plivo_async.shown._cells import defused, restored

FORMULAS = ["=1+1", "+14151234567", "-2+3", "@SUM(1)", "\t=1", "\r=1", "'=1", "''@x"]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_defused(text: str) -> None:
    """And come back as they were."""
    assert defused(text) == f"'{text}"
    assert restored(defused(text)) == text


@pytest.mark.parametrize("text", ["", "a", "a=1", "'", "'a", "1-2", " =1"])
def test_all_else_stays(text: str) -> None:
    """Names are data."""
    assert (defused(text), restored(text)) == (text, text)


@given(st.text("=+-@\t\r'a"))
def test_every_text_comes_back(text: str) -> None:
    """No two texts become one cell, and none begins a formula."""
    assert restored(defused(text)) == text
    assert not defused(text).startswith(tuple("=+-@\t\r"))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_report_has_no_formula(text: str) -> None:
    """Neither as a name nor as an error, which may repeat what a server said; JSON has it as it is."""
    one = Activation(0, text, None, ActivationOutcome.NOT_FOUND, error=ValueError(text))
    report = ActivationReport([one], 1.0)
    [row] = csv.DictReader(io.StringIO(report.to_csv(), newline=""))
    assert (row["name"], row["error"]) == (f"'{text}", f"'{text}")
    assert report.to_dict()["activations"][0]["name"] == text
