"""What a telephone system hands over is read strictly: every form that they use, and nothing that is made up."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iduo_desktop import app, caller
from iduo_desktop.caller import LONGEST, CallState, NotACall, Ring

WHOLE = Ring("+5493416124410", 1, "1204", "1763800000.42", CallState.ANSWERED)

FORMS = {
    "iduo:call?caller=%2B5493416124410&ivr=1&company=1204&id=1763800000.42&state=answered": WHOLE,
    "iduo:call?caller=+5493416124410&ivr=1&company=1204&id=1763800000.42&state=answered": WHOLE,
    "iduo://call/?state=answered&id=1763800000.42&company=1204%23&ivr=1&caller=%2B5493416124410": WHOLE,
    "IDUO:CALL?caller=%2B54 9 341 612-4410&ivr=1": Ring("+5493416124410", 1),
    "iduo:call?caller=3416124410&ivr=&company=&id=": Ring("3416124410"),
    "iduo:call?caller=3416124410&queue=soporte&name=%zz": Ring("3416124410"),
    "iduo:call?caller=anonymous&company=UG-04": Ring("", None, "UG-04"),
    "iduo:call": Ring(),
    "0341 15-612.4410": Ring("0341156124410"),
    "+54 (9) 341 612-4410": Ring("+5493416124410"),
    "0": Ring("0"),
    "": Ring(),
    "tel:+54-9-341-612-4410;phone-context=example.org": Ring("+5493416124410"),
    "tel:08005554321": Ring("08005554321"),
    "sip:3416124410@pbx.example.org;transport=tcp": Ring("3416124410"),
    "sips:+543416124410:secret@10.0.0.1:5061": Ring("+543416124410"),
    "sip:3416124410;cpc=ordinary@pbx.example.org": Ring("3416124410"),
    "3416124410*1*1204": Ring("3416124410", 1, "1204"),
    "+543416124410**": Ring("+543416124410"),
    "sip:3416124410*2*@pbx": Ring("3416124410", 2),
    "anonymous**1204": Ring("", None, "1204"),
    "iduo:call?caller=3416124410*1*1204&ivr=2": Ring("3416124410", 2, "1204"),
    "sip:anonymous@anonymous.invalid": Ring(),
    "sip:204@pbx": Ring("204"),
}

REFUSED = (
    "iduo:open?caller=3416124410",
    "iduo:call/../../etc?caller=1",
    "iduo:////call?caller=1",
    "iduo:call?caller=3416124410&caller=3416124411",
    "iduo:call?caller=34161x24410",
    "iduo:call?caller=%zz",
    "iduo:call?caller=%",
    "iduo:call?caller=%00341",
    "iduo:call?caller=341%0a--demo",
    "iduo:call?caller=%ff%fe",
    "iduo:call?caller=%2541",
    "iduo:call?caller=3416124410&ivr=abc",
    "iduo:call?caller=3416124410&ivr=100",
    "iduo:call?caller=3416124410&ivr=\u0661",
    "iduo:call?company=1204'; DROP TABLE call; --",
    "iduo:call?company=../../1204",
    "iduo:call?id=dos palabras",
    "iduo:call?id=" + "x" * 101,
    "iduo:call?state=exec",
    "iduo:call?caller=" + "1" * LONGEST,
    "3416124410*1*1204*7",
    "3416124410*x*1204",
    "*31#3416124410",
    "sip:juan@pbx.example.org",
    "sip:pbx.example.org",
    "sip:",
    "tel:llamame",
    "http://example.org/call?caller=3416124410",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "C:\\Windows\\system32\\calc.exe",
    "--demo",
    "\u0663\u0664\u0661\u0666\u0661\u0662",
    "3416124410\n--demo",
    "3416124410\x00",
    '3416124410" --demo "',
)


@pytest.mark.parametrize(("said", "meant"), FORMS.items())
def test_every_form_that_telephone_systems_use(said: str, meant: Ring) -> None:
    assert caller.read(said) == meant


@pytest.mark.parametrize("said", REFUSED)
def test_nothing_that_is_made_up(said: str) -> None:
    with pytest.raises(NotACall):
        caller.read(said)


NUMBERS = st.builds(str.__add__, st.sampled_from(["", "+"]), st.text(string.digits, min_size=1, max_size=20))
RINGS = st.builds(
    Ring,
    st.one_of(st.just(""), NUMBERS),
    st.one_of(st.none(), st.integers(1, 99)),
    st.text(string.ascii_letters + string.digits + "-", max_size=20),
    st.text(string.ascii_letters + string.digits + "!\"#$%&'()*+,-./:;<=>?@[]^_{|}~", max_size=100),
    st.sampled_from(CallState),
)


@given(RINGS)
def test_it_travels_on_as_it_is(ring: Ring) -> None:
    said = ring.uri()
    assert len(said) <= LONGEST
    assert caller.read(said) == ring


@given(st.one_of(st.text(max_size=600), st.builds("iduo:call?{}".format, st.text(max_size=300))))
def test_whatever_is_said_it_is_a_call_in_order_or_none(said: str) -> None:
    try:
        ring = caller.read(said)
    except NotACall:
        return
    assert caller.read(ring.uri()) == ring
    assert ring.caller.removeprefix("+").isdecimal() or not ring.caller
    assert len(ring.caller) <= 21
    assert len(ring.company) <= 20
    assert len(ring.id) <= 100


ARGUMENTS = {
    ("3416124410",): Ring("3416124410"),
    ("--profile", "central", "tel:3416124410"): Ring("3416124410"),
    ("--call", "3416124410", "--ivr", "2", "--company", "1204", "--id", "7"): Ring("3416124410", 2, "1204", "7"),
    ("--state", "ended", "--id", "7"): Ring(id="7", state=CallState.ENDED),
    ("--state", "answered", "3416124410"): Ring("3416124410", state=CallState.ANSWERED),
    ("--call", "anonymous"): Ring(),
    ("--state", "answered", "3416124410*1*1204"): Ring("3416124410", 1, "1204", state=CallState.ANSWERED),
    ("--demo",): None,
    (): None,
}


@pytest.mark.parametrize(("given", "meant"), ARGUMENTS.items())
def test_switches_as_softphones_write_them(given: tuple[str, ...], meant: Ring | None) -> None:
    assert app._options(given).ring == meant


@pytest.mark.parametrize(
    "given",
    [
        ("iduo:call?caller=1", "--demo"),
        ("3416124410", "--profile", "otra"),
        ("iduo:call?caller=1", "iduo:call?caller=2"),
        ("iduo:open",),
        ("--cal", "3416124410"),
        ("--call", "hola"),
        ("--call", "3416124410", "--ivr", "x"),
        ("--call", "3416124410", "--state", "calc.exe"),
    ],
)
def test_an_address_cannot_bring_switches_along(given: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        app._options(given)
    assert ended.value.code == 2
