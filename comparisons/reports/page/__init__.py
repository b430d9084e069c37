"""The report: what a run or a study found, as one page that needs nothing else."""
