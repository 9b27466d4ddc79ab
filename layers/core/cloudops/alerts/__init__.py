"""Alerts: anomalies grouped into what people work on."""
