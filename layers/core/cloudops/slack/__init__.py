"""Slack as a channel: cards of alerts and plans, kept up to date, on which members decide."""
