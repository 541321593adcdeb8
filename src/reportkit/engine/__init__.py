"""A papermill engine that runs any Python notebook in a process forked from a warm one."""
