"""What a message can be about; the topic says whether it is a question, a request or a claim."""

from typing import Any

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import catalogues
from iduo_desktop.services.catalogues import Topic
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.edit_dialog import EditDialog
from iduo_desktop.ui.settings.list_page import ListPage
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.settings.row_list import Column
from iduo_desktop.ui.settings.words import active_field, in_use
from iduo_desktop.ui.widgets.fields import fixed_field

_KINDS = {"question": "Consulta", "request": "Solicitud", "claim": "Reclamo"}


class TopicsPage(ListPage[Topic]):
    """Those that are switched off stand last."""

    name = "topics"
    title = "Temas"
    hint = "De qué puede tratar un mensaje, en el orden en que se ofrecen."
    tables = frozenset({"topic"})
    order = staticmethod(catalogues.move_topic)

    def columns(self) -> tuple[Column[Topic], ...]:
        return (
            Column("Tema", lambda topic: topic.label),
            Column("Clase", lambda topic: _KINDS[topic.kind], 130),
            Column("Estado", lambda topic: in_use(topic.active), 90),
        )

    def key(self, row: Topic) -> object:
        return row.id

    def load(self) -> None:
        self.office.operations.run(self, catalogues.topics).then(self.show_rows)

    def dialog(self, row: Topic | None) -> EditDialog:
        return TopicDialog(self.office, row, self)


class TopicDialog(EditDialog):
    """One topic."""

    def __init__(self, office: Office, topic: Topic | None, parent: QWidget):
        self._topic = topic
        fields = (
            fixed_field("label", "Tema", FieldKind.TEXT, required=True, max_length=120),
            fixed_field("kind", "Clase", FieldKind.CHOICE, required=True, options=tuple(_KINDS.items())),
            active_field(),
        )
        known = {"label": topic.label, "kind": topic.kind, "active": topic.active} if topic else {"active": True}
        title = f"Tema: {topic.label}" if topic else "Agregar tema"
        super().__init__(office, "topic", topic.id if topic else "", title, "Guardar", fields, known, parent)

    def ask(self) -> Operation[Any]:
        made = Topic(
            self._topic.id if self._topic else None,
            self.text("label"),
            self.text("kind"),
            self._topic.position if self._topic else None,
            self.answers.get("active") is True,
        )
        return self.operations.run(self, catalogues.save_topic, made)
