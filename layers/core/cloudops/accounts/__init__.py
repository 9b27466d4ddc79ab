"""Cloud accounts that are read through a role, and the data sources that bills are read from."""
