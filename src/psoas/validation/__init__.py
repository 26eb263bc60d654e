"""The validation suite: published measurements and physics, each held against the model."""
