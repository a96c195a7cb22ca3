"""How a byte leaves."""
