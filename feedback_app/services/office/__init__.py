"""Getting an office live and keeping it so: checklist, units, QR cards, tiers."""
