"""How a chat ended: for one that goes on, and for one that the visitor left."""

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import chats
from iduo_desktop.services.chats import Chat, Done
from iduo_desktop.terms import CallOutcome, ChatState, FieldKind
from iduo_desktop.ui.chats.words import name_of
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.form_dialog import FormDialog
from iduo_desktop.ui.widgets.labels import label

KIND = "chat_end"
OUTCOMES = (
    CallOutcome.INFORMED,
    CallOutcome.MESSAGE,
    CallOutcome.ANSWER,
    CallOutcome.INSISTED,
    CallOutcome.ASSISTANT,
    CallOutcome.ATTENDED,
    CallOutcome.HUNG_UP,
    CallOutcome.SILENT,
    CallOutcome.WRONG_NUMBER,
    CallOutcome.TEST,
)
# what a telephone does is said otherwise of a chat
_LABELS = {
    CallOutcome.HUNG_UP: "Se fue sin terminar",
    CallOutcome.SILENT: "No escribió nada",
    CallOutcome.WRONG_NUMBER: "Era para otra organización",
}


class EndDialog(FormDialog):
    """The outcome, and a note for whoever reads it later. `ticket`: a message was taken of it."""

    def __init__(
        self,
        operations: Operations,
        drafts: Drafts,
        chat: Chat,
        clock: Clock,
        parent: QWidget | None = None,
        *,
        ticket: bool = False,
    ):
        over = chat.state == ChatState.ENDED
        title = f"Terminar el chat de {name_of(chat)}"
        verb = "Guardar" if over else "Terminar"
        super().__init__(operations, FormDraft(drafts, KIND, chat.id, title), title, verb, parent)
        self.setObjectName("end_chat_dialog")
        self._chat = chat
        offered = tuple((each.value, _LABELS.get(each, each.label)) for each in OUTCOMES)
        outcome = fixed_field("outcome", "Cómo terminó", FieldKind.CHOICE, required=True, options=offered)
        note = fixed_field("note", "Nota", FieldKind.LONG_TEXT, max_length=2000)
        form = FormView((outcome, note), clock)
        if ticket:
            form.set_values({"outcome": CallOutcome.MESSAGE.value})
        hint = "El visitante ya no lee nada más." if over else "Al visitante se le avisa que la conversación terminó."
        self.body.addWidget(label(hint, "secondary", "hint"))
        self.show_form(form)

    def ask(self) -> Operation[Done]:
        said = self.draft.values()
        values = (self._chat.id, str(said["outcome"]), str(said.get("note") or ""), self.draft.key)
        return self.operations.run(self, chats.end, *values)

    def wanted_width(self) -> int:
        return 540
