"""The console program, as a child process."""
