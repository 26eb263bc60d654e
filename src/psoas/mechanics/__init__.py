"""Postures and movements into demands, demands into loads."""
