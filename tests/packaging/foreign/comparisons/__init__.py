"""Somebody's own."""

NAME = "theirs"
