"""Long runs in blocks, kept in a folder: ``crossgrad study``, and the engine of false alarms."""
