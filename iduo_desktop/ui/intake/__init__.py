"""A call comes in, a message is taken, a number goes out."""
