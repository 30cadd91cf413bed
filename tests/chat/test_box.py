"""The box in a real Chromium, against the real gateway and server, with an operator on the other side."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from iduo_desktop.database.connection import Database
from iduo_desktop.services import chats, tickets
from tests.chat.conftest import Entrance, Site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE = {"width": 390, "height": 780}
STRICT = "default-src 'self'; script-src 'self' {gateway}; connect-src {gateway} {socket}; style-src 'self'"
RUDE = "<style>body *{display:none!important;color:red!important;font-size:3px!important}html{direction:rtl}</style>"

IN_CHROMIUM = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: dev.py test --slow brings it on Debian"),
]
pytestmark = IN_CHROMIUM
expect.set_options(timeout=15_000)

Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def gateway(entrance: Entrance, site: Site) -> int:
    """Its port; it takes visitors of the site. All of them come from this machine."""
    entrance.origins = [site.origin]
    return entrance.start(behind_proxy=False)


@pytest.fixture
def visit(browser: Browser, site: Site, gateway: int) -> Iterator[Visit]:
    """Somebody new opens the site; whatever goes wrong in the page fails the test."""
    opened, wrong = [], []

    def go(open_box: bool = True, more: str = "", times: int = 1, how: str = "defer", **how_browser: Any) -> Page:
        values: dict[str, Any] = {"viewport": {"width": 1100, "height": 720}, "locale": "es-AR", **how_browser}
        context = browser.new_context(**values)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(site.page(gateway, more, times, how))
        if open_box:
            page.get_by_role("button", name="Chat").click()
        return page

    yield go
    for context in opened:
        context.close()
    assert wrong == []


def begin(page: Page, name: str = "Rosa Díaz", company: str = "") -> Locator:
    """Past the first form; where one writes."""
    page.get_by_label("Su nombre").fill(name)
    page.get_by_label("Número de empresa").fill(company)
    page.get_by_role("button", name="Empezar").click()
    writing = page.get_by_label("Su mensaje")
    expect(page.get_by_text(re.compile("Usted es quien sigue|antes que usted"))).to_be_visible()
    return writing


def write(page: Page, text: str) -> None:
    """A line."""
    page.get_by_label("Su mensaje").fill(text)
    page.keyboard.press("Enter")


def log(page: Page) -> list[str]:
    """The lines as they are seen, without their times."""
    return page.get_by_role("log").locator(".line bdi").all_inner_texts()


def picture(page: Page, name: str) -> None:
    """Kept for people who ask, in the folder IDUO_PICTURES."""
    if folder := os.environ.get("IDUO_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_two_visitors_and_an_operator(visit: Visit, ana: Database) -> None:
    rosa = visit()
    begin(rosa)
    write(rosa, "Buenas, no me anda internet <b>hola</b>")
    juan = visit()
    begin(juan, "Juan")
    expect(juan.get_by_text("Hay 1 persona antes que usted.")).to_be_visible()
    first, second = sorted(chats.page(ana), key=lambda row: row.id)
    chats.take(ana, first.id, uuid4())
    expect(rosa.get_by_text("Le atiende Ana.").first).to_be_visible()
    expect(juan.get_by_text("Usted es quien sigue.")).to_be_visible()
    chats.say(ana, first.id, "Buenos días, ¿me dice su número?", uuid4())
    expect(rosa.get_by_text("¿me dice su número?")).to_be_visible()
    picture(rosa, "talk")
    assert log(rosa)[0] == "Buenas, no me anda internet <b>hola</b>"
    assert log(juan) == []
    chats.take(ana, second.id, uuid4())
    chats.end(ana, first.id, "informed", "", uuid4())
    expect(rosa.get_by_text("La conversación terminó.").first).to_be_visible()
    expect(rosa.get_by_role("button", name="Empezar otra conversación")).to_be_visible()
    picture(rosa, "ended")


def test_a_reload_keeps_the_talk(visit: Visit, ana: Database) -> None:
    page = visit()
    begin(page)
    for number in range(5):
        write(page, f"línea {number}")
    expect(page.get_by_text("Enviando…")).to_have_count(0)
    page.reload()
    page.wait_for_timeout(500)
    (row,) = chats.page(ana)
    chats.take(ana, row.id, uuid4())
    chats.say(ana, row.id, "¿Sigue ahí?", uuid4())
    opener = page.get_by_role("button", name="Chat, 1 mensaje nuevo")
    expect(opener).to_be_visible()
    picture(page, "badge")
    opener.click()
    expect(page.get_by_text("¿Sigue ahí?").first).to_be_visible()
    assert log(page) == [*(f"línea {number}" for number in range(5)), "Le atiende Ana.", "¿Sigue ahí?"]


def test_a_lost_line(visit: Visit, ana: Database) -> None:
    page = visit()
    begin(page)
    page.context.set_offline(True)
    page.evaluate("window.dispatchEvent(new Event('online'))")  # what a telephone does when it wakes: it asks at once
    for number in range(40):
        write(page, f"sin línea {number}")
    page.wait_for_timeout(1000)
    picture(page, "offline")
    page.context.set_offline(False)
    expect(page.get_by_text("Enviando…")).to_have_count(0, timeout=60_000)
    (row,) = chats.page(ana)
    chats.take(ana, row.id, uuid4())
    assert [line.text for line in chats.lines(ana, row.id, 0)][:40] == [f"sin línea {number}" for number in range(40)]
    expect(page.get_by_text("Le atiende Ana.").first).to_be_visible()
    assert log(page)[:40] == [f"sin línea {number}" for number in range(40)]


def test_a_dead_line_is_noticed(visit: Visit, entrance: Entrance, gateway: int) -> None:
    page = visit()
    begin(page)
    stopped = psutil.Process(entrance.running[gateway].process.pid)
    stopped.suspend()
    try:
        write(page, "¿Hola?")
        expect(page.get_by_text("Sin conexión. Reintentamos solos")).to_be_visible(timeout=40_000)
    finally:
        stopped.resume()
    expect(page.get_by_text("Usted es quien sigue.")).to_be_visible(timeout=40_000)
    expect(page.get_by_text("Enviando…")).to_have_count(0)
    assert log(page) == ["¿Hola?"]


def test_the_gateway_dies_and_comes_back(visit: Visit, entrance: Entrance, gateway: int) -> None:
    page = visit()
    begin(page)
    write(page, "uno")
    entrance.kill(gateway)
    expect(page.get_by_text("Sin conexión. Reintentamos solos")).to_be_visible()
    write(page, "dos")
    entrance.start(gateway, behind_proxy=False)
    expect(page.get_by_text("Enviando…")).to_have_count(0, timeout=30_000)
    assert log(page) == ["uno", "dos"]


def test_outside_the_hours(visit: Visit, entrance: Entrance, ana: Database) -> None:
    entrance.world.set_setting("chat_on", False)
    page = visit(viewport=PHONE, color_scheme="dark", device_scale_factor=2, has_touch=True, is_mobile=True)
    expect(page.get_by_label("Nombre y apellido")).to_be_visible()
    picture(page, "phone-letter")
    page.get_by_role("button", name="Enviar el mensaje").click()
    expect(page.get_by_role("alert")).to_have_text("Escriba su nombre.")
    name = page.get_by_label("Nombre y apellido")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description("Escriba su nombre.")
    assert name.evaluate("e => e.closest('label').nextElementSibling.textContent") == "Escriba su nombre."
    page.get_by_label("Nombre y apellido").fill("Juan Pérez")
    page.get_by_label("Teléfono").fill("11 4321-5678")
    page.get_by_label("Mensaje", exact=True).fill("Quiero el servicio")
    page.get_by_role("button", name="Enviar el mensaje").click()
    told = page.get_by_text(re.compile("Anote el número de ticket"))
    expect(told).to_be_focused()
    (row,) = tickets.page(ana, "open")
    assert str(row.number) in "".join(filter(str.isdigit, told.inner_text()))
    picture(page, "phone-thanks")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_by_keyboard_and_with_names(visit: Visit, ana: Database, scheme: str) -> None:
    page = visit(open_box=False, color_scheme=scheme)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Chat")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Su nombre")).to_be_focused()
    picture(page, f"greet-{scheme}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Escriba su nombre.")
    page.keyboard.type("Rosa")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Su mensaje")).to_be_focused()
    page.keyboard.type("primera")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("y segunda")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Enviando…")).to_have_count(0)
    assert log(page) == ["primera\ny segunda"]
    picture(page, f"waiting-{scheme}")
    expect(page.get_by_role("dialog")).to_match_aria_snapshot(
        """
        - dialog "Chat con iduo":
          - heading "Chat con iduo" [level=2]
          - button "Terminar la conversación": Terminar
          - button "Minimizar el chat"
          - status: Usted es quien sigue.
          - log "Conversación"
          - textbox "Su mensaje"
          - button "Enviar"
        """
    )


def test_it_is_ended_by_keyboard(visit: Visit, ana: Database) -> None:
    page = visit()
    begin(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Chat")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Terminar la conversación").press("Enter")
    expect(page.get_by_role("button", name="Sí, terminar")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Su mensaje")).to_be_focused()
    page.get_by_role("button", name="Terminar la conversación").press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="La conversación terminó.")).to_be_focused()
    page.keyboard.press("Tab")
    assert chats.page(ana) == ()


def test_nobody_answers(visit: Visit, ana: Database, entrance: Entrance) -> None:
    page = visit()
    begin(page)
    for number in range(12):
        write(page, f"línea {number}")
    expect(page.get_by_text("Enviando…")).to_have_count(0)
    page.get_by_label("Su mensaje").fill("lo que estaba escribiendo")
    entrance.world.superuser.execute("UPDATE iduo.chat SET offered_at = clock_timestamp()")
    expect(page.get_by_text("Estamos demorando.")).to_be_visible()
    expect(page.get_by_label("Su mensaje")).to_have_value("lo que estaba escribiendo")
    picture(page, "offer")
    page.get_by_role("button", name="Terminar la conversación").click()
    expect(page.get_by_text("Estamos demorando.")).to_be_hidden()
    page.get_by_role("button", name="Seguir").click()
    expect(page.get_by_text("Estamos demorando.")).to_be_visible()
    talk = page.get_by_role("log")
    assert talk.evaluate("e => e.scrollHeight - e.scrollTop - e.clientHeight") < 2
    page.get_by_role("button", name="Dejar un mensaje").click()
    expect(page.get_by_label("Mensaje", exact=True)).to_have_value("lo que estaba escribiendo")
    (row,) = chats.page(ana)
    chats.take(ana, row.id, uuid4())
    expect(page.get_by_text("Le atiende Ana.").first).to_be_visible()
    expect(page.get_by_label("Mensaje", exact=True)).to_have_value("lo que estaba escribiendo")
    page.get_by_role("button", name="Seguir en el chat").click()
    expect(page.get_by_label("Su mensaje")).to_have_value("lo que estaba escribiendo")


def test_a_page_that_forbids_and_paints(visit: Visit, site: Site, gateway: int) -> None:
    site.server.csp = STRICT.format(gateway=f"http://127.0.0.1:{gateway}", socket=f"ws://127.0.0.1:{gateway}")
    page = visit()
    begin(page)
    write(page, "con reglas")
    expect(page.get_by_text("Enviando…")).to_have_count(0)
    assert page.get_by_role("dialog").evaluate("e => getComputedStyle(e).position") == "fixed"
    site.server.csp = ""
    rude = visit(more=RUDE, open_box=False)
    opener = rude.get_by_role("button", name="Chat")
    expect(opener).to_be_visible()
    assert opener.evaluate("e => getComputedStyle(e).fontSize") == "16px"
    opener.click()
    assert rude.get_by_role("dialog").evaluate("e => getComputedStyle(e).direction") == "ltr"
    picture(rude, "rude")


def test_twice_and_without_defer(visit: Visit) -> None:
    page = visit(times=2, how="", open_box=False)
    expect(page.get_by_role("button", name="Chat")).to_have_count(1)


def test_without_a_store(visit: Visit) -> None:
    more = "<script>Object.defineProperty(window,'localStorage',{get(){throw new Error('private')}})</script>"
    page = visit(more=more)
    begin(page)
    write(page, "en privado")
    expect(page.get_by_text("Enviando…")).to_have_count(0)


def test_two_tabs_of_one_visitor(visit: Visit, ana: Database) -> None:
    page = visit()
    begin(page)
    write(page, "desde una")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="Chat").click()
    expect(other.get_by_text("desde una")).to_be_visible()
    write(other, "desde la otra")
    expect(page.get_by_text("desde la otra")).to_be_visible()
    assert log(page) == log(other) == ["desde una", "desde la otra"]
    assert len(chats.page(ana)) == 1


def test_a_tab_that_slept_finds_the_next_talk(visit: Visit, ana: Database) -> None:
    page = visit()
    begin(page)
    write(page, "de la primera")
    expect(page.get_by_text("Enviando…")).to_have_count(0)
    # it sleeps: its line is lost, and it gets no other
    page.evaluate("() => { window.Line = WebSocket; window.WebSocket = function () { throw new Error('asleep') } }")
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    expect(page.get_by_text("Sin conexión. Reintentamos solos")).to_be_visible()
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="Chat").click()
    other.get_by_role("button", name="Terminar la conversación").click()
    other.get_by_role("button", name="Sí, terminar").click()
    other.get_by_role("button", name="Empezar otra conversación").click()
    begin(other)
    write(other, "de la segunda")
    page.evaluate("() => { window.WebSocket = window.Line; window.dispatchEvent(new Event('online')) }")
    expect(page.get_by_text("de la segunda")).to_be_visible()
    write(page, "de la segunda también")
    expect(other.get_by_text("de la segunda también")).to_be_visible()
    assert log(page) == log(other) == ["de la segunda", "de la segunda también"]
    assert len(chats.page(ana)) == 1


def test_what_was_not_sent_at_the_end(visit: Visit, ana: Database, entrance: Entrance) -> None:
    entrance.world.set_setting("chat_lines_per_minute", 5)
    page = visit()
    begin(page)
    for number in range(6):
        write(page, f"rápido {number}")
    expect(page.get_by_role("button", name="Enviar de nuevo")).to_be_visible()
    (row,) = chats.page(ana)
    chats.take(ana, row.id, uuid4())
    chats.end(ana, row.id, "informed", "", uuid4())
    expect(page.get_by_text("No se envió.")).to_be_visible()
    expect(page.get_by_role("button", name="Enviar de nuevo")).to_have_count(0)
    page.get_by_role("button", name="Dejar un mensaje").click()
    expect(page.get_by_label("Mensaje", exact=True)).to_have_value("rápido 5")


def test_too_fast_is_kept_for_later(visit: Visit, entrance: Entrance) -> None:
    entrance.world.set_setting("chat_lines_per_minute", 5)
    page = visit()
    begin(page)
    for number in range(6):
        write(page, f"rápido {number}")
    expect(page.get_by_text("Está escribiendo muy rápido")).to_be_visible()
    entrance.world.set_setting("chat_lines_per_minute", 200)
    page.get_by_role("button", name="Enviar de nuevo").click()
    expect(page.get_by_text("Está escribiendo muy rápido")).to_have_count(0)
    expect(page.get_by_text("Enviando…")).to_have_count(0)
    assert log(page) == [f"rápido {number}" for number in range(6)]


def test_words_of_all_kinds(visit: Visit, ana: Database) -> None:
    page = visit(viewport=PHONE)
    begin(page)
    for text in ("x" * 500, "שלום עליכם 123", "👩‍👩‍👧‍👦 ¡gracias!", "<img src=x onerror=alert(1)>"):
        write(page, text)
    expect(page.get_by_text("Enviando…")).to_have_count(0)
    picture(page, "phone-words")
    box = page.get_by_role("log")
    assert box.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.get_by_role("dialog").locator("img").count() == 0
    (row,) = chats.page(ana)
    assert row.last_text == "<img src=x onerror=alert(1)>"
