"""What a request waits for: a permit, a place, those who asked before; and the clock for all of it."""
