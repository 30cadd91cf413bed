"""A new person, from what was typed of him."""

from collections.abc import Mapping
from typing import Any

from iduo_desktop import phones
from iduo_desktop.services.contacts import NewContact
from iduo_desktop.ui.widgets.reach_editors import plain_document


def typed_person(surname: str, names: str, typed: Mapping[str, Any], area_code: str) -> NewContact:
    """Whom these fields tell of (document, phone, email); `area_code` for a telephone without one."""
    phone = phones.parse(typed.get("phone", ""), area_code)
    return NewContact(
        surname=surname,
        names=names,
        document=plain_document(typed.get("document", "")),
        phone=phone.typed,
        phone_e164=phone.e164,
        phone_key=phone.search_key,
        phone_kind=phone.kind if phone.typed else "",
        phone_valid=phone.valid,
        email=typed.get("email", ""),
    )
