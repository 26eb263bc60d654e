"""Readers of recorded movement, one file format each; `kind.read` finds the format by content."""
