"""Plivo's official SDK, driven against the emulator and beside ours."""
