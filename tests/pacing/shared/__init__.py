"""One budget for many processes."""
