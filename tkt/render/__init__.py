"""Values turned into text: for people, for machines, for pages."""
