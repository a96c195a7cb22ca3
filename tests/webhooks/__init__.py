"""Callbacks that come in."""
