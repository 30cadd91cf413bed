"""Keys by what they do, however the keyboard calls them."""

from PySide6.QtCore import Qt

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
# how far along each leads
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
# with nothing held down; digits and Enter of the keypad say where they are
PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
