"""The rules of the house that no linter knows: sizes, words that may not appear, what is loaded when."""

from pathlib import Path

import iduo_desktop


def test_version() -> None:
    """The package has a version of three numbers, as an installer needs it."""
    assert len(iduo_desktop.__version__.split(".")) == 3
    assert Path(iduo_desktop.__file__).is_file()
