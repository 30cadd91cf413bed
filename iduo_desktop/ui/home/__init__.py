"""The first page: one's day."""
