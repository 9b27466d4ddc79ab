"""How long is waited for what. Constants of the engine, apart from it so that they can be read in one place."""

from datetime import timedelta

# What AWS shows may lag behind what it did; within this time "unchanged" proves nothing.
READS_LAG = timedelta(seconds=60)
# A resource that is still on its way after this is taken to be stuck.
PATIENCE = timedelta(minutes=45)
# Until a read is made again of what is on its way.
LOOK_AGAIN = timedelta(seconds=20)
# Until a call is made again that AWS had no room for.
ASK_AGAIN = timedelta(seconds=30)
# Until the kill switch is looked at again.
HELD = timedelta(minutes=5)
# A call that was made this often and never landed is given up.
MOST_ATTEMPTS = 3
# From so many strides in a row on that brought it no further somebody is told; after so many it ends.
STALLS_UNTOLD = 3
MOST_STALLS = 12
LONGEST_BACKOFF = timedelta(days=1)
# What could not even be planned in this time is not wanted any more.
PLANNED_WITHIN = timedelta(days=7)


def backoff(stalls: int) -> timedelta:
    """Longer each time, so that what is refused for a day is asked for twelve times and not three thousand."""
    return min(ASK_AGAIN * (1 << stalls), LONGEST_BACKOFF)
