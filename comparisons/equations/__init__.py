"""The equations of the book, each held to what a backend reports of it; and planted faults."""
