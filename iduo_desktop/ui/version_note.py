"""Which version of the program this is, whom to call, and that there is a newer one, which IT installs."""

from iduo_desktop import __version__
from iduo_desktop.ui.door import Rules
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.top_bar import TopBar

NEWER = "Hay una versión nueva: la instala Informática."


def tell_version(newer: str, rules: Rules, top_bar: TopBar, notice: Notice) -> None:
    """Always in the person's menu; who should have another version is told once, when he comes in."""
    version = f"Versión {__version__}; hay una nueva, la {newer}" if newer else f"Versión {__version__}"
    top_bar.show_program((version, f"Informática: {rules.support}") if rules.support else (version,))
    if newer:
        notice.tell(rules.addressed(NEWER))
