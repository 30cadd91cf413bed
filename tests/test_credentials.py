"""The keyring: kept only where it is safe, wiped when asked, and done without where there is none."""

from collections.abc import Iterator

import keyring
import pytest
from cryptography.fernet import Fernet
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import KeyringLocked, PasswordDeleteError

from iduo_desktop import credentials


class MemoryKeyring(KeyringBackend):
    """A back end as the library wants one; a desktop's would ask its person."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring has no types there
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = self.forgetful = False

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        if not self.forgetful:
            self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError

    def _check(self) -> None:
        if self.locked:
            raise KeyringLocked


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    made = MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_password_is_kept_and_wiped(ring: MemoryKeyring) -> None:
    assert credentials.remembered("central", "ana") == credentials.Remembered(None, possible=True)
    assert credentials.remember("central", "ana", "ñandú 123")
    assert credentials.remembered("central", "ana").password == "ñandú 123"
    assert credentials.remembered("central", "juan").password is None
    assert credentials.remembered("prueba", "ana").password is None
    credentials.forget("central", "ana")
    credentials.forget("central", "ana")
    assert credentials.remembered("central", "ana").password is None
    assert not ring.kept


def test_draft_key_stays_one_for_each_login(ring: MemoryKeyring) -> None:
    key = credentials.draft_key("central", "ana")
    assert key is not None
    assert Fernet(key).decrypt(Fernet(key).encrypt(b"texto")) == b"texto"
    credentials.forget("central", "ana")
    assert credentials.draft_key("central", "ana") == key
    assert credentials.draft_key("central", "juan") != key


def test_a_locked_keyring_is_done_without(ring: MemoryKeyring) -> None:
    ring.locked = True
    assert credentials.remembered("central", "ana") == credentials.Remembered(None, possible=False)
    assert not credentials.remember("central", "ana", "x")
    assert credentials.draft_key("central", "ana") is None
    credentials.forget("central", "ana")


def test_a_keyring_that_drops_things_is_noticed(ring: MemoryKeyring) -> None:
    ring.forgetful = True
    assert not credentials.remember("central", "ana", "x")
    assert credentials.draft_key("central", "ana") is None


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring])
def test_without_a_keyring(ring: MemoryKeyring, backend: type[KeyringBackend]) -> None:
    keyring.set_keyring(backend())
    assert credentials.remembered("central", "ana") == credentials.Remembered(None, possible=False)
    assert not credentials.remember("central", "ana", "x")
    assert credentials.draft_key("central", "ana") is None
    credentials.forget("central", "ana")


def test_the_chainer_counts_by_what_it_chains(ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring.set_keyring(chainer.ChainerBackend())  # type: ignore[no-untyped-call]  # keyring has no types there
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [])
    assert not credentials.remembered("central", "ana").possible
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [ring])
    assert credentials.remember("central", "ana", "x")
    assert ring.kept
