"""What somebody's own test of a kernel lets through: ``crossgrad.vacuity`` (docs/vacuity.md)."""
