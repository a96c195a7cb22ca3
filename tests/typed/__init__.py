"""Samples for the type checkers; never run."""
