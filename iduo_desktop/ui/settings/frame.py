"""«Configuración»: a list of pages at the left, the chosen one at the right; the pages know the rest."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QStackedWidget, QWidget

from iduo_desktop.services.staff import Me
from iduo_desktop.ui import actions
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.settings.audit import AccessPage, AuditPage
from iduo_desktop.ui.settings.calendar import CalendarPage
from iduo_desktop.ui.settings.form_builder import FormBuilderPage
from iduo_desktop.ui.settings.messaging import MessagingPage
from iduo_desktop.ui.settings.no_contact import NoContactPage
from iduo_desktop.ui.settings.page import Office, Page
from iduo_desktop.ui.settings.pause_reasons import PauseReasonsPage
from iduo_desktop.ui.settings.people import PeoplePage
from iduo_desktop.ui.settings.person_data import PersonDataPage
from iduo_desktop.ui.settings.promotions import PromotionsPage
from iduo_desktop.ui.settings.quiet_hours import QuietHoursPage
from iduo_desktop.ui.settings.results import ResultsPage
from iduo_desktop.ui.settings.routes import RoutesPage
from iduo_desktop.ui.settings.scales import ScalesPage
from iduo_desktop.ui.settings.scripts import ScriptsPage
from iduo_desktop.ui.settings.surveys import SurveysPage
from iduo_desktop.ui.settings.teams import TeamsPage
from iduo_desktop.ui.settings.templates import TemplatesPage
from iduo_desktop.ui.settings.topics import TopicsPage
from iduo_desktop.ui.settings.try_contact import TryContactPage
from iduo_desktop.ui.settings.values import ValuesPage
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fitting_scroll import FillingScroll

PAGES: tuple[type[Page], ...] = (
    PeoplePage,
    TeamsPage,
    PauseReasonsPage,
    FormBuilderPage,
    ResultsPage,
    ScalesPage,
    QuietHoursPage,
    NoContactPage,
    TryContactPage,
    PromotionsPage,
    SurveysPage,
    TopicsPage,
    RoutesPage,
    ScriptsPage,
    TemplatesPage,
    MessagingPage,
    CalendarPage,
    ValuesPage,
    AuditPage,
    AccessPage,
    PersonDataPage,
)
_WIDTH = 188
_ROW = 32


def may_configure(me: Me) -> bool:
    """Whether this person sees «Configuración» at all."""
    return bool(pages_for(me))


def pages_for(me: Me) -> tuple[type[Page], ...]:
    """The pages that this person has, in their order."""
    return tuple(page for page in PAGES if page.roles & {*me.roles})


class SettingsFrame(QWidget):
    """A page of the window for administrators; coordinators have of it what is theirs."""

    def __init__(self, operations: Operations, me: Me, notice: Notice, drafts: Drafts, clock: Clock):
        super().__init__()
        self.setObjectName("settings")
        self.setAccessibleName("Configuración")
        self._office = Office(operations, me, notice, drafts, clock)
        self.titles = QListWidget()
        self.titles.setObjectName("settings_pages")
        self.titles.setAccessibleName("Partes de la configuración")
        self._kinds = pages_for(me)
        for page in self._kinds:
            item = QListWidgetItem(page.title, self.titles)
            item.setSizeHint(QSize(0, _ROW))
            item.setToolTip(page.title)
        self.titles.setFixedWidth(_WIDTH)
        self.titles.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        mark(self.titles, surface="panel")
        self.pages = QStackedWidget()
        self._made: dict[int, Page] = {}
        self._places: dict[int, FillingScroll] = {}
        self._shown = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.titles)
        row.addWidget(self.pages, 1)
        self.titles.setCurrentRow(0)
        self._open(0)
        self.titles.currentRowChanged.connect(self._choose)
        self.titles.itemActivated.connect(lambda _item: self.page.begin())
        actions.make(self, "save", self.save)

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self._made[self._shown]

    def begin(self) -> None:
        """Take the keyboard."""
        self.titles.setFocus()

    def zones(self) -> tuple[QWidget, ...]:
        """Where F6 goes."""
        return (self.titles, self.pages)

    def save(self) -> None:
        """Ctrl+Enter."""
        self.page.save()

    def refresh(self) -> None:
        """F5."""
        self.page.refresh()

    def leave(self, go: Callable[[], object]) -> None:
        """Go, unless something typed is not saved: then ask first."""
        self.page.leave(go)

    def _choose(self, at: int) -> None:
        if at in {self._shown, -1}:
            return
        if self.page.is_dirty():
            self._point(self._shown)
            self.page.leave(lambda: self._go(at))
        else:
            self._open(at)

    def _go(self, at: int) -> None:
        self._point(at)
        self._open(at)
        self.titles.setFocus()

    def _point(self, at: int) -> None:
        self.titles.blockSignals(True)
        self.titles.setCurrentRow(at)
        self.titles.blockSignals(False)

    def _open(self, at: int) -> None:
        if at not in self._made:
            self._made[at] = self._kinds[at](self._office)
            self._places[at] = FillingScroll(self._made[at])
            self.pages.addWidget(self._places[at])
        self._shown = at
        self.pages.setCurrentWidget(self._places[at])
