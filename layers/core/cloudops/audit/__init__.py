"""The trail: who did what, when, with old and new values."""
