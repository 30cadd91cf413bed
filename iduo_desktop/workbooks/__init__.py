"""Sheets to rows: read in a child process with limits, then understood column by column; no database, no Qt."""
