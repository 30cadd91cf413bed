"""The day's batch by mail: made as from the window, mailed at most once a day wherever the gateway is cut."""

from argparse import Namespace
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from uuid import uuid4

from iduo_desktop.admin import gateway_letter as letters
from iduo_desktop.admin.gateway_config import DailyBatch, MailOut
from iduo_desktop.admin.gateway_door import AwayError, Due, GatewayDoor
from iduo_desktop.admin.gateway_journal import Journal
from iduo_desktop.admin.gateway_letter import LetterError
from iduo_desktop.admin.gateway_mail import Postman
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import batches, sending
from iduo_desktop.workbooks.values import WorkbookError

PATIENCE: Final = 600.0
EXPECTED: Final = (WorkbookError, OSError, UserError, OperationError, LetterError)


@dataclass(frozen=True, slots=True)
class _Made:
    """A batch that was sent, as far as the database knows, and its file."""

    batch_id: int
    tickets: int
    path: Path


class BatchMail:
    """Mails the day's batch when it is due.

    Who is told that it is due has begun it, alone; what certainly failed is told and comes back later. Of what is cut
    in between, or in doubt, nothing is told: it is never due again, and administrators see that nobody knows.
    """

    name = "batch"
    rest = 20.0

    def __init__(
        self, place: DailyBatch, sender: MailOut, options: Namespace, door: GatewayDoor, journal: Journal
    ) -> None:
        self._place = place
        self._sender = sender
        self._options = options
        self._door = door
        self._journal = journal
        self._untold: tuple[date, int | None, str] | None = None

    def round(self) -> bool:
        """Look whether it is due."""
        self._tell()
        due = self._door.batch_due()
        if due is None or not due.due:
            return False
        try:
            made = self._make(due.day)
            if made is None:
                self._untold = (due.day, None, "")
                self._journal.say("batch", "Lote del día: no hay mensajes para enviar.")
            else:
                self._mail(due, made)
        except EXPECTED as error:
            self._untold = (due.day, None, str(error) or "Error del sistema de archivos.")
            self._journal.say("batch_failed", f"El lote del día no salió: {error}")
        self._tell()
        return False

    def close(self) -> None:
        """Say what is not said yet, if the database is there."""
        try:
            self._tell()
        except AwayError:
            return  # it stays begun: nobody knows, and nobody repeats it

    def _make(self, day: date) -> _Made | None:
        """The batch of that day: the one that was made before it failed to go out, or a new one; None if it is empty.

        Its file bears the day, so that it is found again.
        """
        path = self._place.folder / f"iduo_mensajes_{day:%Y-%m-%d}.xlsx"
        with closing(job(self._place, self._options)) as database:
            for batch in batches.board(database):
                if (
                    (batch.kind, batch.file_name) == (sending.KIND, path.name)
                    and batch.applied_at
                    and not batch.undone_at
                ):
                    return _Made(batch.id, batch.rows, sending.write_again(database, batch.id, path))
            key = uuid4()
            prepared = sending.prepare(database, None, None, key)
            if not prepared.tickets:
                return None
            sent = sending.send_into(database, prepared, path, True, (), key)
            return _Made(sent.batch_id, sent.tickets, sent.path)

    def _mail(self, due: Due, made: _Made) -> None:
        messages = "1 mensaje" if made.tickets == 1 else f"{made.tickets} mensajes"
        title = f"Mensajes del {due.day:%d/%m/%Y}, lote {made.batch_id:04}"
        text = (
            f"Va adjunto el lote {made.batch_id:04} con {messages}.\n\nLas respuestas van en la columna «Respuesta».\n"
        )
        ref = f"lote-{made.batch_id}-{uuid4()}@{self._sender.from_address.rpartition('@')[2]}"
        letter = letters.batch(self._sender, tuple(due.addresses), title, text, made.path, ref)
        postman = Postman(self._sender)
        try:
            fate = postman.post(letter, ref)
        finally:
            postman.close()
        if fate.kind == "doubtful":
            self._journal.complain(
                self.name, f"No sabemos si el lote {made.batch_id:04} salió por correo. {fate.words}"
            )
            return
        self._untold = (due.day, made.batch_id, fate.words if fate.kind == "failed" else "")
        words = (
            f"El lote {made.batch_id:04} no salió: {fate.words}"
            if fate.kind == "failed"
            else f"Lote {made.batch_id:04} enviado."
        )
        self._journal.say("batch_failed" if fate.kind == "failed" else "batch", words, batch=made.batch_id)

    def _tell(self) -> None:
        if self._untold is not None:
            self._door.batch_mailed(*self._untold)
            self._untold = None


def job(place: DailyBatch, options: Namespace) -> Database:
    """The account that makes it, on the server of the gateway."""
    password = place.password_file.read_text("utf-8").split("\n", 1)[0].rstrip("\r")
    certificate = options.sslrootcert
    hosts = ((options.host, options.port or 5432),)
    return Database(Conninfo(hosts, options.dbname, place.user, password, certificate), deadline=PATIENCE)
