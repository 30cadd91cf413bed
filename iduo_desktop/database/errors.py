"""What can go wrong with the database, sorted by who can act; made from SQLSTATE. Imports no driver."""

from enum import Enum, auto


class UserError(Exception):
    """The operator can act: `message` is a sentence for him, in Spanish. `field` is the form field it speaks of."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class FieldError(UserError):
    """One field of a form is missing or does not fit."""


class LoginRefused(UserError):
    """The server does not let this person in; asking again with the same password does not help."""


class ServerNotTrusted(UserError):
    """The server could not prove who it is (certificate, SCRAM); IT has to look, nobody should go on."""


class OperationError(Exception):
    """Nobody did anything wrong; asking again helps. `message` is the sentence for the notice."""

    message = "No se pudo completar. Probá de nuevo."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)
        self.message = message or self.message


class Busy(OperationError):
    """Somebody else holds the row, or the server took too long; nothing was changed."""

    message = "Otra persona lo está usando en este momento. Probá de nuevo en unos segundos."


class TooManyConnections(Busy):
    """No connection is left for this person or on the server; dead ones clear within seconds."""

    message = (
        "Ya hay demasiadas conexiones abiertas con tu usuario. "
        "Si se cortó la red, las viejas se liberan solas en unos segundos. Probá de nuevo."
    )


class InDoubt(OperationError):
    """The connection ended while a command was under way: done or not? Asking again with the same key is harmless."""

    message = "Se cortó la conexión mientras se guardaba. Reintentá: si ya se había guardado, no se repite."


class ConnectionLost(OperationError):
    """There is no server now; nothing was changed. `retry_in`: seconds after which to ask again by oneself."""

    message = "No hay conexión con el servidor."
    retry_in = 0.0


class LeftBehind(ConnectionLost):
    """The server that answers is one whose place another took, or an old copy: nothing is asked of it."""

    message = "El servidor que contesta quedó atrás: otro ya tomó su lugar. No se guardó nada; avisá a Informática."


class Cancelled(OperationError):
    """The call was cancelled from this program; nothing was changed."""

    message = "Se canceló."


class UnexpectedError(Exception):
    """A mistake of ours. Says where, never with which values: it goes to the log."""

    safe_to_log = True

    def __init__(self, sqlstate: str | None, function: str, place: str = "") -> None:
        super().__init__(f"{sqlstate or 'no SQLSTATE'} in api.{function}{' at ' + place if place else ''}")
        self.sqlstate = sqlstate
        self.function = function


class Kind(Enum):
    """What to do about an SQLSTATE."""

    REFUSED = auto()
    BUSY = auto()
    AGAIN = auto()
    LOST = auto()
    STALE = auto()
    OURS = auto()


NOT_ALLOWED = "No tenés permiso para hacer esto."
WRONG_PASSWORD = "El usuario o la contraseña no coinciden."
DISABLED = "Tu usuario está desactivado. Hablá con tu coordinador."
NOT_ADMITTED = "El servidor no acepta conexiones de esta computadora. Avisá a Informática."
NOT_TRUSTED = "No pudimos comprobar que el servidor sea el verdadero. No ingreses; avisá a Informática."
OTHER_DATA = "Esto ya se había guardado, con otros datos. Cerrá el formulario y fijate cómo quedó."
NOT_FOUND = "No lo encontramos. Puede que ya no exista o que no lo puedas ver."
BAD_TEXT = "El texto tiene un carácter que no se puede guardar. Borralo y probá de nuevo."
TOO_SLOW = "El servidor tardó demasiado y no se hizo nada. Probá de nuevo."

# Connection failures carry no SQLSTATE in libpq, only the server's words (doctor asks for lc_messages in English).
_UNTRUSTED = (
    "certificate",
    "does not support ssl",
    "authentication method requirement",
    "channel binding",
    "ssl was required",
    "incorrect server signature",
    "invalid server signature",
    "invalid scram",
)
_WRONG = ("password authentication failed", "no password supplied", "empty password")
_DISABLED = ("is not permitted to log in",)
_FULL = ("too many connections", "too many clients", "connection slots are reserved")
_CLOSED = ("no pg_hba.conf entry", "pg_hba.conf rejects", "permission denied for database")


def kind_of(sqlstate: str | None, ours: bool = False) -> Kind:
    """Sort an SQLSTATE; None, for a driver error without one, means that the line broke.

    `ours`: a function of ours raised it. A key that comes again with other contents is then the person's to look at;
    any other row that is there twice is a mistake.
    """
    if ours and sqlstate == "23505":
        return Kind.REFUSED
    if sqlstate is None or sqlstate.startswith(("08", "57P0")) or sqlstate == "25006":
        return Kind.LOST
    if sqlstate in ("40001", "40P01"):
        return Kind.AGAIN
    if sqlstate in ("55P03", "57014") or sqlstate.startswith("53"):
        return Kind.BUSY
    if sqlstate == "42501" or sqlstate.startswith(("IU", "28")):
        return Kind.REFUSED
    return Kind.STALE if sqlstate == "0A000" else Kind.OURS


def refusal(sqlstate: str, message: str, detail: str | None, ours: bool) -> UserError:
    """The sentence for a refusal; `ours` says that a function of ours raised it, so that its words are shown."""
    if sqlstate.startswith("28"):
        return LoginRefused(WRONG_PASSWORD)
    if sqlstate == "23505":
        return UserError(OTHER_DATA)
    if not ours:
        return UserError(NOT_ALLOWED)
    return FieldError(message, detail) if sqlstate == "IU002" else UserError(message, detail)


def busy(sqlstate: str) -> Busy:
    """Why it has to be asked again later."""
    if sqlstate == "53300":
        return TooManyConnections()
    return Busy() if sqlstate == "55P03" else Busy(TOO_SLOW)


def from_connecting(words: str) -> UserError | OperationError:
    """Why no connection came about, from what libpq and the server said."""
    said = words.lower()
    answers: tuple[tuple[tuple[str, ...], UserError | OperationError], ...] = (
        (_UNTRUSTED, ServerNotTrusted(NOT_TRUSTED)),
        (_WRONG, LoginRefused(WRONG_PASSWORD)),
        (_DISABLED, LoginRefused(DISABLED)),
        (_FULL, TooManyConnections()),
        (_CLOSED, LoginRefused(NOT_ADMITTED)),
    )
    return next((error for marks, error in answers if any(mark in said for mark in marks)), ConnectionLost())
