"""What a person sees: the text of a failure, the closing table, the results file."""
