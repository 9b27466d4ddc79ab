class LocalError(Exception):
    """Something the person at the terminal can act on; its text is all that is printed."""
