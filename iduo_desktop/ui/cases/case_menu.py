"""Everything that can be done with a case and its list, in a menu: for the mouse, and where the panel is folded."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QMenu

from iduo_desktop.services.staff import Me
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.cases.parts import CasesParts
from iduo_desktop.ui.cases.rights import Case, Verb, right
from iduo_desktop.ui.rights import Right, coordinates, works
from iduo_desktop.ui.widgets.tips import tip

_VERBS = (
    (Verb.CONTACT, "Registrar contacto", "log_contact"),
    (Verb.TAKE, "Tomar", "take"),
    (Verb.RELEASE, "Liberar", "take"),
    (Verb.TAKE_OVER, "Quitar a otro…", ""),
    (Verb.MOVE, "Mover a…", ""),
    (Verb.EXTEND, "Dar prórroga…", ""),
    (Verb.CLOSE, "Cerrar caso", "close_case"),
    (Verb.REOPEN, "Reabrir caso…", ""),
)
_SORTS = (
    ("work", "Orden de trabajo"),
    ("client", "Por cliente"),
    ("debt", "Por deuda"),
    ("cutoff", "Por fecha de corte"),
    ("contact", "Por último contacto"),
)


def case_menu(
    parent: CasesParts,
    me: Me,
    case: Case | None,
    do: Callable[[Verb], object],
    create: Callable[[], object],
    sort: Callable[[str], object],
) -> QMenu:
    """The menu for this case (None: no line is chosen); it goes away by itself."""
    menu = QMenu(parent)
    menu.setObjectName("case_menu")
    menu.setToolTipsVisible(True)
    menu.aboutToHide.connect(menu.deleteLater)
    for verb, text, key in _VERBS if case is not None else ():
        given = right(verb, case, me) if case is not None else Right(offered=False)
        if given.offered:
            # the tab shows the key beside the text, without making it a second shortcut
            action = menu.addAction(f"{text}\t{shown(key)}" if key else text, partial(do, verb))
            action.setObjectName(f"menu_{verb.value}")
            action.setEnabled(given.granted)
            action.setToolTip(tip(given.reason))
    menu.addSeparator()
    if works(me):
        menu.addAction("Nuevo caso…", create).setObjectName("menu_create")
    if coordinates(me):
        menu.addAction("Pasar varios casos a otra persona…", parent.several_asked.emit).setObjectName("menu_several")
    orders = menu.addMenu("Ordenar la lista")
    for name, text in _SORTS:
        orders.addAction(text, partial(sort, name)).setObjectName(f"menu_sort_{name}")
    return menu
