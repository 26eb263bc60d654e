"""Reports of saved or fresh results; they know nothing of how a result was computed."""
