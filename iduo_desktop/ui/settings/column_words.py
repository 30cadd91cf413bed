"""Tables and columns of the database in the words of those who read the audit; what is not here is shown as it is."""

import json
import re
from datetime import datetime

from iduo_desktop.ui import formats

TABLES = {
    "attempt": "Contacto registrado",
    "batch": "Importación",
    "case": "Caso",
    "case_event": "Historia de un caso",
    "closing": "Cierre",
    "company": "Cliente",
    "company_email": "Mail de un cliente",
    "company_phone": "Teléfono de un cliente",
    "contact_policy": "Escala de contactos",
    "disposition": "Resultado",
    "erasure": "Datos borrados",
    "extension": "Prórroga",
    "form": "Formulario",
    "form_field": "Campo de un formulario",
    "form_option": "Opción de un campo",
    "form_template": "Cierre rápido",
    "form_version": "Versión de un formulario",
    "holiday": "Feriado",
    "promise": "Promesa de pago",
    "promotion": "Promoción",
    "script": "Guion",
    "setting": "Ajuste",
    "staff": "Persona",
    "survey_answer": "Respuesta de una encuesta",
    "team": "Equipo",
    "topic": "Tema",
    "working_hours": "Horario de trabajo",
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")
OPERATIONS = {"INSERT": "agregó", "UPDATE": "cambió", "DELETE": "quitó"}
_COLUMNS = {
    "active": "en uso",
    "address": "dirección",
    "amount": "importe",
    "area_code": "código de área",
    "assigned_at": "tomado",
    "assigned_to": "de quién es",
    "at": "cuándo",
    "attempts": "contactos",
    "by": "quién",
    "calls": "llamadas",
    "case_id": "caso",
    "channel": "medio",
    "client": "cliente",
    "closed_at": "cerrado",
    "closed_by": "quién lo cerró",
    "closing_reason": "motivo",
    "closing_status": "estatus",
    "company_id": "cliente",
    "changed_at": "cuándo se cambió",
    "changed_by": "quién lo cambió",
    "choices": "opciones",
    "closes": "cierra",
    "corrected": "corregido a mano",
    "counted": "se cuenta",
    "created_at": "alta",
    "cutoff_date": "fecha de corte",
    "day": "día",
    "daily_limit": "máximo por día",
    "debt": "deuda",
    "detail": "detalle",
    "direction": "sentido",
    "disabled_at": "desactivado",
    "digit": "tecla",
    "disposition_id": "resultado",
    "document": "documento",
    "due_date": "vence",
    "e164": "número completo",
    "edits": "veces guardado",
    "emails": "mails",
    "entries": "líneas de auditoría",
    "erased_at": "datos borrados",
    "extended_until": "prórroga hasta",
    "full_name": "nombre completo",
    "imported_as": "como vino",
    "kept": "cumplida",
    "kind": "clase",
    "label": "nombre",
    "last_contact_at": "último contacto",
    "list": "lista",
    "lists": "listas",
    "locality": "localidad",
    "login": "usuario",
    "maximum": "máximo",
    "meaning": "qué es",
    "minimum": "mínimo",
    "must_change_password": "contraseña provisoria",
    "name": "nombre",
    "names": "nombres",
    "next_action_at": "próxima acción",
    "note": "nota",
    "number": "número",
    "open_cases": "casos abiertos",
    "opened_at": "abierto",
    "opened_by": "quién lo abrió",
    "opens": "abre",
    "part": "parte",
    "plan": "plan",
    "plans": "planes",
    "position": "orden",
    "promotion_answer": "qué dijo de la promoción",
    "promotion_id": "promoción",
    "province": "provincia",
    "reason": "motivo",
    "removed": "quitado",
    "required": "obligatorio",
    "roles": "roles",
    "rows": "filas",
    "search_key": "clave de búsqueda",
    "service_status": "estado del servicio",
    "shipped": "de fábrica",
    "since": "desde",
    "state": "estado",
    "status_since": "estado desde",
    "street": "calle",
    "subject": "asunto",
    "surname": "apellido",
    "tax_id": "CUIT",
    "team_id": "equipo",
    "text": "texto",
    "title": "nombre",
    "touched_at": "último movimiento",
    "typed": "como se escribió",
    "until_date": "hasta",
    "valid": "válido",
    "valid_from": "desde",
    "valid_until": "hasta",
    "value": "valor",
    "values": "respuestas",
    "verification": "verifica los datos",
    "version": "versión",
    "weekday": "día de la semana",
    "window_days": "ventana en días",
}


def table_word(name: str) -> str:
    """«Caso»."""
    return TABLES.get(name, name)


def column_word(name: str) -> str:
    """«fecha de corte»."""
    return _COLUMNS.get(name, name)


def shown(value: object) -> str:
    """A value of JSON as people read it."""
    if value is None or value in ("", [], {}):
        return formats.NOTHING
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, str):
        return formats.exact(datetime.fromisoformat(value)) if _MOMENT.fullmatch(value) else value
    return json.dumps(value, ensure_ascii=False)
