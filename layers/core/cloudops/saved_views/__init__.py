"""The filters of a list under a name, for one person, a team or everyone."""
