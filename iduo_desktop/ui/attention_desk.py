"""Where attentions meet the window: Shift+F2, the call one is in, somebody's record, and each of their parts alone."""

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from iduo_desktop.services.agenda import Scheduled
from iduo_desktop.services.attentions import Attended
from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.ui import actions, formats
from iduo_desktop.ui.agenda.page import AgendaPage
from iduo_desktop.ui.attention.answers import created
from iduo_desktop.ui.attention.page import KINDS, AttentionPage
from iduo_desktop.ui.attention.quick_calls import PlanCallDialog, RecordCallDialog, TaskDialog
from iduo_desktop.ui.attention.quick_case import CaseDialog
from iduo_desktop.ui.attention.quick_dialog import About, QuickDialog
from iduo_desktop.ui.call_desk import CallDesk
from iduo_desktop.ui.contact_desk import ContactDesk
from iduo_desktop.ui.desk import Desk, Kit
from iduo_desktop.ui.drafts import Draft
from iduo_desktop.ui.intake.arrival import Arrival
from iduo_desktop.ui.omnibox import Command

NEW = "Nueva atención"
QUICK = ("record_call", "plan_call", "new_task", "new_case")


class AttentionDesk(Desk):
    """There for who attends a helpline. The page is made when it is first wanted, and then kept."""

    def __init__(self, kit: Kit):
        super().__init__(kit)
        self._calls: CallDesk | None = None
        self._contacts: ContactDesk | None = None
        self._page: AttentionPage | None = None
        self._wanted: Arrival | None = None
        self.helps = kit.rooms.parts.helps
        if self.helps:
            kit.rooms.resumes |= dict.fromkeys((*KINDS, *QUICK), self.resume)

    def attach(self, calls: CallDesk, contacts: ContactDesk, frame: QWidget) -> None:
        """Listen to calls and records; take the key."""
        if not self.helps:
            return
        self._calls, self._contacts = calls, contacts
        contacts.attention_requested.connect(self.begin)
        calls.current_changed.connect(self._follow)
        calls.attention_asked.connect(self.new)
        actions.make(frame, "new_attention", self.new)

    @property
    def page(self) -> AttentionPage:
        """The screen."""
        if self._page is None:
            given = (self._operations, self._me, self._notice, self._drafts, self._clock)
            self._page = AttentionPage(*given, self._rooms.talks)
            self._page.closed.connect(self._rooms.leave_message)
            if self._calls is not None:
                self._page.call_ended.connect(self._calls.arrivals.let_go)
        return self._page

    def new(self) -> None:
        """Shift+F2: of the call one is in, as soon as it is known who calls; else of what is on the screen."""
        arrival = self._calls.arrivals.current if self._calls is not None else None
        if arrival is not None and arrival.card is None and not arrival.problem:
            self._wanted = arrival
        elif arrival is not None and arrival.card is not None:
            self._take(arrival)
        else:
            about = self._about()
            self._show()
            self.page.begin(about.contact_id, case_id=about.case_id, name=about.person)

    def begin(self, contact_id: int, case_id: int | None = None) -> None:
        """Of this person, and of this case of his."""
        reading = self._contacts.reading() if self._contacts is not None else None
        person = reading if reading is not None and reading.contact_id == contact_id else None
        arrival = self._calls.arrivals.current if self._calls is not None else None
        call = arrival.card if arrival is not None and not arrival.hung_up else None
        self._leave_card()
        self._show()
        self.page.begin(contact_id, call=call, person=person, case_id=case_id)

    def resume(self, draft: Draft) -> None:
        """Go on with what was left half typed."""
        about = About(contact_id=-draft.target) if draft.target < 0 else About(case_id=draft.target or None)
        ways = {"record_call": self.record_call, "plan_call": self.plan_call, "new_task": self.new_task}
        quick = {**ways, "new_case": self.new_case}.get(draft.kind)
        if quick is not None:
            quick(about)
        else:
            self._show()
            self.page.begin()

    def record_call(self, about: About | None = None) -> None:
        """«Registrar llamada»."""
        about = about or self._about()
        dialog = RecordCallDialog(self._operations, self._drafts, about, self._clock, self._window())
        self._open(dialog, "Llamada registrada")

    def plan_call(self, about: About | None = None) -> None:
        """«Programar llamada»."""
        about = about or self._about()
        given = (self._operations, self._drafts, about, self._clock, self.page.warn)
        self._open(PlanCallDialog(*given, self._window()), "Llamada programada para el {}")

    def new_task(self, about: About | None = None) -> None:
        """«Nueva tarea»."""
        about = about or self._about()
        given = (self._operations, self._drafts, about, self._clock, self.page.warn)
        self._open(TaskDialog(*given, self._window()), "Tarea agendada para el {}")

    def new_case(self, about: About | None = None) -> None:
        """«Nuevo caso de una persona»."""
        about = about or self._about()
        dialog = CaseDialog(self._operations, self._drafts, about, self._clock, self._window())
        self._open(dialog, "")

    def commands(self) -> Iterator[Command]:
        """What the search box offers of it."""
        if self.helps:
            yield Command(NEW, self.new, actions.shown("new_attention"))
            yield Command("Registrar llamada", self.record_call)
            yield Command("Programar llamada", self.plan_call)
            yield Command("Nueva tarea", self.new_task)
            yield Command("Nuevo caso de una persona", self.new_case)

    def _about(self) -> About:
        """Whose record, which case of a person's, or what in the agenda is on the screen."""
        reading = self._contacts.reading() if self._contacts is not None else None
        if reading is not None:
            return About(reading.contact_id, _name(reading))
        page, cases = self._rooms.page, self._rooms.cases
        card = cases.reader.card if cases is not None and page is cases else None
        if card is not None and card.contact_id is not None:
            own = None if card.closed else card.id
            return About(card.contact_id, card.client, own, f"C-{card.id} · {card.subject}")
        item = page.item if isinstance(page, AgendaPage) else None
        if item is not None and item.contact_id is not None:
            return About(item.contact_id, item.person, item.case_id, f"C-{item.case_id} · {item.person}")
        return About()

    def _open(self, dialog: QuickDialog, done: str) -> None:
        dialog.saved.connect(lambda result: self._told(done, result))
        dialog.open()

    def _told(self, done: str, result: object) -> None:
        if isinstance(result, Scheduled):
            self._notice.show(done.format(formats.exact(result.due_at)))
        elif isinstance(result, Attended):
            self._notice.show(created(result), undo=lambda: self.page.undo(result))

    def _follow(self, arrival: Arrival | None) -> None:
        """The call that one wanted to attend is known by now, or is another one."""
        wanted = self._wanted
        if wanted is not None and (wanted is not arrival or wanted.card is not None or wanted.problem):
            self._wanted = None
            if wanted is arrival:
                self.new()

    def _take(self, arrival: Arrival) -> None:
        self._leave_card()
        self._show()
        self.page.begin(call=arrival.card, person=arrival.person)

    def _leave_card(self) -> None:
        if self._calls is not None:
            self._calls.leave_card()

    def _show(self) -> None:
        self._rooms.show_over(self.page)

    def _window(self) -> QWidget:
        return self._rooms.window()


def _name(person: ContactHit) -> str:
    return ", ".join(filter(None, (person.surname.upper(), person.names)))
