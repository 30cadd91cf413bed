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


class Purpose(Labelled):
    """What a contact is for; each has its own policy."""

    COLLECTION = "collection", "Cobranza"
    SERVICE = "service", "Servicio"
    PROMOTION = "promotion", "Promoción"


class MessageState(Labelled):
    """What became of a message; one that may or may not have gone out is never sent again by itself."""

    WAITING = "waiting", "Por enviar"
    SENDING = "sending", "Enviando"
    SENT = "sent", "Enviado"
    FAILED = "failed", "No se pudo enviar"
    DOUBTFUL = "doubtful", "No sabemos si salió"
    CANCELLED = "cancelled", "Anulado"
    RECEIVED = "received", "Recibido"


class Direction(Labelled):
    """Who began a contact; only outgoing ones raise the level."""

    OUTBOUND = "outbound", "saliente"
    INBOUND = "inbound", "entrante"


class PromotionAnswer(Labelled):
    """What a client said to a promotion."""

    OFFERED = "offered", "Ofrecida"
    ACCEPTED = "accepted", "Aceptada"
    DECLINED = "declined", "Rechazada"


class TicketState(Labelled):
    """The four states of a message (source S5), in their order."""

    OPEN = "open", "Abierto"
    AWAITING_ANSWER = "awaiting_answer", "Pendiente de respuesta"
    AWAITING_COMMUNICATION = "awaiting_communication", "Pendiente de comunicación"
    COMMUNICATED = "communicated", "Comunicado"


class TicketKind(Labelled):
    """What kind of message it is; its topic says so."""

    QUESTION = "question", "Consulta"
    REQUEST = "request", "Solicitud"
    CLAIM = "claim", "Reclamo"


class TicketChannel(Labelled):
    """By which entrance a message came."""

    PHONE = "phone", "0800"
    CHAT = "chat", "Chat"
    OUTBOUND = "outbound", "Llamada saliente"


class CallerKind(Labelled):
    """Who calls; the IVR option 1, 2 or 3 presets it."""

    CLIENT = "client", "Usuario"
    PROSPECT = "prospect", "Interesado"
    OTHER = "other", "Otras consultas"


class CallOutcome(Labelled):
    """What became of an answered call; `message` and `answer` are set by what was done in it."""

    MESSAGE = "message", "Dejó un mensaje"
    ANSWER = "answer", "Se le comunicó la respuesta"
    INSISTED = "insisted", "Insistió sobre un ticket"
    ASSISTANT = "assistant", "Aceptó contactar a su asistente"
    INFORMED = "informed", "Se le informó, sin mensaje"
    HUNG_UP = "hung_up", "Cortó"
    SILENT = "silent", "No habló nadie"
    WRONG_NUMBER = "wrong_number", "Número equivocado"
    TEST = "test", "Prueba"
    ATTENDED = "attended", "Se registró la atención"
    HANDED_ON = "handed_on", "Se pasó a otra persona"


class ChatState(Labelled):
    """Where a chat of the site stands."""

    WAITING = "waiting", "Espera"
    ATTENDED = "attended", "Lo atiende alguien"
    ENDED = "ended", "Terminó"


class DisclosureReason(Labelled):
    """Why assistants' data were given."""

    ASKED = "asked", "Los pidió"
    SECOND_CONTACT = "second_contact", "Segundo contacto sin respuesta"
    UPSET = "upset", "Está nervioso"
    OFFERED = "offered", "Se ofrecen primero"


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


class ImportKind(Labelled):
    """What a file that comes in may hold."""

    ANSWERS = "answers", "Respuestas"
    CLIENTS = "clients", "Clientes y casos"
    COMPANIES = "companies", "Empresas y asistentes"
    CONTACTS = "contacts", "Contactos"


class CallState(Labelled):
    """What became of a call (source S4)."""

    PLANNED = "planned", "Programada"
    HELD = "held", "Realizada"
    NOT_HELD = "not_held", "No realizada"


class Priority(Labelled):
    """How urgent a case is."""

    LOW = "low", "Baja"
    NORMAL = "normal", "Normal"
    HIGH = "high", "Alta"
    URGENT = "urgent", "Urgente"


class Risk(Labelled):
    """How much danger the person of a case is in; only a coordinator lowers it."""

    NONE = "none", "Sin riesgo"
    LOW = "low", "Bajo"
    MEDIUM = "medium", "Medio"
    HIGH = "high", "Alto"
