"""Published reports, read into figures and texts."""
