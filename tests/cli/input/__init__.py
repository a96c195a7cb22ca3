"""The command line: what people give."""
