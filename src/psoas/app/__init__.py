"""The local app: a recording, a scenario or a saved answer in three dimensions, with what-if sliders."""
