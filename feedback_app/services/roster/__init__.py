"""The roster: look at it, change it by one person or by two, repeat it, know its days."""
