"""How long closed rows stay, and the archives that they go to."""
