"""The gateway's configuration: checked whole, kept from others, never in the clear over a network."""

import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from iduo_desktop.admin import gateway_config
from iduo_desktop.admin.door import check_private
from iduo_desktop.admin.main import main
from iduo_desktop.admin.outcome import Exit
from iduo_desktop.admin.target import WrongUseError

MAIL = '[mail]\nhost = "smtp.example.org"\nfrom_address = "a@example.org"\n'
SMS = '[sms]\nurl = "https://api.example.org/x"\n'
WEB = (
    '[webhook]\nlisten = "127.0.0.1:0"\nproof_name = "X"\nsecret_file = "{secret}"\nfields = {from = "a", text = "b"}\n'
)
CHAT = '[chat]\nlisten = "127.0.0.1:0"\norigins = ["https://www.example.org"]\npassword_file = "{secret}"\n'

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A configuration, and a secret beside it."""
    secret = tmp_path / "secreto"
    secret.write_text("una clave\n")
    secret.chmod(0o600)

    def make(text: str) -> Path:
        path = tmp_path / "gateway.toml"
        path.write_text(text.replace("{secret}", secret.as_posix()))
        path.chmod(0o600)
        return path

    return make


def test_what_is_not_said_is_usual(write: Write) -> None:
    config = gateway_config.load(write(MAIL + SMS + WEB))
    assert config.mail is not None
    assert (config.mail.account.port, config.mail.account.tls, config.mail.per_minute) == (465, "tls", 60)
    assert config.sms is not None
    assert (config.sms.method, 429 in config.sms.again, 500 in config.sms.refused) == ("POST", True, False)
    assert config.webhook is not None
    assert (config.webhook.secret, config.webhook.largest) == ("una clave", 65536)
    assert (config.mailbox, config.batch) == (None, None)


def test_the_example_is_a_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str], write: Write) -> None:
    assert main(["gateway", "--example"]) == Exit.DONE
    example = capsys.readouterr().out
    secret = (write("").parent / "secreto").as_posix()
    folder = tmp_path.as_posix()
    for name in ("smtp", "imap", "sms", "webhook", "job", "chat"):
        example = example.replace(f"/etc/iduo-desktop/{name}.password", secret)
    example = example.replace("/var/lib/iduo-gateway/lotes", folder)
    config = gateway_config.load(write(example))
    parts = (config.mail, config.mailbox, config.sms, config.webhook, config.batch, config.chat)
    assert None not in parts
    assert set(tomllib.loads(example)) == {"mail", "mailbox", "sms", "webhook", "batch", "chat"}


def test_the_chat_alone(write: Write) -> None:
    config = gateway_config.load(write(CHAT))
    assert config.chat is not None
    assert (config.chat.user, config.chat.password, config.chat.behind_proxy) == ("iduo_chat", "una clave", False)
    assert not config.has_messages
    assert gateway_config.load(write(CHAT + MAIL)).has_messages


def test_origins_are_what_browsers_say(write: Write) -> None:
    config = gateway_config.load(write(CHAT.replace("www.example", "WWW.Example")))
    assert config.chat is not None
    assert config.chat.origins == ("https://www.example.org",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no dice nada que hacer"),
        ("x", "no es un archivo TOML"),
        ("[correo]\n" + MAIL, "correo: no se conoce"),
        ('[mail]\nfrom_address = "a@example.org"', "[mail]: host: falta"),
        (MAIL + "puerto = 25", "[mail]: puerto: no se conoce"),
        (MAIL + 'port = "25"', "[mail]: port: es un número"),
        (MAIL + "port = true", "[mail]: port: es un número"),
        (MAIL + "port = 0", "va de 1 a 65535"),
        (MAIL.replace("a@example.org", "avisos"), "from_address: no es la dirección de un correo"),
        (MAIL + 'tls = "none"', "sin cifrar solo se conecta con esta misma máquina"),
        (MAIL + 'tls = "si"', "«si» no va"),
        (MAIL + 'user = "a"', "[mail]: password_file: falta"),
        (MAIL + 'ca_file = "/no/hay.pem"', "no hay un archivo"),
        ('[sms]\nurl = "http://api.example.org/x"', "https://"),
        (SMS + 'method = "DELETE"', "«DELETE» no va"),
        (SMS + "headers = {a = 1}", "entre comillas"),
        (SMS + 'refused = ["x"]', "lista de números"),
        (WEB.replace("127.0.0.1", "10.0.0.5"), "hace falta cert_file"),
        (WEB.replace("127.0.0.1:0", "127.0.0.1"), "se escribe 127.0.0.1:8085"),
        (WEB.replace('text = "b"', 'id = "b"'), "«text»"),
        (CHAT.replace("127.0.0.1", "10.0.0.5"), "hace falta cert_file"),
        (CHAT.replace('["https://www.example.org"]', "[]"), "origins"),
        (CHAT.replace("https://www", "http://www"), "«http://www.example.org» no va"),
        (CHAT.replace("example.org", "example.org/"), "sin nada detrás"),
        (CHAT.replace("https://www.example.org", "*"), "«*» no va"),
        (CHAT + 'behind_proxy = "si"', "«si» no va"),
        (CHAT + "puerto = 1", "[chat]: puerto: no se conoce"),
        ('[batch]\npassword_file = "{secret}"\nfolder = "."', "[batch] necesita [mail]"),
        (MAIL + '[batch]\npassword_file = "{secret}"\nfolder = "/no/hay"', "no hay una carpeta"),
    ],
)
def test_what_is_wrong_is_said(write: Write, text: str, words: str) -> None:
    with pytest.raises(WrongUseError) as refused:
        gateway_config.load(write(text))
    assert words in str(refused.value)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells who may read a file in another way")
def test_what_others_can_read_is_refused(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(WEB)
    for file in (path, tmp_path / "secreto"):
        file.chmod(0o640)
        assert main(["gateway", "--config", str(path)]) == Exit.WRONG_USE
        assert f"otros pueden leer {file}" in capsys.readouterr().err
        file.chmod(0o600)
    # what systemd hands to its service looks as if a group could read it
    secret = tmp_path / "secreto"
    secret.chmod(0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    check_private(secret)
    named = write(WEB.replace("{secret}", "${CREDENTIALS_DIRECTORY}/secreto"))
    assert gateway_config.load(named).webhook is not None


def test_it_needs_a_configuration(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["gateway"]) == Exit.WRONG_USE
    assert "--config" in capsys.readouterr().err
    assert main(["gateway", "--config", str(tmp_path / "no")]) == Exit.WRONG_USE
    assert main(["gateway", "--embedded", str(tmp_path), "--config", "x"]) == Exit.WRONG_USE
