"""A package, so that pytest ends its site and its browser before other tests come."""
