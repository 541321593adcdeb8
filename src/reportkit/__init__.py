"""The analyst's face of reportkit: what a notebook needs, and no more."""
