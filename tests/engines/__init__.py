"""Batches on many machines."""
