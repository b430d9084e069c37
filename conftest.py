"""The options and the shared fixture layer, which ``crossgrad verify`` has wherever it runs."""

pytest_plugins = ["crossgrad.comparisons.suite.plugin"]
