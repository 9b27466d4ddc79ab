"""Tenants, their people and projects."""
