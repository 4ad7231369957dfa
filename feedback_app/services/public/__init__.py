"""What everybody may see of closed surveys."""
