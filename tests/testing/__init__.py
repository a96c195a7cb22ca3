"""Tests of what tests get."""
