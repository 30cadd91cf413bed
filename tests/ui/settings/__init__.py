"""Tests of the settings: real logins, and the keyboard only."""
