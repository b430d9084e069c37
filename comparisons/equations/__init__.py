"""The equations of the book, held to what is reported; and planted faults."""
