"""Norms and limits as cited tables: what a joint bears, what a muscle holds out, scores of lifting and of posture."""
