"""Sheets to rows and rows to sheets."""
