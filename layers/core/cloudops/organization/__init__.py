"""Who owns what: business groups, units, teams and their members, and the catalogue of services."""
