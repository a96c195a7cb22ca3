"""The client as a whole: options, errors, secrets, cancellation, what is public."""
