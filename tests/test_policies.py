"""The administrative templates and the program know the same policies, each of the same kind, with all their words."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from iduo_desktop import config
from iduo_desktop.config import Source
from iduo_desktop.config_keys import DIAL_WAYS, FLAG, KEYS, POLICIES, POLICY_KEY, Key, policy_name

FOLDER = Path(__file__).resolve().parent.parent / "packaging" / "policies"
NAMES = {"": "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions"}
TEMPLATE = ET.parse(FOLDER / "iduo.admx").getroot()  # noqa: S314  # our own file
LANGUAGES = sorted(path.parent.name for path in FOLDER.glob("*/iduo.adml"))


def words(language: str) -> ET.Element:
    """The words of a language."""
    return ET.parse(FOLDER / language / "iduo.adml").getroot()  # noqa: S314  # our own file


def policies() -> list[ET.Element]:
    """Every policy of the template."""
    return TEMPLATE.findall("policies/policy", NAMES)


def said_by(policy: ET.Element) -> ET.Element:
    """What holds the registry's value: the policy itself, or its only element."""
    elements = policy.findall("elements/*", NAMES)
    assert len(elements) <= 1
    return elements[0] if elements else policy


def fitting(policy: ET.Element) -> list[object]:
    """Values that an administrator can choose."""
    if said_by(policy) is policy:
        found = [policy.find(f"{on}abledValue/decimal", NAMES) for on in ("en", "dis")]
        return [int(one.attrib["value"]) for one in found if one is not None]
    items = [str(item.text) for item in policy.findall("elements/enum/item/value/string", NAMES)]
    return [*items] or ["db1,db2:5433"]


def test_template_and_program_know_the_same_policies() -> None:
    assert sorted(str(said_by(policy).get("valueName")) for policy in policies()) == sorted(POLICIES)
    assert [policy.attrib["name"] for policy in policies()] == [
        said_by(policy).get("valueName") for policy in policies()
    ]
    left_out = {key.name for key in KEYS.values() if not key.policy}
    assert left_out == {"directory"}  # a private server is one PC's own


@pytest.mark.parametrize("policy", policies(), ids=lambda policy: policy.attrib["name"])
def test_each_policy_is_where_the_program_reads_it_and_of_its_kind(policy: ET.Element) -> None:
    key: Key = POLICIES[policy.attrib["name"]]
    assert policy.attrib["class"] == "Machine"
    assert policy.attrib["key"] == (rf"{POLICY_KEY}\Profiles\central" if key.in_profile else POLICY_KEY)
    assert policy_name(policy.attrib["name"]) == key.name
    kind = "flag" if said_by(policy) is policy else said_by(policy).tag.rpartition("}")[2]
    assert kind == key.kind.element
    choices = fitting(policy)
    assert all(key.kind.fits(value) for value in choices)
    assert choices == {"flag": [1, 0], "enum": [*DIAL_WAYS], "text": ["db1,db2:5433"]}[kind]


@pytest.mark.parametrize("policy", policies(), ids=lambda policy: policy.attrib["name"])
def test_each_policy_does_something(policy: ET.Element) -> None:
    """Each value that can be chosen makes another configuration, and says who said it."""
    key = POLICIES[policy.attrib["name"]]
    base = (Source.MACHINE, {"profiles": {"central": {"hosts": ["db0"]}, "db1,db2:5433": {"hosts": ["x"]}}})
    for value in fitting(policy):
        values = {"profiles": {"central": {key.name: value}}} if key.in_profile else {key.name: value}
        found = config.merge([(Source.POLICY, values), base])
        assert found.problems == ()
        dotted = f"profiles.central.{key.name}" if key.in_profile else key.name
        assert found.source_of(dotted) is Source.POLICY
        stated = {one.key: one.value for one in found.stated()}
        wanted = bool(value) if key.kind is FLAG else value if key.name != "hosts" else "db1:5432,db2:5433"
        assert stated[dotted] == wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_there_and_none_is_left_over(language: str) -> None:
    asked = {
        value.removeprefix("$(").removesuffix(")")
        for element in TEMPLATE.iter()
        for value in element.attrib.values()
        if value.startswith("$(")
    }
    table = words(language)
    strings = {one.attrib["id"]: one.text for one in table.findall("resources/stringTable/string", NAMES)}
    shown = table.findall("resources/presentationTable/presentation", NAMES)
    assert {f"string.{name}" for name in strings} | {f"presentation.{one.attrib['id']}" for one in shown} == asked
    assert all(strings.values())
    fields = [field.attrib["refId"] for one in shown for field in one]
    assert sorted(fields) == sorted(element.attrib["id"] for element in TEMPLATE.findall(".//elements/*", NAMES))


def test_the_languages_are_those_of_windows() -> None:
    """Windows looks for the language it speaks and then for American English; both Spanish ones say the same."""
    assert LANGUAGES == ["en-US", "es-ES", "es-MX"]
    assert (FOLDER / "es-ES" / "iduo.adml").read_bytes() == (FOLDER / "es-MX" / "iduo.adml").read_bytes()


def test_references_lead_somewhere() -> None:
    categories = {one.attrib["name"] for one in TEMPLATE.findall("categories/category", NAMES)}
    supported = {one.attrib["name"] for one in TEMPLATE.findall("supportedOn/definitions/definition", NAMES)}
    assert {one.attrib["ref"] for one in TEMPLATE.findall(".//parentCategory", NAMES)} <= categories
    assert {one.attrib["ref"] for one in TEMPLATE.findall("policies/policy/supportedOn", NAMES)} == supported


def test_the_manual_tells_of_every_value() -> None:
    """With the policy's name in the registry, and as the templates call it."""
    manual = (FOLDER.parents[1] / "docs" / "it.md").read_text("utf-8")
    strings = {one.attrib["id"]: one.text for one in words("es-ES").findall("resources/stringTable/string", NAMES)}
    for key in KEYS.values():
        assert f"| `{key.name}` | {f'{strings[key.policy]} (`{key.policy}`)' if key.policy else '–'} |" in manual
