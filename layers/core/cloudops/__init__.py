"""CloudOps Guardrails: what the cloud costs, how well it runs, and what to do about it."""
