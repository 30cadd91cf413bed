"""The top of the window: brand, search, connection and the person with his menu; always in the same place."""

from collections.abc import Iterable
from datetime import datetime

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from iduo_desktop.services.staff import Me
from iduo_desktop.terms import Role
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.icons import icon
from iduo_desktop.ui.omnibox import Omnibox
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.badge import test_badge
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.menu_button import MenuButton
from iduo_desktop.ui.widgets.tips import tip

SCHEMES = {"system": "Como el sistema", "light": "Claro", "dark": "Oscuro"}
DENSITIES = {"": "Según la pantalla", "compact": "Compacta", "normal": "Normal", "wide": "Amplia"}
DIALS = {"tel": "Programa de teléfono (tel:)", "sip": "Central SIP (sip:)", "copy": "Solo copiar el número"}
NARROW = 800
CALLER, ROOMY = 180, 1100


class TopBar(QWidget):
    """Says what was chosen in the person's menu; it decides nothing."""

    scheme_chosen = Signal(str)
    density_chosen = Signal(str)
    dial_chosen = Signal(str)
    password_requested = Signal()
    lock_requested = Signal()
    sign_out_requested = Signal()
    call_requested = Signal()

    def __init__(self, omnibox: Omnibox, me: Me, parent: QWidget | None = None, *, calls: bool = False):
        super().__init__(parent)
        self.setObjectName("top_bar")
        mark(self, surface="top")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.connection = label(name="connection", wraps=False)
        self.call = _call_button()
        self.call.clicked.connect(self.call_requested)
        self._who, self._since = "", ""
        self.schemes = self._choices("theme", SCHEMES, self.scheme_chosen)
        self.densities = self._choices("density", DENSITIES, self.density_chosen)
        self.dials = self._choices("dial", DIALS, self.dial_chosen)
        self.person = _person_button(me, self._menu(me))
        omnibox.setMaximumWidth(560)
        omnibox.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 4, 12, 4)
        layout.setSpacing(16)
        layout.addWidget(label("iduo", "title", "brand", wraps=False))
        if me.test_database:
            layout.addWidget(test_badge(), 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(omnibox, 3)
        layout.addStretch(1)
        layout.addWidget(self.call)
        layout.addWidget(self.connection)
        layout.addWidget(self.person)
        self.call.setVisible(calls)
        self.show_online()
        self.show_call("", "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the search has it."""
        super().resizeEvent(event)
        style = Qt.ToolButtonStyle
        narrow = self.width() < NARROW
        self.person.setToolButtonStyle(style.ToolButtonIconOnly if narrow else style.ToolButtonTextBesideIcon)
        self.show_call(self._who, self._since)

    def show_online(self) -> None:
        """The server answers."""
        self._say("● Conectado", "ok", "El servidor responde.")

    def show_offline(self, since: datetime) -> None:
        """The server does not answer since this moment."""
        self._say("○ Sin conexión", "warning", f"Desde las {formats.clock(since)}; reintentamos solos.")

    def show_call(self, who: str, since: str) -> None:
        """The call one is in, «☎ 02:13  GÓMEZ, Ana»; empty without one."""
        self._who, self._since = who, since
        key = shown("call_card")
        narrow = self.width() < NARROW
        measure = self.call.fontMetrics()
        name = "" if self.width() < ROOMY else measure.elidedText(who, Qt.TextElideMode.ElideRight, CALLER)
        free = "☎" if narrow else f"☎ {key}" if self.width() < ROOMY else f"☎ Sin llamada  {key}"
        self.call.setText(f"☎ {since}  {name}".rstrip() if since else free)
        self.call.setAccessibleName(f"Llamada de {who}" if since else "Cargar una llamada")
        self.call.setToolTip(tip(f"{who} ({key})") if since else f"Cargar una llamada a mano ({key})")
        mark(self.call, role="call" if since else "secondary")

    def show_chosen(self, scheme: str, density: str) -> None:
        """Tick what is worn."""
        for group, chosen in ((self.schemes, scheme), (self.densities, density)):
            for action in group.actions():
                action.setChecked(action.data() == chosen)

    def show_dial(self, way: str, why: str = "") -> None:
        """Tick what calls here; `why`: somebody else chose it."""
        for action in self.dials.actions():
            action.setChecked(action.data() == way)
            action.setEnabled(not why)
        if why:
            self._dialling.setTitle(f"{self._dialling.title()} ({why[:1].lower()}{why[1:]})")

    def show_program(self, lines: Iterable[str]) -> None:
        """At the end of the menu: which version this is, and whom to call."""
        for text in lines:
            self.person.drop.addAction(text).setEnabled(False)

    def _say(self, text: str, role: str, why: str) -> None:
        self.connection.setText(text)
        self.connection.setToolTip(why)
        mark(self.connection, role=role)

    def _choices(self, name: str, labels: dict[str, str], chosen: SignalInstance) -> QActionGroup:
        group = QActionGroup(self)
        for value, text in labels.items():
            action = QAction(text, group)
            action.setObjectName(f"{name}_{value or 'auto'}")
            action.setCheckable(True)
            action.setData(value)
        group.triggered.connect(lambda action: chosen.emit(action.data()))
        return group

    def _menu(self, me: Me) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("person_menu")
        roles = " y ".join(Role(role).label for role in me.roles)
        menu.addAction(f"{me.full_name} · {roles}").setEnabled(False)
        for title, group in (("Tema", self.schemes), ("Densidad", self.densities)):
            menu.addMenu(title).addActions(group.actions())
        self._dialling = menu.addMenu("Llamar con")
        self._dialling.addActions(self.dials.actions())
        menu.addSeparator()
        for text, name, signal in (
            ("Cambiar la contraseña…", "change_password", self.password_requested),
            ("Bloquear la pantalla", "lock", self.lock_requested),
            ("Salir", "sign_out", self.sign_out_requested),
        ):
            action = menu.addAction(text)
            action.setObjectName(name)
            action.triggered.connect(signal)
        return menu


def _call_button() -> QToolButton:
    button = QToolButton()
    button.setObjectName("current_call")
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setMinimumHeight(32)
    return button


def _person_button(me: Me, menu: QMenu) -> MenuButton:
    button = MenuButton("person", menu)
    button.setText(f"{me.full_name} ▾")
    button.setAccessibleName(f"Menú de {me.full_name}")
    button.setToolTip(tip(f"{me.full_name} ({me.login})"))
    button.setIcon(icon("account"))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setMinimumHeight(32)
    return button
