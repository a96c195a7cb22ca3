"""What may be shown, and how: secrets never, numbers masked, text of others on terminals, in tables and as JSON."""
