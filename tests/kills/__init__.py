"""The program killed while somebody types, and what is there afterwards."""
