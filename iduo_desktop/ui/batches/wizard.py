"""«Importar»: four pages, from the file to the result; going back never loses anything."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import Database, exports, importing
from iduo_desktop.services.batches import UndoneRow
from iduo_desktop.services.exports import Profile
from iduo_desktop.services.importing import Check, Done, Looked, Mapping, Problem
from iduo_desktop.services.staff import Me
from iduo_desktop.terms import ImportKind
from iduo_desktop.ui import actions
from iduo_desktop.ui.batches.opening import open_file, show_in_folder
from iduo_desktop.ui.batches.wizard_parts import CHECK, COLUMNS, FILE, RESULT, WizardParts
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.labels import say
from iduo_desktop.ui.widgets.work import Stopped, careful

OFFLINE = "Sin conexión con el servidor. Lo que hiciste acá se conserva: seguí cuando vuelva."


class Wizard(WizardParts):
    """`left` asks to go back to the board. `imported` brings what was done, as a sentence too.

    `undo_asked` brings a batch to take back, `see_asked` the kind whose rows somebody wants to see.
    """

    left = Signal()
    imported = Signal(object, str)
    undo_asked = Signal(int)
    see_asked = Signal(str)

    def __init__(self, operations: Operations, me: Me, notice: Notice):
        super().__init__(kinds_for(me))
        self._operations = operations
        self._me = me
        self._notice = notice
        self._profiles: tuple[Profile, ...] = ()
        self._wanted: tuple[Looked, Mapping] | None = None
        self._key: UUID = uuid4()
        self._omitted = 0
        self._asked: Operation[Any] | None = None
        self.looked: Looked | None = None
        self.done: Done | None = None
        actions.make(self, "save", self.go_on)
        self._connect()

    @property
    def at_work(self) -> bool:
        """True while there is something in it that one may want to go on with."""
        return self.meter.running or (self.looked is not None and self.step != RESULT)

    def begin(self) -> None:
        """Take the keyboard; after a result, begin anew."""
        if self.step == RESULT:
            self.start_anew()
        self._ask_profiles()
        self._regain()

    def start_anew(self) -> None:
        """Forget the file and everything that was decided."""
        self.looked, self.done, self._wanted, self._omitted = None, None, None, 0
        self.check.forget()
        self.columns.looked = None
        self.file.forget()
        say(self.message, "")
        self.show_step(FILE)

    def take(self, path: Path) -> None:
        """Read this file."""
        if not self.meter.running:
            if self.step == RESULT:
                self.start_anew()
            self.show_step(FILE)
            self.file.take(path)

    def go_on(self) -> None:
        """Ctrl+Enter: the next page, or what this one is for."""
        if not self.meter.running:
            say(self.message, "")
            (self._from_file, self._from_columns, self._apply, self.go_away)[self.step]()

    def go_back(self) -> None:
        """The page before; everything stays as it was."""
        if not self.meter.running and self.step in {COLUMNS, CHECK}:
            say(self.message, "")
            self.show_step(FILE if self.step == CHECK and self._skips_columns else self.step - 1)
            self.primary.setFocus()

    def go_away(self) -> None:
        """Back to the board. What was begun is forgotten; what is under way has a button of its own."""
        if not self.meter.running:
            self.start_anew()
            self.left.emit()

    def put_aside(self) -> None:
        """Esc: back to the board, and Ctrl+I goes on where one was."""
        if self.at_work:
            self._notice.tell(f"La importación espera como la dejaste: {actions.shown('import_file')} sigue.")
            self.left.emit()
        else:
            self.go_away()

    # From the file to the simulation

    def _from_file(self) -> None:
        if self.looked is None:
            self.file.begin()
            self.complain("Elegí primero el archivo.")
        elif not self.looked.kind:
            self.complain("Elegí qué importás.")
            next(iter(self.file.radios.values())).setFocus()
        elif self._skips_columns:
            self._check_all()
        else:
            self.show_step(COLUMNS)
            self.columns.begin()

    def _from_columns(self) -> None:
        problem, where = self.columns.problem()
        if problem:
            self.complain(problem)
            if where is not None:
                where.setFocus()
        else:
            self._check_all()

    @property
    def _skips_columns(self) -> bool:
        """Our own file, with nothing to decide."""
        return self.looked is not None and self.looked.of_batch is not None and not self.columns.asks_something

    def _look(self, path: Path, kind: str = "", sheet: str = "", header_row: int = 0) -> None:
        meter = self._start("Leyendo el archivo")
        if meter is not None:
            wanted = (path, kind, sheet, header_row, self._profiles, meter)
            self._follow(self._operations.run_local(self, careful(importing.look), *wanted), self._show_looked)

    def _look_again(self, kind: str, sheet: str, header_row: int) -> None:
        if self.looked is not None:
            self._look(self.looked.path, kind, sheet, header_row)

    def _show_looked(self, looked: Looked) -> None:
        fresh = self.looked is None or looked.path != self.looked.path
        self.looked = looked
        self.file.show_looked(looked)
        self.columns.show_looked(looked)
        if fresh:
            self.primary.setFocus()

    def _check_all(self) -> None:
        if self.looked is None:
            return
        wanted = (self.looked, self.columns.mapping())
        if self._wanted == wanted and self.check.check is not None:
            self.show_step(CHECK, skipped=self._skips_columns)
            return
        if self._wanted != wanted:
            self._wanted, self._key, self._omitted = wanted, uuid4(), 0
            self.check.forget()
        meter = self._start("Revisando las filas")
        if meter is not None:
            values = (*wanted, self._me.area_code, self._key, meter)
            self._follow(self._operations.run(self, careful(importing.check), *values), self._show_check)

    def _show_check(self, check: Check) -> None:
        self.check.show_check(check)
        if self.step != CHECK:
            self.show_step(CHECK, skipped=self._skips_columns)
        self.name_primary()
        self.primary.setFocus() if self.check.changes else self.check.begin()

    # What is done with the rows

    def _correct(self, problem: Problem, text: str) -> None:
        values = (self.check.check, problem.row, problem.field, text, self._me.area_code)
        self._change_rows(importing.correct, *values)

    def _omit(self, rows: tuple[int, ...]) -> None:
        self._change_rows(importing.omit, self.check.check, rows, omitted=len(rows))

    def _change_rows(self, function: Callable[..., Check], *values: object, omitted: int = 0) -> None:
        if self._start("Revisando la fila") is not None:
            changing = self._operations.run(self, careful(function), *values)
            self._follow(changing, lambda check: self._show_changed(check, omitted))

    def _show_changed(self, check: Check, omitted: int) -> None:
        self._omitted += omitted
        self.check.show_check(check)
        self.name_primary()
        if check.groups:
            self.check.problems.table.setFocus()
        else:
            self.primary.setFocus()

    def choose_errors_file(self) -> None:
        """Where the rows that failed go."""
        path = self.looked.path if self.looked is not None else Path()
        dialog = QFileDialog(self, "Descargar Excel con los errores", str(path.parent), "Planilla (*.xlsx)")
        dialog.setObjectName("errors_file_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.selectFile(f"{path.stem}_errores.xlsx")
        dialog.fileSelected.connect(lambda name: self.write_errors(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write_errors(self, path: Path) -> None:
        """The person's own sheet with the rows that failed."""
        if self._start("Escribiendo los errores") is not None:
            writing = self._operations.run_local(self, careful(importing.write_errors), self.check.check, path)
            self._follow(writing, self._tell_written)

    def _tell_written(self, path: Path) -> None:
        done = f"Guardaste los errores en {path.name}: corregilo ahí e importalo tal cual."
        self._notice.tell(
            done, ("Abrir", lambda: open_file(path)), ("Mostrar en carpeta", lambda: show_in_folder(path))
        )

    def _keep_profile(self, name: str) -> None:
        if self._start("Guardando la plantilla") is not None:
            mapping = self.columns.mapping()
            keeping = self._operations.run(self, careful(importing.kept), self.looked, mapping, name)
            self._follow(keeping, lambda _profile: self._tell_kept(name))

    def _tell_kept(self, name: str) -> None:
        self.columns.show_kept(name)
        self._ask_profiles()

    def _apply(self) -> None:
        meter = self._start("Importando")
        if meter is not None:
            values = (self.check.check, self.check.replace, meter)
            self._follow(self._operations.run(self, careful(importing.apply), *values), self._show_done)

    def _show_done(self, done: Done) -> None:
        self.done = done
        kind = self.looked.kind if self.looked is not None else ""
        self.result.show_done(done, kind, self._omitted, errors=self.check.has_errors)
        self.show_step(RESULT)
        self.primary.setFocus()
        self.imported.emit(done, self.result.said.text().removeprefix("✔ ").removesuffix("."))

    def show_undone(self, batch_id: int, left: Sequence[UndoneRow]) -> None:
        """A batch was taken back; if it is the one of the last page, that says so."""
        if self.done is not None and self.done.batch_id == batch_id:
            self.result.show_undone(left)
            self.primary.setFocus()

    # Work under way

    def _start(self, what: str) -> Any:
        """A meter for some work; None while other work is under way."""
        if self.meter.running:
            return None
        say(self.message, "")
        return self.meter.follow(what)

    def _follow(self, asked: Operation[Any], then: Callable[[Any], object]) -> None:
        """Show that it runs, and what became of it."""
        self._asked = asked
        asked.busy(self.pages, self.back, self.leave, self.primary)
        asked.then(lambda result: self._end(lambda: then(result)))
        asked.refused(self._refuse).failed(self._fail)
        self.meter.cancel.setFocus()

    def _end(self, then: Callable[[], object]) -> None:
        self.meter.end()
        self.name_primary()
        then()

    def _stop(self) -> None:
        """Cancel on the server too; what was done by then is shown as done."""
        if self._asked is not None:
            self._operations.interrupt(self._asked)

    def _refuse(self, error: UserError) -> None:
        self._end(lambda: self.complain(error.message))
        self._regain()

    def _fail(self, error: OperationError) -> None:
        stopped = self.meter.stopped
        said = Stopped().message if stopped else error.message if self._operations.online else OFFLINE
        self._end(lambda: self.complain(said))
        self._regain()

    def _regain(self) -> None:
        """The keyboard is back where one goes on."""
        if self.step == FILE and self.looked is None:
            self.file.begin()
        elif self.step == CHECK and not self.check.changes:
            self.check.begin()
        else:
            self.primary.setFocus()

    def _ask_profiles(self) -> None:
        asked = self._operations.run(self, _all_profiles)
        asked.then(self._keep_profiles).refused(lambda _: None).failed(lambda _: None)

    def _keep_profiles(self, profiles: tuple[Profile, ...]) -> None:
        self._profiles = profiles

    def _connect(self) -> None:
        self.next_asked.connect(self.go_on)
        self.back_asked.connect(self.go_back)
        self.away_asked.connect(self.go_away)
        self.aside_asked.connect(self.put_aside)
        self.file.file_chosen.connect(self._look)
        self.file.look_asked.connect(self._look_again)
        self.columns.changed.connect(lambda: say(self.message, ""))
        self.columns.keep_asked.connect(self._keep_profile)
        self.check.corrected.connect(self._correct)
        self.check.omitted.connect(self._omit)
        self.check.errors_asked.connect(self.choose_errors_file)
        self.check.changed.connect(self.name_primary)
        self.meter.cancelled.connect(self._stop)
        self.result.errors_asked.connect(self.choose_errors_file)
        self.result.another_asked.connect(self.begin)
        self.result.undo_asked.connect(lambda: self.undo_asked.emit(self.done.batch_id if self.done else 0))
        self.result.see_asked.connect(lambda: self.see_asked.emit(self.looked.kind if self.looked else ""))


def kinds_for(me: Me) -> tuple[ImportKind, ...]:
    """What may come in, by what the organisation has switched on."""
    parts = {*me.parts}
    wanted = {
        ImportKind.ANSWERS: "tickets" in parts,
        ImportKind.CLIENTS: "cases" in parts,
        ImportKind.COMPANIES: True,
        ImportKind.CONTACTS: bool(parts & {"tickets", "helpline"}),
    }
    return tuple(kind for kind, has in wanted.items() if has)


def _all_profiles(database: Database) -> tuple[Profile, ...]:
    return tuple(profile for kind in ImportKind for profile in exports.profiles(database, kind.value))
