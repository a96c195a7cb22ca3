"""What a request waits for."""
