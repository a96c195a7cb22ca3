"""What commands do, apart from their options and their help: imported when a command runs, and not for its help."""
