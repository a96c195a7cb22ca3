"""Conferences, participants, phones and recordings, and what becomes of them: no I/O."""
