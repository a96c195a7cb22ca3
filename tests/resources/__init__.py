"""The methods that people call."""
