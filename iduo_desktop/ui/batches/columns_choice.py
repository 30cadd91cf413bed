"""Which columns a file has: a choice that was kept under a name, or one made here."""

import json
from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from iduo_desktop.services import exports
from iduo_desktop.services.exports import Profile
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.fold import Fold
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.work import careful

ALL = "Todas las columnas"
OWN = "Las elegidas acá"
_HEIGHT = 170


class ColumnsChoice(QWidget):
    """`kind` is sending, cases or tickets, "" where a choice is for once; `needed` columns are always there."""

    def __init__(self, operations: Operations, kind: str, columns: Mapping[str, str], needed: tuple[str, ...] = ()):
        super().__init__()
        self.setObjectName("columns_choice")
        self._operations = operations
        self._kind = kind
        self._needed = needed
        self._profiles: tuple[Profile, ...] = ()
        self.box = QComboBox()
        self.box.setObjectName("columns_profile")
        self.box.setAccessibleName("Columnas")
        self.box.setMinimumWidth(220)
        self.list = QListWidget()
        self.list.setObjectName("columns_list")
        self.list.setAccessibleName("Columnas del archivo; espacio pone o saca")
        self.list.setFixedHeight(_HEIGHT)
        self.name = QLineEdit(maxLength=60, placeholderText="Nombre")
        self.name.setObjectName("columns_name")
        self.name.setAccessibleName("Nombre de la plantilla")
        self.name.setFixedWidth(180)
        self.drop = button("Borrar plantilla", "drop_columns", self._drop, role="link")
        self.drop.setAutoDefault(False)
        self.drop.hide()
        self.said = sentence("ok", "columns_said")
        self._own = QWidget()
        self.fold = Fold("Elegir columnas", self._own)
        self.fold.setObjectName("columns_fold")
        for key, title in columns.items():
            self._add(key, title)
        self._lay_out()
        self._offer(())
        self.box.activated.connect(self._take_profile)
        self.box.currentIndexChanged.connect(lambda _: self.drop.setVisible(self._profile() is not None))
        self.list.itemChanged.connect(self._chosen_here)
        if kind:
            self._ask()

    def keys(self) -> tuple[str, ...]:
        """The columns of the file, in their order."""
        return tuple(self._key(item) for item in self._items() if item.checkState() is Qt.CheckState.Checked)

    def _ask(self, wanted: str = "") -> None:
        asked = self._operations.run(self, exports.profiles, self._kind)
        asked.then(lambda profiles: self._offer(profiles, wanted)).refused(lambda _: None).failed(lambda _: None)

    def _offer(self, profiles: tuple[Profile, ...], wanted: str = "") -> None:
        self._profiles = profiles
        self.box.clear()
        self.box.addItem(ALL, None)
        for profile in profiles:
            self.box.addItem(f"Plantilla «{profile.name}»", profile.id)
        usual = next((at for at, each in enumerate(profiles) if each.default or each.name == wanted), -1)
        self.box.setCurrentIndex(usual + 1)
        self._take_profile()

    def _profile(self) -> Profile | None:
        """The kept choice that is chosen."""
        return next((each for each in self._profiles if each.id == self.box.currentData()), None)

    def _take_profile(self) -> None:
        profile = self._profile()
        if profile is None and self.box.currentText() != ALL:
            return
        wanted = set(json.loads(profile.fields)) if profile is not None else None
        self.list.blockSignals(True)
        for item in self._items():
            on = wanted is None or self._key(item) in wanted or self._key(item) in self._needed
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self.list.blockSignals(False)

    def _chosen_here(self) -> None:
        if self.box.findText(OWN) < 0:
            self.box.addItem(OWN, None)
        self.box.setCurrentIndex(self.box.findText(OWN))

    def _keep(self) -> None:
        name = self.name.text().strip()
        if not name:
            self.name.setFocus()
            return
        values = (self._kind, name, json.dumps(self.keys()), True)
        keeping = self._operations.run(self, careful(exports.keep_profile), *values)
        keeping.busy(self._own).then(lambda profile: self._kept(profile.name))
        keeping.refused(lambda error: say(self.said, str(error), "error"))
        keeping.failed(lambda error: say(self.said, str(error), "error"))

    def _kept(self, name: str) -> None:
        say(self.said, f"✔ Guardada como «{name}»", "ok")
        self._ask(name)

    def _drop(self) -> None:
        profile = self._profile()
        if profile is None:
            return
        dropping = self._operations.run(self, exports.drop_profile, profile.id)
        dropping.busy(self._own).then(lambda _: self._dropped(profile))
        dropping.refused(lambda error: say(self.said, str(error), "error"))
        dropping.failed(lambda error: say(self.said, str(error), "error"))

    def _dropped(self, profile: Profile) -> None:
        """Its columns and its name stay here: kept again, it is back."""
        self._profiles = tuple(each for each in self._profiles if each.id != profile.id)
        self.box.removeItem(self.box.findData(profile.id))
        self._chosen_here()
        self.name.setText(profile.name)
        say(self.said, f"✔ Borrada «{profile.name}». Si fue sin querer, guardala de nuevo.", "ok")

    def _items(self) -> tuple[QListWidgetItem, ...]:
        return tuple(self.list.item(at) for at in range(self.list.count()))

    def _key(self, item: QListWidgetItem) -> str:
        return str(item.data(Qt.ItemDataRole.UserRole))

    def _add(self, key: str, title: str) -> None:
        item = QListWidgetItem(title, self.list)
        item.setData(Qt.ItemDataRole.UserRole, key)
        item.setCheckState(Qt.CheckState.Checked)
        if key in self._needed:
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
            item.setToolTip("Siempre va: sin ella la respuesta no vuelve a su mensaje")

    def _lay_out(self) -> None:
        inside = QVBoxLayout(self._own)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.list)
        if self._kind:
            inside.addLayout(self._keeping())
        self.fold.setAutoDefault(False)
        head = FlowLayout(spacing=8)
        for part in (label("Columnas", wraps=False), self.box, self.fold):
            head.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._own)

    def _keeping(self) -> FlowLayout:
        kept = FlowLayout(spacing=8)
        keep = button("Guardar como plantilla", "keep_columns", self._keep)
        keep.setAutoDefault(False)
        for widget in (self.name, keep, self.drop, self.said):
            kept.addWidget(widget)
        self.said.setWordWrap(False)
        return kept
