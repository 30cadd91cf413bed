"""Whether something is offered to somebody, and why it cannot be done now."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Right:
    """Whether a verb is offered at all, and why it cannot be done now; "" when it can."""

    offered: bool
    reason: str = ""

    @property
    def granted(self) -> bool:
        """True when it can be done now."""
        return self.offered and not self.reason
