"""A project on disk: its agencies, its parameter files and its notebooks."""
