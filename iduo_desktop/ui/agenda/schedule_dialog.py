"""F9: a call or a task for later, in two keys: when, Enter."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLineEdit, QRadioButton, QWidget

from iduo_desktop.services import agenda
from iduo_desktop.services.agenda import Scheduled
from iduo_desktop.services.staff import Me, Person
from iduo_desktop.terms import Direction
from iduo_desktop.ui.agenda.about import About
from iduo_desktop.ui.agenda.dialog import SAFE, AgendaDialog, moment_problem
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.rights import coordinates, works
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.choice_box import ChoiceBox
from iduo_desktop.ui.widgets.date_box import Clock, DateBox
from iduo_desktop.ui.widgets.elided_label import ElidedLabel
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.shift import Shift

KIND, TITLE = "schedule", "Agendar: "
REMINDERS = ((10, "10 min antes"), (0, "A la hora"), (5, "5 min antes"), (15, "15 min antes"), (30, "30 min antes"))
LONG_REMINDERS = ((60, "1 hora antes"), (1440, "1 día antes"), (-1, "Sin aviso"))
_WHAT = {True: "Motivo del llamado (optativo)", False: "Qué hay que hacer"}


class ScheduleDialog(AgendaDialog):
    """With a case or a person it is a call, unless one says that it is a task; without, a task."""

    def __init__(
        self,
        operations: Operations,
        drafts: Drafts,
        me: Me,
        about: About,
        shift: Shift,
        clock: Clock,
        parent: QWidget | None = None,
    ):
        draft = FormDraft(drafts, KIND, about.case_id or -(about.contact_id or 0), f"{TITLE}{about.text}")
        super().__init__(operations, draft, "Agendar", "Agendar", parent)
        self.setObjectName("schedule_dialog")
        self._about = about
        self.when = DateBox(clock, with_time=True, ahead=True, beside=False, warn=shift.warning)
        self.when.edit.setAccessibleName("Cuándo, obligatorio")
        self.what = QLineEdit(maxLength=200)
        self.what.setObjectName("schedule_what")
        self.call, self.task = QRadioButton("Llamada"), QRadioButton("Tarea")
        self.mine, self.anybody = QRadioButton("Para mí"), QRadioButton("Quien esté")
        self.other = QRadioButton("Otra persona")
        self.person = ChoiceBox()
        self.remind = QComboBox()
        self._coordinates = coordinates(me)
        self._make_parts()
        self._connect()
        self.ready()
        self.when.edit.setFocus()

    def offer(self, people: Iterable[Person]) -> None:
        """The persons that a coordinator may give it to."""
        self.person.set_choices((each.login, each.full_name) for each in people if each.active and works(each))
        if self.draft.restored_at is not None:
            self.person.set_key(str(self.draft.values().get("person") or "") or None)

    @property
    def is_call(self) -> bool:
        """Whether it is a call."""
        return self.call.isChecked()

    @property
    def related(self) -> bool:
        """Whether it is about what was on the screen."""
        return self._about.known and not self.about.isHidden()

    def ask(self) -> Operation[Scheduled]:
        """Plan it with what was typed."""
        said = self.draft.values()
        at = datetime.fromisoformat(str(said["at"]))
        case, contact = (self._about.case_id, self._about.contact_id) if said["about"] else (None, None)
        whom = (str(said["person"]) if said["whom"] == "person" else None, said["whom"] == "anybody")
        remind, what = int(str(said["remind"])), str(said["what"])
        key = self.draft.key
        if said["call"]:
            values = (case, contact, at, Direction.OUTBOUND.value, remind, *whom, what, key, str(said[SAFE]))
            return self.operations.run(self, agenda.plan_call, *values)
        return self.operations.run(self, agenda.add_task, what, at, case, contact, remind, *whom, "", key)

    def values(self) -> Mapping[str, object]:
        moment = self.when.moment()
        if moment is None and not self.when.edit.text() and not self.what.text():
            return {}
        whom = "person" if self.other.isChecked() else "anybody" if self.anybody.isChecked() else "mine"
        return {
            "at": moment.isoformat() if moment is not None else "",
            "when": self.when.edit.text(),
            "what": self.what.text().strip(),
            "call": self.is_call,
            "whom": whom,
            "person": self.person.key() or "",
            "remind": self.remind.currentData(),
            "about": self.related,
            SAFE: self.safe.text().strip(),
        }

    def set_values(self, values: Mapping[str, object]) -> None:
        self.when.edit.setText(str(values.get("when", "")))
        self.what.setText(str(values.get("what", "")))
        (self.call if values.get("call") else self.task).setChecked(True)
        chosen = {"person": self.other, "anybody": self.anybody}.get(str(values.get("whom")), self.mine)
        chosen.setChecked(True)
        self.remind.setCurrentIndex(max(0, self.remind.findData(values.get("remind"))))

    def problem(self) -> tuple[str, QWidget] | None:
        wrong = moment_problem(self.when)
        if wrong is not None:
            return wrong
        if not self.is_call and not self.what.text().strip():
            return "Escribí qué hay que hacer.", self.what
        if self.other.isChecked() and self.person.key() is None:
            return "Elegí la persona.", self.person
        return None

    def field(self, name: str) -> QWidget | None:
        fields: dict[str, QWidget] = {"at": self.when.edit, "due_at": self.when.edit, "assignee": self.person}
        return {**fields, "title": self.what, "note": self.what}.get(name)

    def _make_parts(self) -> None:
        self.row("Cuándo *", self.when, self.when.edit)
        self.when.meaning.setWordWrap(True)
        self.when.meaning.setMinimumHeight(2 * self.when.meaning.fontMetrics().lineSpacing())
        self.below(self.when.meaning)
        if self._about.known:
            self.row("Sobre", self._about_row())
            self.row("Es", self._choice("schedule_kind", self.call, self.task))
        self.row("Qué", self.what)
        self.row("Para", self._choice("schedule_whom", self.mine, self.anybody))
        if self._coordinates:
            self.row("", self._choice_with_person())
        for minutes, text in (*REMINDERS, *LONG_REMINDERS):
            self.remind.addItem(text, minutes)
        self.remind.setObjectName("schedule_remind")
        self.remind.setAccessibleName("Aviso")
        self.row("Aviso", self.remind)
        self.mine.setChecked(True)
        (self.call if self._about.known else self.task).setChecked(True)
        self._name_what()

    def _about_row(self) -> QWidget:
        self.about = QWidget()
        row = QHBoxLayout(self.about)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(ElidedLabel("schedule_about", self._about.text))
        free = button("Sin relacionar", "schedule_unrelate", self._unrelate, role="link")
        free.setAutoDefault(False)
        row.addWidget(free)
        row.addStretch(1)
        return self.about

    def _choice(self, name: str, *choices: QRadioButton) -> FlowLayout:
        group = self.findChild(QButtonGroup, name) or QButtonGroup(self)
        group.setObjectName(name)
        row = FlowLayout(spacing=16)
        for choice in choices:
            group.addButton(choice)
            row.addWidget(choice)
        return row

    def _choice_with_person(self) -> QHBoxLayout:
        group = self.findChild(QButtonGroup, "schedule_whom")
        if isinstance(group, QButtonGroup):
            group.addButton(self.other)
        self.person.setObjectName("schedule_person")
        self.person.setAccessibleName("Para quién")
        row = QHBoxLayout()
        row.addWidget(self.other)
        row.addWidget(self.person, 1)
        return row

    def _connect(self) -> None:
        self.when.changed.connect(self.keep)
        self.what.textEdited.connect(self.keep)
        self.call.toggled.connect(self._name_what)
        self.person.changed.connect(lambda: self.other.setChecked(True) if self.person.hasFocus() else None)
        for choice in (self.call, self.mine, self.anybody, self.other):
            choice.toggled.connect(self.keep)
        self.remind.currentIndexChanged.connect(self.keep)

    def _name_what(self) -> None:
        self.what.setPlaceholderText(_WHAT[self.is_call])
        self.what.setAccessibleName(_WHAT[self.is_call])

    def _unrelate(self) -> None:
        """It is about nothing of what is on the screen: then it is a task."""
        self.about.hide()
        self.task.setChecked(True)
        self.call.setEnabled(False)
        self.what.setFocus()
