"""A person's name as it is typed in one line, in its two parts."""

from dataclasses import dataclass

from iduo_desktop.ui.widgets.moments import fold

_PARTICLES = {
    "de",
    "del",
    "la",
    "las",
    "los",
    "da",
    "das",
    "do",
    "dos",
    "di",
    "van",
    "von",
    "der",
    "mc",
    "san",
    "santa",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in its two parts."""

    surname: str
    names: str

    def __str__(self) -> str:
        return f"{self.surname}, {self.names}" if self.names else self.surname


def read_name(typed: str) -> Name:
    """Surname and names. Without a comma the surname comes first: «Gómez Ana», «De la Fuente Eva»; all of one word."""
    before, comma, after = typed.partition(",")
    if comma:
        return Name(" ".join(before.split()), " ".join(after.split()))
    words = typed.split()
    parts = next((at for at, word in enumerate(words) if fold(word) not in _PARTICLES), len(words) - 1) + 1
    return Name(" ".join(words[:parts]), " ".join(words[parts:]))
