"""Persons: the list by name, the record of one of them, and two records that are one person."""
