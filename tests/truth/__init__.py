"""Random faults, and the emulator's truth as the judge."""
