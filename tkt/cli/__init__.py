"""What people type: click lives here only."""
