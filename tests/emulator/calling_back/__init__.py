"""What the emulator sends of its own accord."""
