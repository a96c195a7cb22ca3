"""One operation: take a permit, send, read what came, decide, wait, and say in the end what is so."""
