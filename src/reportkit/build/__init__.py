"""Building reports: one, or many at once."""
