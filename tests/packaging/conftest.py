"""What is in ``foreign`` are the tests of somebody else's project."""

collect_ignore = ["foreign"]
