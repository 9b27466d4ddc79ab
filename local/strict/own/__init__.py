"""Services that the emulation lacks, answered from what a test or the demo seeds."""
