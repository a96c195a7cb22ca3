"""The emulator's conferences, phones and recordings."""
