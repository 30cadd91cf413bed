"""What can be said to the program when it is started: by people, by IT, and by softphones with a call."""

import argparse
from collections.abc import Sequence
from dataclasses import replace

from iduo_desktop import __version__, caller, console
from iduo_desktop.caller import Ring

ASKS = {"-h", "--help", "--version"}
FOR_IT = (
    "Para Informática, como primera palabra: --print-config [ARCHIVO] dice cada valor de la configuración y de dónde "
    "viene; --smoke-test SALIDA.json prueba que el programa esté entero (--help dice el resto)."
)
SWITCHES = {
    "call": "número",
    "ivr": "opción",
    "company": "empresa",
    "id": "identificación",
    "state": "ringing, answered o ended",
}


def read(given: Sequence[str]) -> argparse.Namespace:
    """What was said; nonsense ends the program with a sentence."""
    if given[0] in ASKS:
        console.lend()
    parser = argparse.ArgumentParser(
        "iduo-desktop",
        description="La estación de trabajo de los operadores de iduo.",
        epilog=FOR_IT,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"iduo Desktop {__version__}")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--profile", metavar="NOMBRE", help="con qué base trabajar")
    choice.add_argument("--demo", action="store_true", help="una base de prueba en esta PC, para mirar")
    parser.add_argument("--minimized", action="store_true", help="abrir en la barra de tareas, como al iniciar Windows")
    call = parser.add_argument_group("una llamada que llega; la muestra la ventana que ya está abierta")
    call.add_argument("handed", nargs="?", metavar="LLAMADA", help="iduo:call?caller=…, tel:…, sip:… o un número")
    for name, what in SWITCHES.items():
        call.add_argument(f"--{name}", metavar=what.upper(), help=what)
    options = parser.parse_args(given)
    options.ring = _ring(parser, options, given)
    return options


def _ring(parser: argparse.ArgumentParser, options: argparse.Namespace, given: Sequence[str]) -> Ring | None:
    """The call in the arguments, if any. What follows an address was put there by whoever wrote the address."""
    said = {name: getattr(options, name) for name in SWITCHES if getattr(options, name) is not None}
    if options.handed is None and not said:
        return None
    if options.handed is not None and given[-1] != options.handed:
        parser.error("después de la llamada no va nada")
    try:
        handed = caller.read(options.handed or "")
        parts = caller.make(caller=said.pop("call", handed.caller), **said)
    except caller.NotACall as error:
        parser.error(f"no es una llamada: {error}")
    return replace(handed, caller=parts.caller, **{name: getattr(parts, name) for name in said})
