"""psoas."""
