"""Studies: one file answers one question, and its signature is its command."""
