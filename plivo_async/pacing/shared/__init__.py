"""One budget for many processes: the store, the thread that trades with it, and the gates that it serves."""
