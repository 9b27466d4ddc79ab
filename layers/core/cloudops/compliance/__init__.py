"""What has to hold of resources, where it does not, and who accepted that."""
