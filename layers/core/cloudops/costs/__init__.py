"""What the cloud costs: deliveries of bills, charges, daily rollups."""
