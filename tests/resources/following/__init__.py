"""What follows conferences, participants and calls."""
