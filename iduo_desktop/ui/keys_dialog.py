"""Other keys for what the program does: each person's own on his PC, from his next login on."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QKeySequenceEdit, QVBoxLayout, QWidget

from iduo_desktop.ui import actions
from iduo_desktop.ui.actions import Key
from iduo_desktop.ui.settings.row_list import Column, RowList
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.labels import label, say, sentence

_HINT = "Elegí una línea y apretá la tecla nueva. Vale desde la próxima vez que ingreses."
_LETTERS = "Letras solas en las listas (L llama, W escribe por WhatsApp…)"
NO_KEY = "sin tecla"


class KeysDialog(QDialog):
    """`chosen` brings {name: keys} of everything that is not as it ships, and whether lists have letters alone."""

    chosen = Signal(dict, bool)

    def __init__(self, chosen: dict[str, str], letters: bool, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("keys_dialog")
        self.setWindowTitle("Cambiar teclas")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._chosen = dict(chosen)
        columns: tuple[Column[Key], ...] = (Column("Qué hace", lambda key: key.label), Column("Tecla", self._keys, 190))
        self.list: RowList[Key] = RowList("keys_list", "Teclas", columns, lambda key: key.name)
        self.edit = QKeySequenceEdit()
        self.edit.setObjectName("keys_edit")
        self.edit.setAccessibleName("Tecla nueva")
        self.edit.setMaximumSequenceLength(1)
        self.letters = QCheckBox(_LETTERS)
        self.letters.setObjectName("keys_letters")
        self.letters.setChecked(letters)
        self.problem = sentence("error", "keys_problem")
        self._lay_out()
        self.list.show_rows(actions.KEYS)
        self.list.chosen.connect(self._show_edit)
        self.list.opened.connect(self.edit.setFocus)
        self.edit.editingFinished.connect(self._take)
        self.letters.toggled.connect(lambda _on: self._tell())
        self.list.setFocus()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(label("Cambiar teclas", "title", "keys_title"))
        layout.addWidget(label(_HINT, "secondary"))
        layout.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.addWidget(self.edit, 1)
        row.addWidget(button("Sin tecla", "keys_none", lambda: self._keep("")))
        row.addWidget(button("De fábrica", "keys_shipped", self._restore))
        layout.addLayout(row)
        layout.addWidget(self.problem)
        layout.addWidget(self.letters)
        done = button("Listo", "keys_done", self.accept, key="Esc")
        layout.addWidget(done, 0, Qt.AlignmentFlag.AlignRight)
        screen = self.screen().availableGeometry()
        self.resize(min(600, screen.width() - 24), min(620, screen.height() - 48))

    def _keys(self, key: Key) -> str:
        keys = self._chosen.get(key.name, key.keys[0])
        return actions.in_words(keys) if keys else NO_KEY

    def _show_edit(self) -> None:
        key = self.list.row()
        self.edit.blockSignals(True)
        self.edit.setKeySequence(QKeySequence(self._chosen.get(key.name, key.keys[0]) if key else ""))
        self.edit.blockSignals(False)
        say(self.problem, "")

    def _take(self) -> None:
        typed = self.edit.keySequence().toString()
        if typed:
            self._keep(typed)

    def _keep(self, keys: str) -> None:
        key = self.list.row()
        if key is None or keys == self._chosen.get(key.name, key.keys[0]):
            return
        wrong = actions.problem(key.name, keys, self._chosen | {key.name: keys})
        if wrong:
            say(self.problem, wrong)
            return
        self._chosen[key.name] = keys
        self._tell()

    def _restore(self) -> None:
        key = self.list.row()
        if key is None or key.name not in self._chosen:
            return
        shipped = {name: keys for name, keys in self._chosen.items() if name != key.name}
        wrong = actions.problem(key.name, key.keys[0], shipped)
        if wrong:
            say(self.problem, wrong)
        else:
            self._chosen = shipped
            self._tell()

    def _tell(self) -> None:
        self.list.show_rows(actions.KEYS)
        self._show_edit()
        self.chosen.emit(dict(self._chosen), self.letters.isChecked())
