"""The web chat from both sides: the real gateway, the real server, real browsers."""
