"""What a person sees: the text of a failure, tables, pages and pictures."""
