"""What a telephone system hands over: a URI, a number or switches, read strictly into one call, or refused."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote

LONGEST = 512
HIDDEN = {
    "",
    "anonymous",
    "unknown",
    "private",
    "restricted",
    "unavailable",
    "withheld",
    "anonimo",
    "privado",
    "oculto",
}
_PRINTABLE = re.compile(r"[ -~\u00a0]*")
_SEPARATORS = re.compile(r"[ \u00a0.()/-]+")
_NUMBER = re.compile(r"\+?[0-9]{1,20}")
_COMPANY = re.compile(r"[A-Za-z0-9-]{1,20}")
_ID = re.compile(r"[!-~]{1,100}")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_KEYS = ("caller", "ivr", "company", "id", "state")


class CallState(StrEnum):
    """Where a call is by the telephone system's account."""

    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


class NotACall(ValueError):
    """What was handed over is no call in a form that is known."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A call. `caller` is digits, perhaps behind a plus, empty when hidden; `id` is the telephone system's name for it.

    `company` is what was keyed in: a company's number or its management unit.
    """

    caller: str = ""
    ivr: int | None = None
    company: str = ""
    id: str = ""
    state: CallState = CallState.RINGING

    def uri(self) -> str:
        """The one form in which it travels on: `read` makes the same call of it."""
        ivr = "" if self.ivr is None else str(self.ivr)
        values = (self.caller, ivr, self.company, self.id, self.state.value)
        said = [f"{key}={quote(value, safe='+')}" for key, value in zip(_KEYS, values, strict=True) if value]
        return f"iduo:call?{'&'.join(said)}"


def read(text: str) -> Ring:
    """A call from `iduo:call?caller=…&ivr=…&company=…&id=…&state=…`, `tel:…`, `sip:…` or a number alone."""
    if len(text) > LONGEST or not _PRINTABLE.fullmatch(text):
        raise NotACall("too long, or not printable")
    scheme, colon, rest = text.strip().partition(":")
    if not colon:
        return make(caller=scheme)
    scheme = scheme.lower()
    if scheme == "iduo":
        return _iduo(rest)
    if scheme == "tel":
        return make(caller=_decoded(rest.partition(";")[0]))
    if scheme in {"sip", "sips"}:
        return make(caller=_sip_user(rest))
    raise NotACall(f"no such scheme: {scheme}")


def make(*, caller: str = "", ivr: str = "", company: str = "", id: str = "", state: str = "") -> Ring:
    """A call from its parts as a telephone system writes them; each must be in order.

    A telephone that passes nothing but the number may bring the others behind it: `3416124410*1*1204`.
    """
    number, *dialled = caller.split("*")
    if len(dialled) > 2:
        raise NotACall("a number, an option and a company is all")
    option, keyed = (*dialled, "", "")[:2]
    return Ring(
        _number(number),
        _option(ivr or option),
        _fitting(_COMPANY, (company or keyed).strip().rstrip("#*")),
        _fitting(_ID, id.strip()),
        _state(state),
    )


def _iduo(rest: str) -> Ring:
    """`call?…`, also as browsers rewrite it: `//call?…` and `//call/?…`."""
    what, _, query = rest.partition("?")
    if what.lower().strip("/") != "call" or len(what) > len("//call/"):
        raise NotACall("iduo: knows nothing but call")
    said: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        key, _, value = part.partition("=")
        if key in said:
            raise NotACall("something is said twice")
        if key in _KEYS:  # what else a telephone system has to say is not listened to
            said[key] = _decoded(value)
    return make(**said)


def _sip_user(rest: str) -> str:
    """The part before the @, without its parameters; an address without one names nobody."""
    user, at, _host = rest.removeprefix("//").partition("@")
    if not at:
        raise NotACall("no user in the SIP address")
    return _decoded(re.split("[;:]", user, maxsplit=1)[0])


def _decoded(text: str) -> str:
    """Percent signs undone, once; a plus stays a plus, because numbers begin with it."""
    if _STRAY_PERCENT.search(text):
        raise NotACall("a percent sign that says nothing")
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        raise NotACall("not UTF-8") from error
    if not _PRINTABLE.fullmatch(decoded):
        raise NotACall("not printable")
    return decoded


def _number(text: str) -> str:
    if text.strip().lower() in HIDDEN:
        return ""
    return _fitting(_NUMBER, _SEPARATORS.sub("", text))


def _option(text: str) -> int | None:
    if text.strip() in {"", "0"}:
        return None
    if not re.fullmatch("[1-9][0-9]?", text.strip()):
        raise NotACall("the IVR option has one digit, or two")
    return int(text)


def _state(text: str) -> CallState:
    try:
        return CallState(text.strip().lower() or CallState.RINGING)
    except ValueError as error:
        raise NotACall(f"no such state: {text}") from error


def _fitting(pattern: re.Pattern[str], text: str) -> str:
    if text and not pattern.fullmatch(text):
        raise NotACall("a value that does not fit")
    return text
