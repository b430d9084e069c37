"""What runs leave behind: results, baselines, blocks of long runs."""
