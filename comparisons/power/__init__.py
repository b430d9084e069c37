"""The power of the suite, measured: what it catches, what others catch, and false alarms."""
