"""What a request waits for: a permit, a place, its turn; and the clock that all of it is told by."""
