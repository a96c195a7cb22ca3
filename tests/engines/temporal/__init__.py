"""Batches on Temporal."""
