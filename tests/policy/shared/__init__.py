"""The rules of a shared budget."""
