"""The emulator: faults, limits, and what its tests share."""
