"""A case: one person, one posture or movement, what is around them, and what is changed."""
