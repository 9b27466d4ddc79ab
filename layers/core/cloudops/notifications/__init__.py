"""What people are told outside of the product, and whether it arrived."""
