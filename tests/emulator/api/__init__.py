"""The emulator's API: what it answers to a request."""
