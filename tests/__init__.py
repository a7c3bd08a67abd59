"""The tests: one folder per room of tkt, with the same names."""
