"""Savings: what changes really saved, measured on later bills."""
