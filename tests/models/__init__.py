"""Plain models of what must be true, and machines that play against the real server until one of both is wrong."""
