"""Who may change what, the change itself, and the proof of it."""
