"""An executed notebook as files: the pages, the notebook itself, and data for programs."""
