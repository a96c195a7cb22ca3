"""XML that goes out."""
