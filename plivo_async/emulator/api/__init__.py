"""What Plivo's API makes of a request: from bytes to the world and back, without I/O."""
