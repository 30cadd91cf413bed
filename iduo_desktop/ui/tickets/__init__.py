"""Messages: the lists by state, one ticket with its answer, and the back office."""
