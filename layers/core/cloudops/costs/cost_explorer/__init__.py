"""Cost Explorer as a source of bills: asked daily, within a budget of calls, since each costs money."""
