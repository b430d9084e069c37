"""This machine: the settings of a run, processor and versions, files that are whole or not there."""
