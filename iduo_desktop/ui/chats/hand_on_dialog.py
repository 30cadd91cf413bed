"""Pass a chat to a colleague, or to whoever is in, with a note that says what happened and what is left."""

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import chats
from iduo_desktop.services.chats import Chat, Colleague, Done
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.chats.words import name_of
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.form_dialog import FormDialog
from iduo_desktop.ui.widgets.labels import label

KIND = "chat_hand_on"
ANYBODY = "*"
_HINT = "Quien lo tome lee tu nota y toda la conversación. Al visitante se le avisa que lo pasás."


class HandOnDialog(FormDialog):
    """To whom, and the note."""

    def __init__(
        self,
        operations: Operations,
        drafts: Drafts,
        chat: Chat,
        colleagues: Iterable[Colleague],
        clock: Clock,
        parent: QWidget | None = None,
    ):
        title = f"Pasar el chat de {name_of(chat)}"
        super().__init__(operations, FormDraft(drafts, KIND, chat.id, title), title, "Pasar", parent)
        self.setObjectName("hand_on_dialog")
        self._chat = chat
        offered = ((ANYBODY, "Quien esté disponible"), *((each.login, _described(each)) for each in colleagues))
        to = fixed_field("to", "A quién", FieldKind.CHOICE, required=True, options=offered)
        note = fixed_field("note", "Nota", FieldKind.LONG_TEXT, required=True, help="Qué pasó y qué falta")
        form = FormView((to, note), clock)
        self.body.addWidget(label(_HINT, "secondary", "hint"))
        self.show_form(form)

    def ask(self) -> Operation[Done]:
        said = self.draft.values()
        to = str(said["to"])
        values = (self._chat.id, None if to == ANYBODY else to, str(said["note"]), self.draft.key)
        return self.operations.run(self, chats.hand_on, *values)

    def wanted_width(self) -> int:
        return 540


def _described(colleague: Colleague) -> str:
    busy = formats.plural(colleague.chats, "chat", "chats") if colleague.chats else "sin chats"
    return f"{colleague.full_name} ({busy})"
