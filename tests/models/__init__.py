"""What Plivo's answers become."""
