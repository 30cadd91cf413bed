"""Page 1 of the import, «Archivo»: which file, which sheet, where its titles are, and what it holds."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from iduo_desktop.services.importing import Looked
from iduo_desktop.terms import ImportKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.batches.words import FILES, counted, lot
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.rows_table import Column, RowsTable

DROP = "Arrastrá una planilla hasta acá, o elegila: .xlsx, .xls, .ods o .csv."
_MOST_ROWS = 1_000_000
_WIDTH = 150
_DROP = 96


class FilePage(QWidget):
    """`file_chosen` brings a path; `look_asked` asks to read it again: kind, sheet and row of the titles."""

    file_chosen = Signal(object)
    look_asked = Signal(str, str, int)

    def __init__(self, kinds: tuple[ImportKind, ...]):
        super().__init__()
        self.setObjectName("import_file")
        self.setAccessibleName("Archivo")
        self.looked: Looked | None = None
        self.start_folder = ""
        self.path = QLineEdit(placeholderText="Archivo para importar")
        self.path.setObjectName("import_path")
        self.path.setAccessibleName("Archivo para importar")
        self.browse = button("Elegir…", "import_browse", self.choose)
        self.browse.setAutoDefault(True)
        self.hint = label(DROP, "", "import_hint")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setMinimumHeight(_DROP)
        mark(self.hint, surface="card")
        self.sheet = QComboBox()
        self.header = QLineEdit("1", maxLength=6)
        self.header.setValidator(QIntValidator(1, _MOST_ROWS, self))
        self.known = sentence("ok", "import_known")
        self.kinds = QButtonGroup(self)
        self.radios = {kind: QRadioButton(kind.label) for kind in kinds}
        self.preview: RowsTable[tuple[str, ...]] = RowsTable("import_preview", "Vista previa", ())
        self.preview_title = label("Vista previa", "heading", "preview_title")
        self._details = QWidget()
        self._lay_out()
        self._connect()
        self._details.hide()

    def choose(self) -> None:
        """Look for the file."""
        dialog = QFileDialog(self, "Importar", self.start_folder, f"{FILES};;Todos los archivos (*)")
        dialog.setObjectName("import_file_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.take(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def take(self, path: Path) -> None:
        """It is this file."""
        self.path.setText(str(path))
        self.file_chosen.emit(path)

    def begin(self) -> None:
        """Take the keyboard."""
        self.path.setFocus()

    def forget(self) -> None:
        """No file yet."""
        self.looked = None
        self.path.clear()
        self._details.hide()
        say(self.hint, DROP)

    def show_looked(self, looked: Looked) -> None:
        """What the file turned out to be."""
        self.looked = looked
        self._quietly(self.sheet, partial(self._show_sheets, looked))
        self.header.setText(str(looked.header_row))
        for kind, radio in self.radios.items():
            self._quietly(radio, partial(radio.setChecked, looked.kind == kind))
        say(self.known, *recognised(looked))
        say(self.hint, "")
        columns = [_column(at, column.title) for at, column in enumerate(looked.columns)]
        shown = min(len(looked.preview), 10)
        self.preview_title.setText(f"Vista previa ({shown} de {formats.plural(looked.rows, 'fila', 'filas')})")
        self.preview.show_rows(looked.preview, columns=columns)
        self._details.show()

    def _show_sheets(self, looked: Looked) -> None:
        self.sheet.clear()
        self.sheet.addItems(list(looked.sheets))
        self.sheet.setCurrentText(looked.sheet)
        self.sheet.setEnabled(len(looked.sheets) > 1)

    def _quietly(self, widget: QWidget, change: Callable[[], object]) -> None:
        widget.blockSignals(True)
        change()
        widget.blockSignals(False)

    def _connect(self) -> None:
        self.path.returnPressed.connect(self._typed)
        self.sheet.activated.connect(lambda: self._look_again(header=0))
        self.header.editingFinished.connect(self._look_below)
        for radio in self.radios.values():
            radio.clicked.connect(lambda: self._look_again(header=int(self.header.text() or 0)))

    def _typed(self) -> None:
        text = self.path.text().strip().strip('"')
        if text:
            self.file_chosen.emit(Path(text))
        else:
            self.choose()

    def _look_below(self) -> None:
        """Another row has the titles."""
        if self.looked is not None and self.header.text() != str(self.looked.header_row):
            self._look_again(header=int(self.header.text() or 0))

    def _look_again(self, header: int) -> None:
        kind = next((kind.value for kind, radio in self.radios.items() if radio.isChecked()), "")
        self.look_asked.emit(kind, self.sheet.currentText(), header)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.path, 1)
        row.addWidget(self.browse)
        self.sheet.setObjectName("import_sheet")
        self.sheet.setAccessibleName("Hoja")
        self.sheet.setMinimumWidth(140)
        self.header.setObjectName("import_header")
        self.header.setAccessibleName("Fila de los títulos")
        self.header.setFixedWidth(70)
        flow = FlowLayout(spacing=8)
        for widget in (label("Hoja", wraps=False), self.sheet, label("Títulos en la fila", wraps=False), self.header):
            flow.addWidget(widget)
        what = FlowLayout(spacing=8)
        what.addWidget(label("¿Qué importás?", wraps=False))
        for kind, radio in self.radios.items():
            radio.setObjectName(f"kind_{kind.value}")
            self.kinds.addButton(radio)
            what.addWidget(radio)
        inside = QVBoxLayout(self._details)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addLayout(flow)
        inside.addWidget(self.known)
        inside.addLayout(what)
        inside.addWidget(self.preview_title)
        inside.addWidget(self.preview, 1)
        self.preview.setMinimumHeight(120)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.hint)
        column.addWidget(self._details, 1)
        column.addStretch()
        mark(self.preview, surface="background")


def recognised(looked: Looked) -> tuple[str, str]:
    """What the file was recognised as, and whether that is good or has to be decided."""
    if looked.of_batch is not None:
        answers = f"Reconocido: es la respuesta del {lot(looked.of_batch)} ({counted(looked.rows, looked.kind)})."
        skipped = any(column.ambiguous for column in looked.columns)
        return answers if skipped else f"✔ {answers} Se saltea «Columnas».", "ok"
    if looked.kind:
        rows = formats.plural(looked.rows, "fila", "filas")
        return f"✔ Parece una lista de {ImportKind(looked.kind).label.lower()} ({rows}).", "ok"
    return "No reconocimos qué trae este archivo: elegí qué importás.", "warning"


def _column(at: int, title: str) -> Column[tuple[str, ...]]:
    return Column(title or f"(columna {at + 1})", lambda row: row[at] if at < len(row) else "", _WIDTH)
