"""What people see: lines, live displays, summaries; help, colours and widths."""
