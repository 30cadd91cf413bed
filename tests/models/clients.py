"""Lists of clients: tried, staged in parts, cut in half, applied twice, two at the same moment, and undone."""

import hashlib
import json
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import uuid4

import psycopg
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from iduo_desktop.services import batches, cases, companies
from iduo_desktop.services.batches import Applied
from tests.models.base import ANY, NOT_ALLOWED, Machine
from tests.models.cases import CLOSING
from tests.models.client_model import HELD, Batch, Client, Clients, Payload, Row
from tests.services.keyed import client as blank

NUMBERS = st.integers(1, 5)
STATUSES = st.sampled_from(["delinquent", "delinquent", "suspended", "perdido"])
LINES = st.lists(
    st.tuples(
        NUMBERS,
        STATUSES,
        st.sampled_from(["Gómez", "Paz", ""]),
        st.sampled_from(["100", "250.50", None]),
        st.sampled_from(["Mitre 1", "Mitre 2", ""]),
        st.sampled_from([(), ("3416124410",), ("3416124411",)]),
    ),
    min_size=1,
    max_size=6,
)
Line = tuple[int, str, str, str | None, str, tuple[str, ...]]
SENDERS = st.sampled_from(["marta", "marta", "eva", "noe", "ana"])
OUTCOMES = ("created", "updated", "unchanged", "doubtful", "refused")
CLIENTS = """
SELECT o.number, o.surname, o.street, o.debt, 'street' = ANY (o.corrected), o.imported,
       ARRAY(SELECT p.typed FROM iduo.company_phone p WHERE p.company_id = o.id ORDER BY p.id)
FROM iduo.company o ORDER BY o.number"""
CASES = """
SELECT o.number, c.list, c.state = 'open', c.id FROM iduo.case c JOIN iduo.company o ON o.id = c.company_id
ORDER BY o.number, c.id"""


class ClientMachine(Machine):
    """All that can be done with lists of clients, while operators work on what came with them."""

    SAME = ("batch_id", *OUTCOMES, "cases_opened", "cases_moved")

    def __init__(self) -> None:
        super().__init__()
        self.model = Clients()
        self.files: list[str] = []
        self.ids: dict[int, int] = {}
        self._bring("marta", self._file([(n, "delinquent", "Gómez", "100", "Mitre 1", ()) for n in (1, 2, 3)]))

    @staticmethod
    def _file(lines: list[Line]) -> str:
        """A file as the reading layer gives it."""
        staged = []
        for row, (number, status, surname, debt, street, phones) in enumerate(lines, 2):
            known = [{"typed": p, "e164": f"+54{p}", "search_key": p, "kind": "", "valid": True} for p in phones]
            said = {"surname": surname, "status": status, "debt": debt, "street": street, "phones": known}
            staged.append(blank(number) | said | {"row": row, "names": "", "erase": []})
        return json.dumps(staged)

    def _open(self, who: str, file: str, parts: int = 1, kept: int | None = None) -> Batch | None:
        """Begin a list and put its rows in, in so many parts; the first part comes twice. `kept`: only so many rows."""
        sha = hashlib.sha256(file.encode()).hexdigest()
        refused = NOT_ALLOWED if who == "ana" else ""
        opened = self.do(who, partial(batches.open_batch, file_name="l.xlsx", sha256=sha, key=uuid4()), refused)
        if not opened:
            return None
        self.past.pop()  # "already" tells of what was applied since
        before = [b for b in self.model.batches.values() if b.file == sha and b.state == "applied"]
        assert (opened.already is not None) == bool(before)
        rows: list[Payload] = json.loads(file)[:kept]
        size = -(-len(rows) // parts)
        for start in (0, *range(0, len(rows), size)):
            part = json.dumps(rows[start : start + size])
            staged = self.do(who, partial(batches.stage, batch_id=opened.batch_id, rows=part))
            self.past.pop()  # once it is applied nothing more is put into it
            assert staged.staged == min(start + size, len(rows))
        payloads = [{key: value for key, value in row.items() if key != "row"} for row in rows]
        numbered = [Row(row["row"], payload) for row, payload in zip(rows, payloads, strict=True)]
        batch = self.model.batches[opened.batch_id] = Batch(opened.batch_id, who, sha, numbered)
        self.files = [*self.files, file][-3:]
        return batch

    def _bring(self, who: str, file: str, dry: bool = False, parts: int = 1) -> None:
        """A whole list, perhaps tried first."""
        if batch := self._open(who, file, parts):
            if dry:
                self._try(batch)
            self._apply(batch)

    def _try(self, batch: Batch) -> None:
        """It says what it would do, and does nothing."""
        told = self.do(batch.by, partial(batches.apply, batch_id=batch.id, dry_run=True))
        self.past.pop()  # asked again when the others went on it says something else
        self.model.judge(batch)
        self._told(batch, told, applied=False)

    def _apply(self, batch: Batch, held: Collection[int] = ()) -> None:
        told = self.do(batch.by, partial(batches.apply, batch_id=batch.id, dry_run=False))
        self.model.apply(batch, held)
        self._told(batch, told)

    def _told(self, batch: Batch, told: Applied, applied: bool = True) -> None:
        """Totals, and the rows that deserve a look, as the model has them."""
        for name in OUTCOMES:
            assert getattr(told, name) == sum(row.outcome == name for row in batch.rows), name
        assert told.rows == len(batch.rows)
        assert (told.cases_opened, told.cases_moved) == ((batch.opened, batch.moved) if applied else (0, 0))
        found = {one.row: one for one in self.see(batch.by, partial(batches.outcomes, batch_id=batch.id))}
        expected = {row.row: row for row in batch.rows if row.outcome in ("doubtful", "refused") or row.kept}
        assert {row: one.outcome for row, one in found.items()} == {row: o.outcome for row, o in expected.items()}
        assert {row for row, one in found.items() if one.kept} == {row.row for row in batch.rows if row.kept}

    @rule(who=SENDERS, lines=LINES, pick=ANY, same=st.sampled_from([False, False, True]), dry=st.booleans())
    def bring(self, who: str, lines: list[Line], pick: int, same: bool, dry: bool) -> None:
        """A list comes in, perhaps one that came before, in one part or two; rows may say one client twice."""
        file = self.files[pick % len(self.files)] if same else self._file(lines)
        self._bring(who, file, dry, 1 + pick % 2)

    @rule(who=st.sampled_from(["marta", "eva"]), lines=LINES, dry=st.booleans())
    def cut(self, who: str, lines: list[Line], dry: bool) -> None:
        """Its program ended before all rows were there, or before they were applied: nothing has changed."""
        batch = self._open(who, self._file(lines), kept=-(-len(lines) // 2))
        if batch and dry:
            self._try(batch)

    @precondition(lambda self: any(batch.state == "staging" for batch in self.model.batches.values()))
    @rule(who=SENDERS, pick=ANY)
    def finish(self, who: str, pick: int) -> None:
        """What was left lying is applied as it is now; by who began it, and nobody else."""
        waiting = [batch for batch in self.model.batches.values() if batch.state == "staging"]
        batch = waiting[pick % len(waiting)]
        if who != batch.by:
            why = NOT_ALLOWED if who == "ana" else "Ese lote no existe o es de otra persona."
            self.do(who, partial(batches.apply, batch_id=batch.id, dry_run=False), why)
        self._apply(batch)

    @rule(lines=LINES, others=LINES)
    def together(self, lines: list[Line], others: list[Line]) -> None:
        """Two lists at the same moment: as if one had come after the other."""
        both = [self._open(who, self._file(each)) for who, each in (("marta", lines), ("eva", others))]
        pair = [batch for batch in both if batch]
        with ThreadPoolExecutor(2) as pool:
            asked = [pool.submit(batches.apply, self.place.desks[b.by], b.id, False) for b in pair]
        told = {batch.id: one.result() for batch, one in zip(pair, asked, strict=True)}
        self.place.commands += 2
        order = "SELECT id FROM iduo.batch WHERE id = ANY (%s) ORDER BY applied_at"
        for (first,) in self.place.world.superuser.execute(order, [[*told]]).fetchall():
            self.model.apply(self.model.batches[first])
            self._told(self.model.batches[first], told[first])

    @precondition(lambda self: self.model.clients)
    @rule(lines=LINES, pick=ANY)
    def beside_work(self, lines: list[Line], pick: int) -> None:
        """Somebody is changing a client while the list is applied: he is left for the next one, the others are not."""
        number = [*self.model.clients][pick % len(self.model.clients)]
        batch = self._open("marta", self._file(lines))
        assert batch
        own = self.place.world.superuser.info
        with psycopg.connect(own.dsn, password=own.password) as busy:
            busy.execute("SELECT FROM iduo.company WHERE number = %s FOR NO KEY UPDATE", [number])
            self._apply(batch, {number})
        said = {one.message for one in self.see("marta", partial(batches.outcomes, batch_id=batch.id))}
        assert (HELD in said) == any(row.held for row in batch.rows)

    @precondition(lambda self: self.model.clients)
    @rule(who=st.sampled_from(["ana", "juan"]), pick=ANY, street=st.sampled_from(["San Juan 5", "San Juan 6"]))
    def correct(self, who: str, pick: int, street: str) -> None:
        """What an operator knows better stays, whatever lists say."""
        client = self._pick(pick)
        found = "SELECT id, version FROM iduo.company WHERE number = %s"
        ((company, version),) = self.place.world.superuser.execute(found, [client.number]).fetchall()
        if client.street == street:
            return
        command = partial(companies.correct, company_id=company, field="street", value=street, version=version)
        self.do(who, partial(command, key=uuid4()))
        self.past.pop()  # what it answers is the version that there is by then
        client.street, client.corrected = street, True

    @precondition(lambda self: any(client.open_case for client in self.model.clients.values()))
    @rule(pick=ANY, old=st.booleans())
    def close(self, pick: int, old: bool) -> None:
        """Somebody works on a case, and closes it; perhaps that was long ago."""
        clients = [client for client in self.model.clients.values() if client.open_case]
        client = clients[pick % len(clients)]
        case = client.open_case
        assert case
        found = self.ids[case.number]
        self.do("ana", partial(cases.take, case_id=found, key=uuid4()))
        closing = partial(cases.close, form_version=1, values=json.dumps(CLOSING), key=uuid4())
        self.do("ana", partial(closing, case_id=found))
        self.past = self.past[:-2]  # undoing a list never takes away what somebody worked on
        case.worked, case.open, case.old = (*case.worked, "taken", "closed"), False, old
        if old:
            self.place.world.age("case", found, "closed_at", days=40)

    @rule(who=SENDERS, pick=ANY)
    def undo(self, who: str, pick: int) -> None:
        """A list is taken back, but for whom somebody changed since."""
        batch = [*self.model.batches.values()][-1 - pick % len(self.model.batches)]
        why = NOT_ALLOWED if who == "ana" else batch.undoable
        left = self.do(who, partial(batches.undo, batch_id=batch.id, key=uuid4()), why)
        if left is not None:
            assert len(left) == self.model.undo(batch)

    def _pick(self, number: int) -> Client:
        return [*self.model.clients.values()][number % len(self.model.clients)]

    @invariant()
    def clients_are_the_models(self) -> None:
        """Each client as he should be, with his cases; and the lists that operators see."""
        step = self.step()
        world = self.place.world
        rows = world.superuser.execute(CLIENTS).fetchall()
        found = [(number, *rest, tuple(phones)) for number, *rest, phones in rows]
        expected = sorted(self.model.clients.values(), key=lambda client: client.number)
        assert [row[0] for row in found] == [client.number for client in expected]
        for row, client in zip(found, expected, strict=True):
            debt = None if client.debt is None else float(client.debt)
            shown = (row[1], row[2], None if row[3] is None else float(row[3]), row[4], row[5], row[6])
            said = {key: value for key, value in client.said.items() if key != "warnings"}
            assert shown == (client.surname, client.street, debt, client.corrected, said, client.phones)
        own = [(client.number, case) for client in expected for case in client.cases]
        there = world.superuser.execute(CASES).fetchall()
        assert [row[:3] for row in there] == [(number, case.list, case.open) for number, case in own]
        self.ids = {case.number: row[3] for row, (_, case) in zip(there, own, strict=True)}
        viewer = ("ana", "marta", "eva")[step % 3]
        for name in ("delinquent", "suspended"):
            listed = {row.id for row in self.see(viewer, partial(cases.page, list=name))}
            assert listed == {self.ids[case.number] for _, case in own if case.open and case.list == name}
