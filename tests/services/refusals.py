"""How a test asks for a refusal: what it says, and of which field."""

from collections.abc import Callable

import pytest

from iduo_desktop.database.errors import FieldError, UserError


def refusal(call: Callable[..., object], *values: object) -> str:
    """The sentence with which a call is refused."""
    with pytest.raises(UserError) as refused:
        call(*values)
    return refused.value.message


def refused_field(call: Callable[..., object], *values: object) -> tuple[str | None, str]:
    """The field and the sentence with which a call is refused."""
    with pytest.raises(FieldError) as refused:
        call(*values)
    return refused.value.field, refused.value.message
