"""This machine: settings, processor, versions, and files that are written whole."""
