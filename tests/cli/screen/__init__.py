"""The command line: what people see."""
