"""What is told of what happens: events for an observer, the log, figures."""
