"""Async client for Plivo Multiparty Calls."""
