"""What something in the agenda is about: the case or the person that was on the screen."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class About:
    """A case, a contact, or both; `text` is how people call it."""

    case_id: int | None = None
    contact_id: int | None = None
    text: str = ""

    @property
    def known(self) -> bool:
        """Whether it is about anything at all."""
        return self.case_id is not None or self.contact_id is not None
