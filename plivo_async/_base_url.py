"""Where Plivo is, in a file that imports nothing: the command line's help needs it."""

BASE_URL = "https://api.plivo.com"
"""Source: Plivo docs, "API overview"."""
