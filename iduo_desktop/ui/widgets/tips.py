"""Tooltips show letters, never a document: a name that somebody typed must not load a picture from another machine."""

from html import escape


def tip(text: str) -> str:
    """The text of a tooltip for what people wrote; Qt takes for a document whatever looks like one."""
    return f"<p style='white-space: pre-wrap'>{escape(text)}</p>" if "<" in text else text
