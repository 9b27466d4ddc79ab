"""Required tags: which resources lack them, what that costs, and what they probably should be."""
