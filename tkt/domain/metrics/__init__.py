"""What reports count, each number defined once."""
