"""Chats of the site: who waits, those one attends, and what is written in them."""
