"""The pages over all reports."""
