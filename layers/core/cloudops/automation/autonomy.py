"""How a kind of change earns that the system makes it on its own, and loses it."""

SUCCESSES_NEEDED = 3


def has_earned(successes_in_a_row: int) -> bool:
    """The last ones, whoever allowed them, all verified; one that failed or was rolled back takes it away."""
    return successes_in_a_row >= SUCCESSES_NEEDED
