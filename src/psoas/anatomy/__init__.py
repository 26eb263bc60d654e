"""Bones, muscles, ligaments and discs of one person."""
