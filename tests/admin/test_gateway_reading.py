"""Mails that came in: their words, what they quote, bounces, and what programs write by themselves."""

import time
from email.message import EmailMessage

import pytest
from imap_tools import MailMessage

from iduo_desktop.admin import gateway_reading as reading
from iduo_desktop.admin.gateway_html import to_text
from iduo_desktop.admin.gateway_quotes import LONGEST, MARK, shortened, without_quote
from iduo_desktop.admin.gateway_reading import Read

OWN = "avisos@example.org"


def mail(text: str = "Sí, el martes.", **headers: str) -> EmailMessage:
    """A mail of a client's."""
    made = EmailMessage()
    made["From"] = headers.pop("sender", "Ana Gómez <ana@example.net>")
    made["To"] = OWN
    made["Subject"] = headers.pop("subject", "Re: Su cuenta")
    made["Message-ID"] = headers.pop("message_id", "<abc@example.net>")
    made["Date"] = "Sun, 22 Nov 2026 10:00:00 -0300"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def read(made: EmailMessage | bytes) -> Read:
    """As the mailbox does."""
    raw = made if isinstance(made, bytes) else made.as_bytes()
    return reading.read(MailMessage.from_bytes(raw), raw, OWN)


def text_of(made: EmailMessage | bytes) -> str:
    """What of it is kept."""
    found = read(made).incoming
    assert found is not None
    return found.text


def test_an_answer() -> None:
    found = read(mail(In_Reply_To="<uno@iduo.local>", References="<cero@iduo.local> <uno@iduo.local>"))
    assert found.kind == "answer"
    assert found.incoming is not None
    one = found.incoming
    assert (one.channel, one.provider_id, one.sender, one.to) == ("email", "abc@example.net", "ana@example.net", OWN)
    assert (one.subject, one.text) == ("Re: Su cuenta", "Sí, el martes.")
    assert one.in_reply_to == ("uno@iduo.local", "cero@iduo.local")


def test_a_mail_without_a_number_is_known_by_its_contents() -> None:
    made = mail()
    del made["Message-ID"]
    raw, other = made.as_bytes(), mail("Otra cosa").as_bytes()
    one = reading.identity(MailMessage.from_bytes(raw).obj, raw)
    assert one == reading.identity(MailMessage.from_bytes(raw).obj, raw)
    assert one != reading.identity(MailMessage.from_bytes(other).obj, other)
    assert one.startswith("sha256-")


@pytest.mark.parametrize(
    "quote",
    [
        "El dom, 22 nov 2026 a las 9:00, Avisos (<avisos@example.org>) escribió:\n> Le recordamos\n> su deuda",
        "El dom, 22 nov 2026 a las 9:00, Avisos\n<avisos@example.org> escribió:\n\n> Le recordamos",
        "On Sun, Nov 22, 2026 at 9:00 AM Avisos <avisos@example.org> wrote:\n> Le recordamos",
        "-----Mensaje original-----\nDe: Avisos\nLe recordamos",
        "________________________________\nDe: Avisos <avisos@example.org>\nEnviado: domingo\nLe recordamos",
        "De: Avisos <avisos@example.org>\nEnviado el: domingo, 22 de noviembre\nPara: Ana\n\nLe recordamos",
        "> Le recordamos\n> su deuda",
    ],
)
def test_what_it_answers_is_cut_off_below_a_mark(quote: str) -> None:
    assert text_of(mail(f"Ya pagué.\n\nAna\n\n{quote}\n")) == f"Ya pagué.\n\nAna\n\n{MARK}"


@pytest.mark.parametrize(
    "text",
    [
        "El lunes le escribí y nadie contestó.",
        "De: acá no me mueven.\nEnvío el comprobante.",
        "On the road.\nwrote a lot",
        "> ¿Puede el martes?\nSí.\n> ¿A qué hora?\nA las 10.",
        "El dom, 22 nov 2026, Avisos escribió:\n> ¿Puede?\nSí, puedo.",
        "Hola.\n\nEl dom, 22 nov 2026, Avisos escribió:\n> ¿Puede?\nSí, puedo.\n> ¿Cuándo?\nMañana.",
    ],
)
def test_what_is_ones_own_stays(text: str) -> None:
    assert without_quote(text) == text


def test_html_becomes_words() -> None:
    made = mail()
    made.set_content(
        "<html><head><title>no</title><style>p {color: red}</style></head><body><p>Hola&nbsp;<b>Ana</b>,</p>"
        "<script>alert('no')</script><!-- no --><ul><li>uno<li>dos</ul>3 < 4 &amp; 5<br>línea"
        "<table><tr><td>a</td><td>b</td></tr></table><img src=x onerror=no>"
        "<div class='gmail_quote'>El dom … escribió: <blockquote>viejo</blockquote></div></body></html>",
        subtype="html",
    )
    assert text_of(made) == f"Hola Ana,\n\n- uno\n- dos\n3 < 4 & 5\nlínea\n\na b\n\n{MARK}"


@pytest.mark.parametrize(
    "evil",
    [
        *("<!" * 100_000, "<!--" * 50_000, "<a " * 60_000, "<" * 200_000, "&" * 200_000, "<div>" * 40_000),
        *("</" * 90_000, "<a b='" * 30_000, "<?" * 90_000, "<script>" * 20_000, "&#x" * 60_000, "\0" * 100_000),
    ],
)
def test_html_that_was_made_to_stop_us_takes_no_time(evil: str) -> None:
    began = time.monotonic()
    to_text(evil, MARK)
    assert time.monotonic() - began < 3.0


@pytest.mark.parametrize("evil", ["El \n" * 30_000, "De: a\n" * 30_000, ">" * 100_000, "-- " * 40_000, "_" * 100_000])
def test_text_that_was_made_to_stop_us_takes_no_time(evil: str) -> None:
    began = time.monotonic()
    without_quote(evil)
    assert time.monotonic() - began < 3.0


def test_a_long_one_is_cut_and_its_files_are_named() -> None:
    made = mail("ñ" * 30_000)
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="boleta\u202efdp.exe")
    made.add_attachment(mail("otro texto", subject="reenviado"))
    text = text_of(made)
    assert len(text) <= LONGEST
    assert text.endswith("[Adjunto: boletafdp.exe]")
    assert "entero está en la casilla" in text
    assert "otro texto" not in text_of(made)
    assert len(shortened("a" * LONGEST)) == LONGEST


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<lista@example.net>"},
        {"subject": "Respuesta automática: Su cuenta"},
        {"subject": "Out of office: vuelvo el lunes"},
        {"sender": OWN},
    ],
)
def test_what_programs_write_is_no_answer(headers: dict[str, str]) -> None:
    assert read(mail(**headers)).kind == "automatic"
    assert read(mail(Auto_Submitted="no")).kind == "answer"


def bounce(action: str = "failed", original: str = "uno@iduo.local") -> bytes:
    """What a mail server writes back."""
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nTo: avisos@example.org\nSubject: Undelivered\n"
        "Auto-Submitted: auto-replied\nMIME-Version: 1.0\nMessage-ID: <b@mx.example.net>\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="xx"\n\n--xx\n\nIt did not arrive.\n'
        "--xx\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"
        f"Final-Recipient: rfc822; ana@example.net\nAction: {action}\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\n\n--xx\nContent-Type: message/rfc822\n\n"
        f"From: avisos@example.org\nMessage-ID: <{original}>\nSubject: Su cuenta\n\nTexto\n\n--xx--\n"
    ).encode()


def test_a_bounce_names_the_letter_that_did_not_arrive() -> None:
    found = read(bounce())
    assert (found.kind, found.refs, found.delivered) == ("bounce", ("uno@iduo.local",), False)
    assert found.error == "No llegó; el servidor de destino dijo: «550 5.1.1 User unknown»."
    assert found.incoming is None


def test_what_is_only_late_is_no_bounce() -> None:
    assert read(bounce("delayed")).kind == "automatic"
    found = read(bounce("delivered"))
    assert (found.kind, found.delivered, found.error) == ("bounce", True, "")


def test_a_postmaster_without_a_report_is_understood_too() -> None:
    text = "No pudimos entregar:\n\nMessage-ID: <dos@iduo.local>\nSubject: x\n"
    found = read(mail(text, sender="postmaster@mx.example.net", subject="Failure"))
    assert (found.kind, found.refs, found.delivered) == ("bounce", ("dos@iduo.local",), False)
    assert read(mail(text, sender="postmaster@mx.example.net", subject="Warning: delayed")).kind == "automatic"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"From: =?utf-8?b?????=\nSubject: =?no-such?q?=ff?=\n\nx",
        b"From: a@b.example\nContent-Type: text/plain; charset=no-such-charset\n\nh\xc3\xb1",
        b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n--x",
        b"From: a@b.example\nContent-Transfer-Encoding: base64\n\n!!!!",
        b"From: a@b.example\nDate: nonsense\nMessage-ID: nonsense\n\nx",
        b"Content-Disposition: attachment; filename*=bad''%ff\"\nFrom: \"<>\n\n",
        b"Subject: a\r\n\tb\r\nFrom: x\r\n y\r\n\r\n\0",
    ],
)
def test_no_mail_stops_the_gateway(raw: bytes) -> None:
    try:
        found = read(raw)
    except reading.UNREADABLE:
        found = reading.unreadable(raw)
    assert found.kind in ("answer", "automatic", "bounce")
    assert found.incoming is None or "\0" not in found.incoming.text + found.incoming.subject
