"""The few figures that sum up the other domains."""
