"""Who is printed first: the policy of an office, tried out before it is set."""

from __future__ import annotations

from typing import Any

from api import fields, paging
from api.queue.schemas import MAX_DAYS, PolicyIn, PolicyQuery, WishesIn, wishes_of
from inventory import clock
from inventory.access import Action
from inventory.offices.queries import names_of_offices
from inventory.paging import Page, Slice
from inventory.queue import commands, queries
from inventory.queue.commands import NewPolicy
from inventory.queue.queries import Trial
from inventory.recordings.rules import PrintReason
from inventory.texts import Text
from web import forms
from web.language import zone_of
from web.pages import Pages, actor, done, see
from web.tables import Column, Table

pages = Pages("policies", __name__)
# So many lines a form offers; a policy has a class a reason at most.
CLASSES, CAPS = 5, 3
TRIED_DAYS = 30


class TrialIn(WishesIn):
    """The same form, only tried out: nothing of when and why is needed for that."""

    office = fields.code(required=True)
    valid_from = fields.Words(low=0, load_default="")
    title = fields.Words(low=0, high=200, load_default="")
    note = fields.Words(low=0, high=1000, load_default=None, allow_none=True)


class InheritIn(fields.Strict):
    """Follow the office above again, from a day on."""

    office = fields.code(required=True)
    valid_from = fields.Day(required=True)
    title = fields.Words(high=200, required=True)


@pages.shows("/cetak/kebijakan", Action.READ, query=PolicyQuery)
def policy(query: dict[str, Any]) -> Any:
    """What an office goes by today, where that comes from, and what it said before."""
    told, versions = queries.policy_of(actor(), query["office"], query["on"], Slice(1))
    del versions
    table = Table(
        "policies",
        Text("Kebijakan Dinas ini", "Policies of this office"),
        [
            Column(Text("Berlaku sejak", "Valid from"), "valid_from", "day"),
            Column(Text("Judul", "Title"), "title"),
            Column(Text("Nomor", "Number"), "number", "number"),
            Column(Text("Ditetapkan", "Set"), "created_at", "instant"),
        ],
        lambda wanted: _versions(query, wanted),
        turn=(paging.number,),
        order="desc",
        empty=Text("Dinas ini belum punya kebijakan sendiri.", "This office has no policy of its own yet."),
    )
    names = names_of_offices([told["office"], told["inherited_from"] or told["office"]])
    return see("policies/policy.html", told=told, versions=table, names=names)


def _versions(query: dict[str, Any], wanted: Slice) -> Page:
    return queries.policy_of(actor(), query["office"], query["on"], wanted)[1]


@pages.shows("/cetak/kebijakan/ubah", Action.SET_POLICY, query=PolicyQuery)
def edit(query: dict[str, Any] | None = None) -> Any:
    """Order, shares, daily limits and holds, beginning with what holds today."""
    return _form((query or {}).get("office"), None)


def _form(office: str | None, tried: dict[str, Any] | None) -> Any:
    told, _ = queries.policy_of(actor(), office, None, Slice(1))
    held = told["policy"] or {"classes": [], "caps": [], "holds": {"until_17": False, "until_present": []}}
    return see(
        "policies/edit.html",
        office=told["office"],
        held=held,
        reasons=list(PrintReason),
        classes=CLASSES,
        caps=CAPS,
        today=clock.business_day(zone_of()),
        tried=tried,
        ahead=_ahead(tried),
        days=TRIED_DAYS,
    )


def _ahead(tried: dict[str, Any] | None) -> Table | None:
    """How many wait on each evening, as it is now and as it would be."""
    if tried is None:
        return None
    pairs = [
        {"on": now["on"], "now": now["waiting"], "then": then["waiting"], "suket": then["suket"]}
        for now, then in zip(tried["now"]["days"], tried["then"]["days"], strict=True)
    ]
    columns = [
        Column(Text("Malam", "Evening"), "on", "day"),
        Column(Text("Menunggu, seperti sekarang", "Waiting, as it is now"), "now", "number"),
        Column(Text("Menunggu, dengan kebijakan ini", "Waiting, by this policy"), "then", "number"),
        Column(Text("Di antaranya dengan suket", "Of them with suket"), "suket", "number"),
    ]
    return Table("ahead", Text("Hari-hari ke depan", "The days ahead"), columns, pairs)


@pages.does("/cetak/kebijakan/coba", Action.SET_POLICY, body=TrialIn, again=edit)
def attempt(body: dict[str, Any]) -> Any:
    """What it would change; nothing is kept."""
    found = queries.simulate(actor(), body["office"], Trial(wishes_of(body), min(TRIED_DAYS, MAX_DAYS), None, None))
    forms.keep_typed()
    return _form(body["office"], found)


@pages.does("/cetak/kebijakan/ubah", Action.SET_POLICY, body=PolicyIn, again=edit)
def set_policy(body: dict[str, Any]) -> Any:
    """Set it from a day on."""
    wishes = wishes_of(body)
    body.pop("inherit")
    commands.set_policy(actor(), NewPolicy(**body, wishes=wishes))
    return done("policies_pages.policy", Text("Kebijakan ditetapkan.", "The policy was set."), office=body["office"])


@pages.does("/cetak/kebijakan/ikuti", Action.SET_POLICY, body=InheritIn, again=policy)
def follow(body: dict[str, Any]) -> Any:
    """Follow the office above again."""
    commands.set_policy(actor(), NewPolicy(**body, note=None, wishes=None))
    told = Text("Mengikuti Dinas di atasnya lagi.", "The office above is followed again.")
    return done("policies_pages.policy", told, office=body["office"])
