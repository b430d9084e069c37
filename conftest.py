"""The options and the shared fixture layer: those that ``crossgrad verify`` loads too."""

pytest_plugins = ["crossgrad.comparisons.suite.plugin"]
