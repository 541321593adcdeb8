"""Files of every kind (HTML, Word, PDF, text) read as one simple document of headings, paragraphs and tables."""
