"""How a request reaches the emulator."""
