"""What can be said to iduo-admin."""

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from iduo_desktop import __version__
from iduo_desktop.admin.outcome import EXIT_MEANINGS, Terminal
from iduo_desktop.admin.staff import ROLES
from iduo_desktop.admin.words import SpanishHelp, SpanishParser

Verbs = Mapping[str, Callable[[Namespace, Terminal], int]]

NOUNS = {
    "audit": "revisar que nadie haya tocado el registro de auditoría",
    "config": "lo que vale para todas las personas de una PC",
    "database": "crear la base, ponerla al día, revisarla",
    "staff": "dar de alta, desactivar, dar otra contraseña",
    "export": "sacar datos a una planilla",
    "import": "traer datos de una planilla",
}
HELP = {
    "audit verify": "decir si cada entrada del registro de auditoría es la que selló la vigilancia",
    "config machine": "escribir el archivo de esta PC: con qué servidor se trabaja y lo que decide Informática",
    "config installed": "lo que llama el instalador de Windows con lo que dijo Informática",
    "database create": "crear la base con roles, tablas, permisos y funciones",
    "database upgrade": "llevar la base a esta versión; se puede repetir",
    "database doctor": "decir qué está mal en el servidor y cómo arreglarlo",
    "database counts": "contar las filas de cada tabla, y compararlas con las de otro servidor (¿volvió el resguardo?)",
    "database promoted": "después de promover a mano al secundario o de volver un resguardo: ningún número dos veces",
    "database backup-proved": "anotar que hoy se volvió un resguardo y se comparó; doctor avisa si pasa mucho tiempo",
    "database guard-password": "hacer la contraseña de la vigilancia y dejarla en un archivo protegido",
    "database job-password": "hacer la contraseña del proceso nocturno (iduo_job) y dejarla en un archivo protegido",
    "database require-version": "decir desde qué versión del programa se puede entrar, y cuál deberían tener todos",
    "database retain": "sacar a las personas de lo que es más viejo que el ajuste audit_keep_days",
    "database erase": "borrar los datos de una persona que lo pidió; quedan los hechos y las cantidades",
    "database gateway-password": "hacer la contraseña de la pasarela (iduo_gateway) y dejarla en un archivo protegido",
    "database chat-password": "hacer la contraseña del chat del sitio (iduo_chat) y dejarla en un archivo protegido",
    "gateway": "enviar y recibir lo que se escribe a los clientes; corre siempre, al lado de la base",
    "guard": "vigilar las sesiones y avisar de los cambios; corre siempre, al lado de la base",
    "staff add": "dar de alta a una persona; muestra su contraseña una sola vez",
    "staff disable": "no dejar entrar más a una persona y cerrar sus sesiones",
    "staff reset": "dar otra contraseña a una persona; la muestra una sola vez",
    "serve": "poner en marcha un servidor privado y dejarlo andando",
    "demo": "llenar un servidor privado con datos de demostración",
    "export tickets": "enviar los mensajes abiertos en un lote numerado, como el envío del día",
    "import answers": "importar las respuestas a los mensajes de un lote",
    "import clients": "importar una lista de clientes",
    "import companies": "importar una lista de empresas con su unidad de gestión y sus asistentes",
    "import contacts": "importar una lista de personas",
    "import no-contact": "traer una lista de números o mails que no se contactan (el Registro No Llame)",
}


def make_parser(verbs: Verbs) -> ArgumentParser:
    """The parser; options that say which server may stand before or after the command."""
    parser = SpanishParser("iduo-admin", description="Lleva la base de datos de iduo Desktop.", **_common())
    parser.add_argument("--version", action="version", version=__version__, help="mostrar la versión")
    parser.set_defaults(json=False, embedded=None, host=None, port=None, user=None, dbname="iduo")
    parser.set_defaults(sslrootcert=None, password_file=None)
    commands = parser.add_subparsers(required=True, metavar="COMANDO")
    nouns = {}
    for noun, text in NOUNS.items():
        about = {"help": text, "description": text, **_common(asks_a_server=noun != "config")}
        of_noun = commands.add_parser(noun, **about)
        nouns[noun] = of_noun.add_subparsers(required=True, metavar="ACCIÓN")
    made = {}
    for words, carry_out in verbs.items():
        noun, _, verb = words.rpartition(" ")
        about = {"help": HELP[words], "description": HELP[words], **_common(asks_a_server=noun != "config")}
        made[words] = nouns.get(noun, commands).add_parser(verb, **about)
        made[words].set_defaults(verb=carry_out)
    _details(made)
    return parser


def _details(verbs: Mapping[str, ArgumentParser]) -> None:
    for words in ("staff add", "staff disable", "staff reset"):
        verbs[words].add_argument("login", metavar="USUARIO")
    add = verbs["staff add"]
    add.add_argument("--name", required=True, metavar="NOMBRE", help="nombre y apellido")
    add.add_argument(
        "--role",
        required=True,
        action="append",
        choices=sorted(ROLES),
        metavar="ROL",
        help="operador, coordinador, administrador o respondedor; se puede repetir: los roles se suman",
    )
    _proof_details(verbs)
    _guard_details(verbs)
    _seal_details(verbs)
    _gateway_details(verbs)
    _erasure_details(verbs)
    _import_details(verbs)
    _no_contact_details(verbs)
    _export_details(verbs)
    _config_details(verbs)
    _installed_details(verbs)


def _config_details(verbs: Mapping[str, ArgumentParser]) -> None:
    """What an installer says; an empty value is as if it were not said."""
    add = verbs["config machine"].add_argument
    add("--hosts", default="", metavar="SERVIDORES", help="db1,db2:5433: el par con conmutación, en este orden")
    add("--port", default="", metavar="PUERTO", help="de los servidores que no dicen el suyo; 5432 si no")
    add("--dbname", default="", metavar="BASE", help="iduo si no se dice otra")
    add("--sslrootcert", default="", metavar="ARCHIVO", help="sin él vale lo que la PC ya tiene por confiable")
    for name in ("test", "remember-password"):
        add(f"--{name}", default="", metavar="1|0")
    add("--dial-with", default="", metavar="CÓMO", help="tel, sip o copy")
    add(
        "--support",
        default="",
        metavar="TEXTO",
        help="a quién avisar cuando algo no anda: «Mesa de ayuda, interno 100»",
    )
    add("--profile-name", default="central", metavar="PERFIL", help="cómo se llama esta base; central si no se dice")
    add("--file", type=Path, metavar="ARCHIVO", help="si no, el de esta PC")
    add("--if-absent", action="store_true", help="no decir nada si ya está")
    add("--replace", action="store_true", help="escribirlo de nuevo si ya está")
    require = verbs["database require-version"].add_argument
    require("--minimum", metavar="VERSIÓN", help="las más viejas no entran; se les dice que pidan la actualización")
    require(
        "--recommended", metavar="VERSIÓN", help="a las más viejas se les avisa que hay una nueva, y siguen andando"
    )


def _installed_details(verbs: Mapping[str, ArgumentParser]) -> None:
    add = verbs["config installed"].add_argument
    add(
        "words",
        nargs="*",
        metavar="VALOR",
        help="servidores, puerto, base y certificado, en este orden; vacío, el usual",
    )
    add("--file", type=Path, metavar="ARCHIVO", help="si no, el de esta PC")


def _import_details(verbs: Mapping[str, ArgumentParser]) -> None:
    for words in ("import answers", "import clients", "import companies", "import contacts"):
        add = verbs[words].add_argument
        add("file", type=Path, metavar="ARCHIVO", help="la planilla: .xlsx, .xls, .ods o .csv")
        add("--dry-run", action="store_true", help="decir qué pasaría, sin cambiar nada")
        add(
            "--errors", type=Path, metavar="ARCHIVO", help="dónde se escriben las filas que no entran, para corregirlas"
        )
        add("--profile", default="", metavar="PLANTILLA", help="las columnas como se guardaron con ese nombre")
        add(
            "--area-code",
            metavar="CARACTERÍSTICA",
            help="de los teléfonos que vienen sin ella; si no, la de la persona",
        )
        add("--month-first", action="store_true", help="las fechas escritas como texto tienen el mes adelante")


def _no_contact_details(verbs: Mapping[str, ArgumentParser]) -> None:
    add = verbs["import no-contact"].add_argument
    add("file", type=Path, metavar="ARCHIVO", help="la planilla o el .csv con los números o los mails")
    add("--name", required=True, metavar="NOMBRE", help="cómo se llama la lista; la misma se completa")
    add("--as-of", required=True, type=_day, metavar="DÍA", help="de qué día es la lista: 2026-11-21")
    purposes = ("", "service", "collection", "promotion")
    words = "solo para esa finalidad: service, collection o promotion (el Registro No Llame); si no, para todas"
    add("--purpose", default="", choices=purposes, metavar="FINALIDAD", help=words)
    add("--replace", action="store_true", help="empezar la lista de nuevo: los que no estén en el archivo salen")


def _export_details(verbs: Mapping[str, ArgumentParser]) -> None:
    add = verbs["export tickets"].add_argument
    add("file", type=Path, metavar="ARCHIVO", help="la planilla que se escribe, .xlsx; o una carpeta")
    add("--from", type=_day, dest="first", metavar="DÍA", help="los que ingresaron desde ese día: 2026-11-21")
    add("--to", type=_day, dest="last", metavar="DÍA", help="los que ingresaron hasta ese día, inclusive")
    add("--profile", default="", metavar="PLANTILLA", help="las columnas como se guardaron con ese nombre")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"«{text}» no es un día como 2026-11-21") from None


def _erasure_details(verbs: Mapping[str, ArgumentParser]) -> None:
    for words in ("database retain", "database erase"):
        verbs[words].add_argument("--dry-run", action="store_true", help="decir qué pasaría, sin cambiar nada")
    more = "también lo que ya se revisó otras veces (después de una actualización que agrega columnas)"
    verbs["database retain"].add_argument("--all", action="store_true", help=more)
    erase = verbs["database erase"]
    erase.add_argument(
        "person", metavar="PERSONA", help="número de cliente o documento; cliente:N o documento:N si hay dos"
    )
    erase.add_argument("--export", type=Path, metavar="ARCHIVO", help="guardar antes todo lo que hay, para dárselo")


def _proof_details(verbs: Mapping[str, ArgumentParser]) -> None:
    add = verbs["database counts"].add_argument
    add("--file", type=Path, metavar="ARCHIVO", help="guardar las cantidades")
    add("--compare", type=Path, metavar="ARCHIVO", help="compararlas con las que se guardaron; sale con 1 si difieren")
    info = "lo que dice pgbackrest info --output=json, para revisar el último resguardo; - es la entrada"
    verbs["database doctor"].add_argument("--backup-info", metavar="ARCHIVO", help=info)
    restored = "la base sigue desde antes (un resguardo, la versión anterior): los puestos la aceptan, y a la otra no"
    verbs["database promoted"].add_argument("--restored", action="store_true", help=restored)


def _guard_details(verbs: Mapping[str, ArgumentParser]) -> None:
    for role in ("guard", "job", "gateway", "chat"):
        where = "dónde queda; se reemplaza si existe"
        verbs[f"database {role}-password"].add_argument(
            "--file", type=Path, required=True, metavar="ARCHIVO", help=where
        )
    guard = verbs["guard"]
    guard.add_argument("--once", action="store_true", help="una sola vuelta")
    for name, value, help_text in (
        ("--query-seconds", 15, "cuánto puede tardar una consulta o una transacción de una persona"),
        ("--idle-seconds", 10, "cuánto puede quedar abierta una transacción sin hacer nada"),
        ("--import-seconds", 600, "cuánto puede tardar en aplicarse una importación"),
        ("--seal-seconds", 15, "cada cuánto se sella el registro de auditoría"),
        ("--keep-minutes", 60, "cuánto se guardan los cambios para las PC que estaban dormidas"),
    ):
        guard.add_argument(
            name, type=float, default=value, metavar="N", help=f"{help_text}; {value} si no se dice otra cosa"
        )


def _seal_details(verbs: Mapping[str, ArgumentParser]) -> None:
    add = verbs["audit verify"].add_argument
    add("--after", metavar="SELLO", help="solo lo que vino después de ese sello, que quedó anotado en otro lado")
    journal = "lo que fue anotando la vigilancia (journalctl -u iduo-guard -o cat): muestra también si falta el final"
    add("--journal", type=Path, metavar="ARCHIVO", help=journal)


def _gateway_details(verbs: Mapping[str, ArgumentParser]) -> None:
    add = verbs["gateway"].add_argument
    add("--config", type=Path, metavar="ARCHIVO", help="la configuración; nadie más que su dueño la puede leer")
    add("--example", action="store_true", help="mostrar una configuración de ejemplo, con cada clave explicada")
    add("--check", action="store_true", help="probar cada conexión y decir qué está mal; no envía ni recibe nada")
    add("--once", action="store_true", help="una sola vuelta de cada cosa, sin recibir avisos del proveedor")


def _common(*, asks_a_server: bool = True) -> dict[str, Any]:
    """What every parser has; made anew for each, because parsers change the defaults of options that they share."""
    options = _options()
    if asks_a_server:
        _say_which_server(options)
    return {"parents": [options], "epilog": EXIT_MEANINGS, "formatter_class": SpanishHelp}


def _options() -> ArgumentParser:
    common = SpanishParser(add_help=False, argument_default=SUPPRESS)
    common.add_argument("--json", action="store_true", help="una línea de JSON en lugar de texto")
    return common


def _say_which_server(common: ArgumentParser) -> None:
    private = common.add_argument_group("servidor privado")
    private.add_argument("--embedded", type=Path, metavar="CARPETA", help="se crea si no existe")
    central = common.add_argument_group("servidor central (sin --host: el de esta máquina)")
    central.add_argument("--host", metavar="SERVIDOR")
    central.add_argument("--port", type=int, metavar="PUERTO")
    central.add_argument("--user", metavar="USUARIO", help="superusuario, o un administrador para staff e import")
    central.add_argument("--dbname", metavar="BASE", help="iduo si no se dice otra")
    central.add_argument("--sslrootcert", type=Path, metavar="ARCHIVO", help="certificado que verifica al servidor")
    central.add_argument(
        "--password-file", type=Path, metavar="ARCHIVO", help="su primera línea; si no, PGPASSFILE o se pregunta"
    )
