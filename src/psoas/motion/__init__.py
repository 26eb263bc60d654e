"""Recordings as read, and motions of the model's coordinates; a posture is a motion of one frame."""
