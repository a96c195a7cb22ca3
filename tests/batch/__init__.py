"""Many conferences: batches, streams, ledgers, reports."""
