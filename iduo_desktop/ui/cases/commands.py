"""What one does with a case from the list or the panel: one command or one dialog each, and its undo."""

from functools import partial
from uuid import uuid4

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from iduo_desktop.database.errors import UserError
from iduo_desktop.services import cases, forms, promotions, surveys
from iduo_desktop.services.activities import Logged
from iduo_desktop.services.cases import CaseCard, CaseFilter, Done, Next, Undone
from iduo_desktop.services.companies import CompanyHit
from iduo_desktop.services.forms import FilledForm, Form
from iduo_desktop.services.promises import Extended
from iduo_desktop.services.promotions import Offer
from iduo_desktop.services.staff import Me
from iduo_desktop.services.surveys import SurveyRow
from iduo_desktop.terms import CaseList, Channel
from iduo_desktop.ui import formats
from iduo_desktop.ui.cases.close_dialog import CloseDialog
from iduo_desktop.ui.cases.create_dialog import CreateDialog
from iduo_desktop.ui.cases.extend_dialog import ExtendDialog
from iduo_desktop.ui.cases.filled_dialog import FilledDialog
from iduo_desktop.ui.cases.move_dialog import MoveDialog
from iduo_desktop.ui.cases.rate_dialog import RateDialog
from iduo_desktop.ui.cases.reason_dialog import ReasonDialog
from iduo_desktop.ui.cases.reopen_dialog import ReopenDialog
from iduo_desktop.ui.cases.rights import Case, Verb, held_by, right
from iduo_desktop.ui.cases.survey_dialog import SurveyDialog
from iduo_desktop.ui.cases.take_over_dialog import TakeOverDialog
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.rights import coordinates
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.transcript_dialog import TranscriptDialog

_OF_FORMS = {"form", "form_version", "form_field", "form_option"}
_UNDONE = {
    "taken": "Deshiciste la toma del caso",
    "released": "El caso es tuyo otra vez",
    "moved": "Deshiciste la mudanza de lista",
    "attempt": "Deshiciste el contacto",
    "closed": "Deshiciste el cierre: el caso está abierto otra vez",
    "survey": "Deshiciste la encuesta",
    "extended": "El corte quedó como antes",
    "rated": "La prioridad y el riesgo quedaron como antes",
}
_PROMOTED = {
    "offered": "Le ofreciste «{}» a {}",
    "accepted": "«{}» aceptada por {}",
    "declined": "«{}» rechazada por {}",
}
_DONE = {
    Channel.CALL: "Llamada a {} registrada",
    Channel.WHATSAPP: "WhatsApp a {} registrado",
    Channel.EMAIL: "Mail a {} registrado",
    Channel.SMS: "SMS a {} registrado",
}


class Commands(QObject):
    """Each says in the notice what was done. The signals tell the case: now mine, gone, new, wanted on the screen."""

    taken = Signal(int)
    left = Signal(int)
    created = Signal(int)
    looked_for = Signal(int)
    busy_changed = Signal(bool)

    def __init__(
        self, operations: Operations, me: Me, notice: Notice, drafts: Drafts, clock: Clock, window: QWidget
    ) -> None:
        super().__init__(window)
        self._operations = operations
        self._me = me
        self._notice = notice
        self._drafts = drafts
        self._clock = clock
        self._window = window
        self._dialogs: list[QDialog] = []
        self._forms: dict[str, Form] = {}
        operations.changed.connect(self._forget_forms)

    @property
    def dialog_case(self) -> int:
        """The case of the dialog that is open, 0 when none is."""
        return next((int(dialog.property("case_id") or 0) for dialog in self._dialogs), 0)

    def take_or_release(self, case: Case) -> None:
        """Ctrl+T: take a free case, give one's own back, and say who has any other."""
        if right(Verb.RELEASE, case, self._me).granted:
            self.release(case)
        else:
            self.take(case)

    def take(self, case: Case) -> None:
        """Make a free case one's own."""
        if self.refuse(Verb.TAKE, case):
            return
        asked = self._operations.run(self, cases.take, case.id, uuid4())
        asked.then(lambda done: self._took(case.client, done.case_id, done.event))

    def take_next(self, which: CaseList, chosen: CaseFilter, button: QWidget) -> None:
        """F8: one's own due callback, else the first free case of the list; once at a time."""
        if button.isEnabled():
            asked = self._operations.run(self, cases.take_next, which.value, chosen, uuid4()).busy(button)
            asked.then(lambda found: self._took_next(which, chosen, found))

    def release(self, case: Case) -> None:
        """Give one's own case back to its list."""
        asked = self._operations.run(self, cases.release, case.id, uuid4())
        asked.then(lambda done: self._say(f"Liberaste a {case.client}", done.event))

    def ask(self, verb: Verb, card: CaseCard) -> None:
        """What has a dialog, by its verb."""
        asked = {
            Verb.CLOSE: self.close,
            Verb.MOVE: self.move,
            Verb.EXTEND: self.extend,
            Verb.TAKE_OVER: self.take_over,
            Verb.REOPEN: self.reopen,
        }
        asked[verb](card)

    def take_over(self, card: CaseCard) -> None:
        """Take a case from somebody else, with a reason."""
        self._open_reason(TakeOverDialog(self._operations, self._drafts, card, self._window, self._clock), card)

    def move(self, card: CaseCard) -> None:
        """Move a case to another list."""
        self._open_reason(MoveDialog(self._operations, self._drafts, card, self._window, self._clock), card)

    def extend(self, card: CaseCard) -> None:
        """Give the client more time before the cut-off."""
        if not self.refuse(Verb.EXTEND, card):
            self._open_reason(ExtendDialog(self._operations, self._drafts, card, self._window, self._clock), card)

    def rate(self, card: CaseCard) -> None:
        """Change how urgent and how dangerous a case is."""
        self._open_reason(RateDialog(self._operations, self._drafts, card, self._window, self._clock), card)

    def reopen(self, card: CaseCard) -> None:
        """Open a closed case again."""
        self._open_reason(ReopenDialog(self._operations, self._drafts, card, self._window, self._clock), card)

    def close(self, card: CaseCard) -> None:
        """F7: close one's own case."""
        if self.refuse(Verb.CLOSE, card):
            return
        dialog = CloseDialog(self._operations, self._drafts, card, self._window, self._clock, self._forms)
        dialog.closed.connect(lambda case_id, event: self._closed(card, case_id, event))
        self._open(dialog, card.id)

    def know_form(self, card: CaseCard) -> None:
        """One's own case is looked at: have the form to close it, should the line go."""
        mine = card.assigned_to == self._me.login and not card.closed
        if mine and card.list not in self._forms and self._operations.online:
            asked = self._operations.run(self, forms.closing_form, card.id).refused(lambda _error: None)
            asked.then(partial(self._forms.setdefault, card.list)).failed(lambda _error: None)

    def create(self, hit: CompanyHit | None = None) -> None:
        """A new case, for this client if one was found."""
        dialog = CreateDialog(self._operations, self._drafts, self._window, self._clock)
        if hit is not None:
            dialog.set_values({"company": hit.company_id, "#client": hit.client, "list": hit.service_status})
        dialog.saved.connect(self._created)
        self._open(dialog, 0)

    def logged(self, card: CaseCard, channel: str, logged: Logged) -> None:
        """A contact was registered."""
        self._say(_DONE.get(Channel(channel), "Contacto con {} registrado").format(card.client), logged.event)

    def verify(self, card: CaseCard, survey: SurveyRow | None) -> None:
        """«Datos verificados hoy»; where an administrator asks for more than yes, its dialog."""
        if not self.refuse(Verb.CONTACT, card):
            asked = self._operations.run(self, surveys.verify_data, card.id, uuid4())
            asked.then(lambda done: self._say(f"Datos de {card.client} verificados", done.event))
            asked.refused(lambda error: self._ask_more(card, survey, error))

    def fill_survey(self, card: CaseCard, survey: SurveyRow) -> None:
        """Fill a survey during a contact."""
        if not self.refuse(Verb.CONTACT, card):
            dialog = SurveyDialog(self._operations, self._drafts, card, survey, self._window, self._clock)
            dialog.saved.connect(lambda done: self._say(f"«{survey.title}» guardada para {card.client}", done.event))
            self._open(dialog, card.id)

    def promote(self, card: CaseCard, offer: Offer, answer: str, channel: str, direction: str) -> None:
        """Register what the client said to a promotion."""
        if not self.refuse(Verb.CONTACT, card):
            values = (card.id, offer.id, answer, channel, direction, uuid4())
            asked = self._operations.run(self, promotions.answer, *values)
            asked.then(lambda done: self._say(_PROMOTED[answer].format(offer.title, card.client), done.event))

    def show_form(self, event: int) -> None:
        """What was filled in a closing or a survey, with the form of its time."""
        self._operations.run(self, forms.filled_form, event).then(self._show_filled)

    def show_chat(self, chat_id: int) -> None:
        """What was said in a chat of the client's."""
        TranscriptDialog(self._operations, self._clock, chat_id, self._window).open()

    def refuse(self, verb: Verb, case: Case) -> bool:
        """Say why something cannot be done, with a way on where there is one; False when it can."""
        wanted = right(verb, case, self._me)
        if wanted.granted:
            return False
        held = case.assigned_to not in {None, self._me.login} and not case.closed
        if held and isinstance(case, CaseCard):
            since = f" desde {formats.when(case.assigned_at, self._clock())}" if case.assigned_at else ""
            text = f"{held_by(case).rstrip('.')}{since}"
            over = ("Quitar a otro", lambda: self.take_over(case))
            self._notice.tell(text, over if coordinates(self._me) else ("Ver sin tomar", lambda: self._look(case.id)))
        else:
            self._notice.tell(wanted.reason or "No tenés permiso para hacer esto.")
        return True

    def _forget_forms(self, table: str, _id: object) -> None:
        if table in _OF_FORMS:
            self._forms.clear()

    def _look(self, case_id: int) -> None:
        self.looked_for.emit(case_id)

    def _took(self, client: str, case_id: int, event: int) -> None:
        self._say(f"Tomaste a {client}", event)
        self.taken.emit(case_id)

    def _took_next(self, which: CaseList, chosen: CaseFilter, found: Next | None) -> None:
        if found is None:
            self._notice.tell(_none_left(which, chosen))
        else:
            self.taken.emit(found.case_id)
            self._operations.run(self, cases.card, found.case_id).then(lambda card: self._say_next(found, card))

    def _say_next(self, found: Next, card: CaseCard) -> None:
        if found.event is None:
            due = formats.when(card.next_action_at, self._clock())
            self._notice.show(f"Quedaste en llamar a {card.client} {due}")
        else:
            self._say(f"Tomaste a {card.client}", found.event)

    def _closed(self, card: CaseCard, case_id: int, event: int) -> None:
        self.left.emit(case_id)
        self._say(f"Cerraste el caso de {card.client}", event)

    def _created(self, done: Done) -> None:
        self._notice.show("Caso creado")
        self.created.emit(done.case_id)

    def _ask_more(self, card: CaseCard, survey: SurveyRow | None, error: UserError) -> None:
        if error.field is None or survey is None:
            self._operations.refused.emit(error)
        else:
            self.fill_survey(card, survey)

    def _show_filled(self, filled: FilledForm) -> None:
        FilledDialog(filled, self._window).open()

    def _open_reason(self, dialog: ReasonDialog, card: CaseCard) -> None:
        dialog.saved.connect(lambda done: self._reasoned(dialog.kind, card, done))
        self._open(dialog, card.id)

    def _reasoned(self, kind: str, card: CaseCard, done: Done | Extended) -> None:
        if isinstance(done, Extended):
            asked = "Pediste una prórroga para {}: la decide un coordinador"
            self._say((asked if done.state == "asked" else "Le diste prórroga a {}").format(card.client), done.event)
        elif kind == "move":
            self._say(f"Moviste a {card.client} a otra lista", done.event)
        elif kind == "rate":
            self._say(f"Cambiaste la prioridad o el riesgo de {card.client}", done.event)
        elif kind == "reopen":
            self._notice.show(f"Reabriste el caso de {card.client}")
        else:
            self._notice.show(f"{card.client} ahora es tuyo; {card.holder} lo va a ver")
            self.taken.emit(done.case_id)

    def _open(self, dialog: QDialog, case_id: int) -> None:
        dialog.setProperty("case_id", case_id)
        self._dialogs.append(dialog)
        dialog.finished.connect(lambda: self._shut(dialog))
        dialog.open()
        self.busy_changed.emit(True)

    def _shut(self, dialog: QDialog) -> None:
        self._dialogs.remove(dialog)
        self.busy_changed.emit(bool(self._dialogs))

    def _say(self, text: str, event: int) -> None:
        self._notice.show(text, undo=lambda: self._undo(event))

    def _undo(self, event: int) -> None:
        self._operations.run(self, cases.undo, event).then(self._undid)

    def _undid(self, undone: Undone) -> None:
        self._notice.tell(_UNDONE.get(undone.kind, "Deshecho"))
        self.looked_for.emit(undone.case_id)


def _none_left(which: CaseList, chosen: CaseFilter) -> str:
    if which is CaseList.MINE:
        return "No tenés llamadas pendientes. Para tomar un caso libre, elegí una lista (Ctrl+2 a Ctrl+5)."
    if not chosen.empty:
        return f"No quedan casos libres en {which.label} con esos filtros."
    return f"No quedan casos libres en {which.label}."
