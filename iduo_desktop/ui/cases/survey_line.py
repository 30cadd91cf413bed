"""«Datos verificados hoy» in one key, and the menu of the other surveys."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from iduo_desktop.services.surveys import SurveyRow
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.rights import Right
from iduo_desktop.ui.widgets.buttons import small
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import say, sentence


class SurveyLine(QWidget):
    """Buttons that are there only while there is any survey: `verify_asked` and, for another one, `survey_asked`.

    `beside` stands on the same line, to save room.
    """

    verify_asked = Signal()
    survey_asked = Signal(object)

    def __init__(self, clock: Clock, beside: QWidget, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("survey_line")
        self._clock = clock
        self._surveys: tuple[SurveyRow, ...] = ()
        self._verify = small("Datos verificados", "verify", self.verify_asked.emit, key=shown("verify_selected"))
        self._menu = small("Encuestas", "surveys", self.pop, key=shown("surveys_selected"))
        self._said = sentence("ok", "verified_said")
        self._said.setWordWrap(False)
        flow = FlowLayout(self, 6)
        for widget in (self._verify, self._menu, beside, self._said):
            flow.addWidget(widget)
        self.show_surveys(())

    @property
    def verification(self) -> SurveyRow | None:
        """The survey that «Datos verificados hoy» answers."""
        return next((survey for survey in self._surveys if survey.verification), None)

    def show_surveys(self, surveys: tuple[SurveyRow, ...]) -> None:
        """Show which there are, and when this client's data were verified last."""
        self._surveys = surveys
        self._verify.setVisible(self.verification is not None)
        self._menu.setVisible(bool(self._others()))
        say(self._said, *self._verified())

    def allow(self, right: Right) -> None:
        """Say whether they can be filled now, and why not."""
        for made, tip in ((self._verify, f"Datos verificados hoy ({shown('verify')})"), (self._menu, _TIP)):
            made.setEnabled(right.granted)
            made.setToolTip(right.reason or tip)

    def pop(self) -> None:
        """The menu of the surveys, below its button."""
        if self._others() and self._menu.isEnabled():
            menu = QMenu(self)
            menu.setObjectName("survey_menu")
            menu.aboutToHide.connect(menu.deleteLater)
            for survey in self._others():
                text = survey.title.replace("&", "&&") + self._when(survey)
                action = menu.addAction(text, partial(self.survey_asked.emit, survey))
                action.setObjectName(f"survey_{survey.form_id}")
            # with the panel folded away the key still works: then in the middle of the window
            at = self._menu if self._menu.isVisible() else self.window()
            menu.popup(at.mapToGlobal(at.rect().bottomLeft() if at is self._menu else at.rect().center()))
            menu.setActiveAction(menu.actions()[0])

    def _others(self) -> list[SurveyRow]:
        return [survey for survey in self._surveys if not survey.verification]

    def _when(self, survey: SurveyRow) -> str:
        return f"  ·  {formats.when(survey.answered_at, self._clock())}" if survey.answered_at else ""

    def _verified(self) -> tuple[str, str]:
        at = self.verification.answered_at if self.verification else None
        if at is None:
            return "", "secondary"
        if formats.here(at).date() == self._clock().date():
            return f"Datos verificados hoy · {formats.clock(at)}", "ok"
        return f"Datos verificados el {formats.day(formats.here(at).date())}", "secondary"


_TIP = f"Encuestas ({shown('surveys')})"
