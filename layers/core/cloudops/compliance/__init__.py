"""Governance: what must hold of resources, where it does not, and who accepted that until when."""
