"""The programs in docs/examples run."""
