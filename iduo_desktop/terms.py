"""The words of the trade as enums, with their Spanish labels; imports nothing of ours."""

from enum import IntEnum, StrEnum


class Labelled(StrEnum):
    """A word that is stored in English and shown in Spanish."""

    label: str

    def __new__(cls, value: str, label: str = "") -> "Labelled":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Role(Labelled):
    """What a person may do; roles add up, none contains another."""

    OPERATOR = "operator", "operador"
    COORDINATOR = "coordinator", "coordinador"
    ADMIN = "admin", "administrador"
    ANSWERER = "answerer", "respondedor"


class CaseList(Labelled):
    """The six tabs of the cases page (source S3)."""

    MINE = "mine", "Mis asignados"
    SUSPENDED = "suspended", "Suspendidos"
    DELINQUENT = "delinquent", "Morosos"
    WITHDRAWN = "withdrawn", "Retirados"
    ACTIVE = "active", "Activos"
    CLOSED = "closed", "Cerrados"


class ServiceStatus(Labelled):
    """The status of a client's service; also the list that an open case stands in."""

    ACTIVE = "active", "Activo"
    SUSPENDED = "suspended", "Suspendido"
    DELINQUENT = "delinquent", "Moroso"
    WITHDRAWN = "withdrawn", "Retirado"


class Channel(Labelled):
    """How a client was reached."""

    CALL = "call", "Llamada"
    WHATSAPP = "whatsapp", "WhatsApp"
    EMAIL = "email", "Mail"
    SMS = "sms", "SMS"
    CHAT = "chat", "Chat"


class Direction(Labelled):
    """Who began a contact; only outgoing ones raise the level."""

    OUTBOUND = "outbound", "saliente"
    INBOUND = "inbound", "entrante"


class FieldKind(Labelled):
    """What a field of an administrator's form holds."""

    TEXT = "text", "Texto"
    LONG_TEXT = "long_text", "Texto largo"
    CHOICE = "choice", "Lista"
    SEVERAL = "several", "Varias opciones"
    NUMBER = "number", "Número"
    MONEY = "money", "Importe"
    DATE = "date", "Fecha"
    TIME = "time", "Hora"
    YES_NO = "yes_no", "Sí o no"
    PHONE = "phone", "Teléfono"


class Level(IntEnum):
    """How often a client was contacted lately (ux: the six-level scale)."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    VERY_HIGH = 4
    PAUSED = 5

    @property
    def label(self) -> str:
        """The word that goes with the colour."""
        return ("Sin contactos", "Bajo", "Medio", "Alto", "Muy alto", "En pausa")[self]
