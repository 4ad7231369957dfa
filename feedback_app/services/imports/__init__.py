"""Files coming in: whole or not at all, every bad cell named."""
