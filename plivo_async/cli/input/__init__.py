"""What people give: files of names, times, limits and faults, as they are written."""
