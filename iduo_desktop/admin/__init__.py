"""iduo-admin: the console program for those who run the database."""
