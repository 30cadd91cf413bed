"""Where a client can be written to: his addresses or numbers, safe ones first, with what is to be known of each."""

from dataclasses import dataclass

from iduo_desktop import phones
from iduo_desktop.services.cases import CaseCard, Email, Phone
from iduo_desktop.terms import Channel
from iduo_desktop.ui.widgets.reach_words import SAFETY

_NO_MESSAGES = {"toll_free", "shared_cost", "premium"}
_ORDER = {True: 0, None: 1, False: 2}


@dataclass(frozen=True, slots=True)
class Reach:
    """An address: `key` is what a message goes to, `label` what one chooses by."""

    key: str
    shown: str
    label: str
    unsafe: bool


def reachable(card: CaseCard, channel: str) -> tuple[Reach, ...]:
    """Where a message by this channel can go, the best first. A fixed line gets no text messages, if all is as said."""
    if channel == Channel.EMAIL:
        mails = sorted(card.emails_of_client, key=lambda each: (_ORDER[each.safe], not each.valid))
        return tuple(_mail(each) for each in mails)
    known = [each for each in card.phones if each.e164 is not None and each.kind not in _NO_MESSAGES]
    known.sort(key=lambda each: (_ORDER[each.safe], each.kind != "mobile"))
    return tuple(_phone(each) for each in known)


def _mail(email: Email) -> Reach:
    doubt = "" if email.valid else " ⚠"
    return Reach(email.address, email.address, f"{email.address}{doubt}{SAFETY[email.safe]}", email.safe is False)


def _phone(phone: Phone) -> Reach:
    number = phone.e164 or phone.typed
    shown = phones.shown(number)
    kind = " · fijo" if phone.kind == "fixed" else ""
    return Reach(number, shown, f"{shown}{kind}{SAFETY[phone.safe]}", phone.safe is False)
