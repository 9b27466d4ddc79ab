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
