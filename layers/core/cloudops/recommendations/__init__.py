"""What could cost less, run leaner or be owned better: checks, their findings and what became of them."""
