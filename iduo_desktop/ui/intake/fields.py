"""The nine fields of a message, in reading order, with the inputs that they need."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from iduo_desktop.services.forms import Field
from iduo_desktop.terms import CallerKind, FieldKind, TicketChannel
from iduo_desktop.ui.intake.company_editor import CompanyEditor
from iduo_desktop.ui.intake.contact_editor import ContactEditor
from iduo_desktop.ui.intake.editors import RadioEditor, TopicEditor
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import Editor, LongTextEditor, fixed_field
from iduo_desktop.ui.widgets.form import FieldRow, FormView
from iduo_desktop.ui.widgets.reach_editors import DocumentEditor, EmailEditor, PhoneEditor

_CHANNELS = (
    (TicketChannel.PHONE.value, "0800"),
    (TicketChannel.CHAT.value, "Chat"),
    (TicketChannel.OUTBOUND.value, "Saliente"),
)
_CALLERS = (
    (CallerKind.CLIENT.value, "Usuario"),
    (CallerKind.PROSPECT.value, "Interesado"),
    (CallerKind.OTHER.value, "Otras"),
)
_REACH = "Pedile un teléfono o un mail para responderle."
_NO_COMPANY = "Completá la empresa, o elegí otra cosa en «Quién llama»."
LINES, FEW_LINES = 6, 3


class TextEditor(LongTextEditor):
    """What the caller says."""

    def show_lines(self, lines: int) -> None:
        """Be as high as so many lines."""
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * lines + 18)


class MessageFields(FormView):
    """Nine rows, nine Tab stops; a company or a person that is settled goes on to what is missing."""

    def __init__(self, operations: Operations, clock: Clock, area_code: str, parent: QWidget | None = None):
        channel = fixed_field("channel", "Canal", FieldKind.CHOICE, required=True, options=_CHANNELS)
        caller = fixed_field("caller_kind", "Quién llama", FieldKind.CHOICE, required=True, options=_CALLERS)
        company = fixed_field("company", "Empresa", FieldKind.TEXT)
        contact = fixed_field("contact", "Contacto", FieldKind.TEXT)
        document = fixed_field("document", "Documento", FieldKind.TEXT, max_length=30)
        phone = fixed_field("phone", "Teléfono", FieldKind.PHONE, max_length=60)
        email = fixed_field("email", "Mail", FieldKind.TEXT, max_length=254)
        topic = fixed_field("topic", "Tema", FieldKind.CHOICE)
        text = fixed_field("text", "Consulta", FieldKind.LONG_TEXT, required=True, max_length=4000)
        self.channel = RadioEditor(channel, clock)
        self.caller = RadioEditor(caller, clock)
        self.company = CompanyEditor(company, clock, operations)
        self.contact = ContactEditor(contact, clock, operations)
        self.document = DocumentEditor(document, clock)
        self.phone = PhoneEditor(phone, clock, area_code)
        self.email = EmailEditor(email, clock)
        self.topic = TopicEditor(topic, clock)
        self.text = TextEditor(text, clock)
        self.text.input.setObjectName("field_text")
        made = (self.channel, self.caller, self.company, self.contact, self.document)
        editors = {each.field.key: each for each in (*made, self.phone, self.email, self.topic, self.text)}
        fields: tuple[Field, ...] = (channel, caller, company, contact, document, phone, email, topic, text)
        super().__init__(fields, clock, parent, editors)
        self.company.watch_keys()
        self.contact.watch_keys()
        self.company.entered.connect(self._go_on)
        self.contact.entered.connect(self._go_on)
        self.company.doubted.connect(lambda: self.row("company").check())
        self.caller.changed.connect(self._ask_company)
        self._ask_company()

    def row(self, key: str) -> FieldRow:
        """The line of a field."""
        return next(row for row in self.rows if row.field.key == key)

    def missing(self) -> QWidget:
        """What to ask next: the company of a client, the name of anybody else, then what it is about."""
        first: Editor = self.company if self.caller.value() == CallerKind.CLIENT else self.contact
        if first.is_blank():
            return first.input
        return self.topic.input if self.topic.is_blank() else self.text.input

    def check(self) -> list[FieldRow]:
        """As any form; and there has to be a way to answer, and the company of a client."""
        wrong = super().check()
        company, phone = self.row("company"), self.row("phone")
        if self.text.is_blank():
            self.row("text").show_error("Completá la consulta.")
        if self.caller.value() == CallerKind.CLIENT and self.company.is_blank():
            company.show_error(_NO_COMPANY)
            wrong.append(company)
        if self.phone.is_blank() and self.email.is_blank() and self.contact.contact_id is None:
            phone.show_error(_REACH)
            wrong.append(phone)
        return sorted(set(wrong), key=self.rows.index)

    def fit(self, *, low: bool) -> None:
        """On a low screen the text is lower too."""
        self.text.show_lines(FEW_LINES if low else LINES)

    def _go_on(self) -> None:
        """Enter in the company, or a person chosen: to what is missing."""
        missing = self.missing()
        target = self.contact.input if missing is self.company.input else missing
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def _ask_company(self) -> None:
        row = self.row("company")
        client = self.caller.value() == CallerKind.CLIENT
        row.label.setText("Empresa *" if client else "Empresa")
        if not client and not self.company.problem():
            row.show_error("")
