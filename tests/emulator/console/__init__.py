"""The console of the emulator."""
