"""Showback: what each team, unit, group and service costs, and per unit of business."""
