"""The rules of the house that no linter knows: sizes, words that may not appear, what is loaded when."""

import ast
import functools
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import iduo_desktop

ROOT = Path(__file__).resolve().parent.parent
# written once by Alembic's order of things and never touched again: a first migration is as long as the tables are many
MIGRATIONS = ROOT / "iduo_desktop" / "database" / "migrations" / "versions"
MODULES = sorted(
    [*ROOT.glob("*.py"), *(path for part in ("iduo_desktop", "tests", "bench") for path in (ROOT / part).rglob("*.py"))]
)
PROGRAM = [path for path in MODULES if path.is_relative_to(ROOT / "iduo_desktop")]
SIZED = [
    path for path in [*MODULES, *sorted((ROOT / "iduo_desktop").rglob("*.sql"))] if not path.is_relative_to(MIGRATIONS)
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# (a letter in brackets keeps a pattern from finding itself)
PRIVATE = re.compile(
    r"/wor[k]/|/hom[e]/\w|/User[s]/\w|[A-Z]:\\User[s]\\\w|/opt/(?:pyp[i]|wheel[s])"
    r"|pypi\.or[g]|pythonhosted\.or[g]|debian\.or[g]|npmjs\.(?:co[m]|or[g])|BEGIN [A-Z ]*PRIVATE KE[Y]"
)


@functools.cache
def tree(path: Path) -> ast.Module:
    """The syntax of a module."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@pytest.fixture(scope="module", autouse=True)
def _no_trees_remain() -> Iterator[None]:
    """A million nodes, that whatever runs after this would carry along."""
    yield
    tree.cache_clear()


def place(path: Path, node: ast.AST | None = None) -> str:
    """Where something is, as in "iduo_desktop/app.py:12"."""
    line = f":{getattr(node, 'lineno', 1)}" if node is not None else ""
    return f"{path.relative_to(ROOT).as_posix()}{line}"


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Every call of a module, with the last part of the name that is called."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
                yield node, name


def in_subprocess(code: str) -> str:
    """What a fresh interpreter prints; its warnings and failures fail the test."""
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def tracked_files() -> list[str]:
    """What git knows and is still there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_imports_go_one_way() -> None:
    """The contracts of pyproject.toml hold."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_contracts_name_every_part() -> None:
    """A new folder of the window or a new module at the top has to take its place in the contracts."""
    contracts = {contract["id"]: contract for contract in PROJECT["tool"]["importlinter"]["contracts"]}
    layers = re.findall(r"[\w.]+", " ".join(contracts["layers"]["layers"] + contracts["parts-of-the-window"]["layers"]))
    top = {path.stem for path in (ROOT / "iduo_desktop").iterdir() if path.suffix == ".py" or list(path.glob("*.py"))}
    window = {
        f"iduo_desktop.ui.{path.name}" for path in (ROOT / "iduo_desktop" / "ui").iterdir() if list(path.glob("*.py"))
    }
    assert (top - {"__init__"}) | window <= set(layers)


def test_files_are_short() -> None:
    """At most 400 lines."""
    lines = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SIZED}
    assert {path: count for path, count in lines.items() if count > 400} == {}


def test_functions_are_short() -> None:
    """At most 40 lines from `def` to the end."""
    long = [
        f"{place(path, node)} {node.name}: {(node.end_lineno or 0) - node.lineno + 1}"
        for path in SIZED
        if path.suffix == ".py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 40
    ]
    assert long == []


def test_modules_say_what_they_are_for() -> None:
    """Each begins with a docstring."""
    assert [place(path) for path in MODULES if not ast.get_docstring(tree(path))] == []


def test_no_nested_event_loops() -> None:
    """`exec` is called once, for the program's own loop; `processEvents` never, nor a tool button's own menu."""
    loops = [
        place(path, call)
        for path in PROGRAM
        for call, name in calls(path)
        if name in {"exec", "exec_", "processEvents", "setPopupMode"}
    ]
    assert [loop for loop in loops if not loop.startswith("iduo_desktop/app.py:")] == []
    assert len(loops) <= 1


def is_blind(handler: ast.ExceptHandler) -> bool:
    """Whether it catches everything; tidying up after BaseException and raising it again is not that."""
    caught = (
        {name.id for name in ast.walk(handler.type) if isinstance(name, ast.Name)} if handler.type else {"Exception"}
    )
    last = handler.body[-1]
    raised_again = isinstance(last, ast.Raise) and last.exc is None
    return "Exception" in caught or ("BaseException" in caught and not raised_again)


def test_nothing_is_caught_blindly() -> None:
    """No bare `except`, no `except Exception`: what is not expected goes to the exception hook."""
    handlers = (
        (path, node) for path in PROGRAM for node in ast.walk(tree(path)) if isinstance(node, ast.ExceptHandler)
    )
    assert [place(path, handler) for path, handler in handlers if is_blind(handler)] == []


def is_built_from_text(query: ast.expr) -> bool:
    """Whether a query is an f-string, a sum or a `%` with a text in it, or a text's `format` or `join`."""
    match query:
        case ast.JoinedStr():
            return True
        case ast.BinOp(left=left, right=right):
            return any(is_text(side) or is_built_from_text(side) for side in (left, right))
        case ast.Call(func=ast.Attribute(value=value, attr="format" | "join" | "replace")):
            return is_text(value)
    return False


def is_text(node: ast.expr) -> bool:
    """Whether it is a text that stands in the code."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def suspicious_queries(path: Path) -> Iterator[str]:
    """Queries that are put together as text, and `sql.SQL` or `text` around anything but a literal."""
    built = {
        target.id
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Assign) and is_built_from_text(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call, name in calls(path):
        if not call.args:
            continue
        query = call.args[0]
        if name in {"execute", "executemany", "executescript", "stream", "copy", "exec_driver_sql"}:
            if is_built_from_text(query) or (isinstance(query, ast.Name) and query.id in built):
                yield place(path, call)
        elif name in {"SQL", "text"} and isinstance(call.func, ast.Attribute | ast.Name) and is_built_from_text(query):
            yield place(path, call)


def test_queries_are_composed() -> None:
    """A query is a literal or composed by psycopg.sql, never text put together."""
    assert [query for path in PROGRAM for query in suspicious_queries(path)] == []


@pytest.mark.parametrize(
    ("code", "bad"),
    [
        ("c.execute('SELECT 1')", False),
        ("c.execute(sql.SQL('SELECT {}').format(x) + sql.SQL(' LIMIT 1'))", False),
        ("c.execute(f'SELECT {x}')", True),
        ("c.execute('SELECT ' + x)", True),
        ("c.execute('SELECT %s' % x)", True),
        ("c.execute('SELECT {}'.format(x))", True),
        ("q = f'SELECT {x}'\nc.execute(q)", True),
        ("c.execute(sql.SQL(f'SELECT {x}'))", True),
    ],
)
def test_the_search_for_built_queries_finds_them(
    code: str, bad: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It sees the ways to put text together, and lets composing pass."""
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    (tmp_path / "module.py").write_text(code, encoding="utf-8")
    assert bool(list(suspicious_queries(tmp_path / "module.py"))) is bad


def test_the_wheel_takes_every_file_along() -> None:
    """Each kind of file beside the modules is named in pyproject.toml's package data."""
    taken = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    inside = [name for name in tracked_files() if name.startswith("iduo_desktop/") and not name.endswith(".py")]
    assert [name for name in inside if not any(Path(name).match(pattern) for pattern in taken)] == []


def test_tracked_files_are_about_no_machine() -> None:
    """No path of somebody's machine, no registry's host, no private key in what is committed."""
    found = []
    for name in tracked_files():
        text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
        found += [f"{name}: {match.group()}" for match in PRIVATE.finditer(text)]
    assert found == []


def test_versions_agree() -> None:
    """The package, what is installed and the top of the news name one version, of three numbers."""
    version = iduo_desktop.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert importlib.metadata.version("iduo-desktop") == version
    news = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)", news, re.MULTILINE)[0] == version


def test_lock_holds_every_dependency() -> None:
    """The lock has a fitting version of all that pyproject.toml asks for, each with hashes."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = {
        canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE)
    }
    extras = PROJECT["project"]["optional-dependencies"].values()
    wanted = [Requirement(text) for group in (PROJECT["project"]["dependencies"], *extras) for text in group]
    assert [str(one) for one in wanted if locked.get(canonicalize_name(one.name), "none") not in one.specifier] == []
    assert lock.count(" \\\n    --hash=sha256:") >= len(locked)


def test_readme_and_ci_run_the_same_tests() -> None:
    """README's test command is what .ci/run runs, last."""
    assert "    python3 dev.py test\n" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == "python3 dev.py test"


def test_qt_keeps_its_references_to_none() -> None:
    """PySide6 6.12.0 on Python 3.11 loses one at every call that returns nothing, and aborts after some thousands."""
    lost = in_subprocess(
        "import os, sys\n"
        "os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
        "from PySide6.QtWidgets import QApplication, QLabel\n"
        "application = QApplication([])\n"
        "label = QLabel()\n"
        "before = sys.getrefcount(None)\n"
        "for number in range(20_000): label.setText(str(number))\n"
        "print(before - sys.getrefcount(None))\n"
    )
    assert int(lost) < 100


def test_login_window_loads_nothing_heavy() -> None:
    """It imports QtWidgets; the database, the keyring and the sheets come after it is on the screen."""
    loaded = in_subprocess("import sys, iduo_desktop.ui.login_dialog\nprint(*sys.modules)").split()
    heavy = {
        "psycopg",
        "sqlalchemy",
        "alembic",
        "openpyxl",
        "python_calamine",
        "keyring",
        "cryptography",
        "phonenumbers",
    }
    assert heavy & set(loaded) == set()
    assert "PySide6.QtWidgets" in loaded


def test_services_load_what_they_need() -> None:
    """iduo-admin starts the guard and the gateway: what makes databases and reads lists stays out of them."""
    loaded = in_subprocess("import sys, iduo_desktop.admin.main\nprint(*sys.modules)").split()
    assert {"alembic", "sqlalchemy", "python_calamine", "phonenumbers", "imap_tools", "starlette"} & {*loaded} == set()
