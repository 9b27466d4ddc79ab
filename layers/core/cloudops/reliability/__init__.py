"""How well the cloud runs: time series of errors and latency."""
