"""What tests of writing share: a client who can be reached, and programs of the PC that note what they open."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from tests.services.world import World

MAIL, MOBILE, FIXED = "ana@ejemplo.com.ar", "+5493416124410", "+543414218890"


class Programs(QObject):
    """Stands where softphone, mail program and browser would; notes what each was opened with."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self._schemes: tuple[str, ...] = ()

    def install(self, schemes: Iterable[str]) -> None:
        """Take these kinds of links from now on."""
        self._schemes = tuple(schemes)
        for scheme in self._schemes:
            QDesktopServices.setUrlHandler(scheme, self, "take")  # type: ignore[arg-type]  # by its name

    def remove(self) -> None:
        """The system's own again."""
        for scheme in self._schemes:
            QDesktopServices.unsetUrlHandler(scheme)

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        """A program was opened."""
        self.opened.append(bytes(url.toEncoded().data()).decode())


def reachable_client(world: World, **values: object) -> int:
    """A client with a mail, a mobile and a fixed line; her id."""
    given = {"surname": "GÓMEZ", "names": "Ana", "debt": 48310, **values}
    company = world.company(**given)
    world.insert("company_email", {"company_id": company, "address": MAIL, "valid": True})
    for number, kind in ((FIXED, "fixed"), (MOBILE, "mobile")):
        key = number[-10:]
        phone = {"company_id": company, "typed": number, "e164": number, "search_key": key, "kind": kind, "valid": True}
        world.insert("company_phone", phone)
    return company
