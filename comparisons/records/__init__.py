"""What runs leave behind: results, baselines, and the finished blocks of long runs."""
