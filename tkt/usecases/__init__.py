"""What tkt can do: says what happens, and asks Protocols for help."""
