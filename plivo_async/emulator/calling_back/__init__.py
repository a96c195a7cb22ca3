"""Plivo's own requests: what is told of its own accord is signed and sent, and XML that comes back is carried out."""
