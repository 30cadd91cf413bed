"""Widgets and windows, offscreen, a few on a virtual screen with real keys."""
