"""What a notebook shows: the statutory tables, the texts, charts, findings."""
