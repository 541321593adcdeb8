"""What an analyst has in a notebook besides the report itself: completion, cards, and all reports as one DataFrame."""
