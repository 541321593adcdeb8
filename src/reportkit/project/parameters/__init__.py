"""Parameter files: read strictly, written back with a person's comments kept."""
