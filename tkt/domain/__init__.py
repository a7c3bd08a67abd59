"""What a ticket is and what may happen to it: pure, without library, clock or disk."""
