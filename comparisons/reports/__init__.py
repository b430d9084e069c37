"""What a person sees: failures, tables, pages and pictures."""
