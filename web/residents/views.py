"""Personal data on request: what is held about one person, who looked, and forgetting those whose time is over."""

from __future__ import annotations

from typing import Any

from api.residents.schemas import ExportIn, PurgeIn, RevealQuery
from inventory.access import Action
from inventory.documents.rosters import naming
from inventory.residents import commands, purging, queries
from inventory.residents.queries import LookFilter
from inventory.texts import Text, figure
from web.pages import Pages, actor, done, see
from web.tables import Column, Table

pages = Pages("residents", __name__)


@pages.shows("/admin/data-pribadi", Action.ADMINISTER)
def personal_data() -> Any:
    """What may be asked about a person, and which persons may be forgotten."""
    return see("residents/personal.html", found=None)


@pages.does("/admin/data-pribadi", Action.ADMINISTER, body=ExportIn, again=personal_data)
def export(body: dict[str, Any]) -> Any:
    """All that is held about a NIK, shown this once."""
    return see("residents/personal.html", found=commands.export(actor(), body["nik"], body["reason"], naming))


@pages.shows("/admin/data-pribadi/lupakan", Action.ADMINISTER)
def forgetting() -> Any:
    """Those whose card was handed over long enough ago."""
    return see("residents/forget.html", found=None)


@pages.does("/admin/data-pribadi/lupakan", Action.ADMINISTER, body=PurgeIn, again=forgetting)
def forget(body: dict[str, Any]) -> Any:
    """Say how many there are, or forget them."""
    office = body["office"] or actor().office
    found = purging.purge(actor(), office=office, before=body["before"], dry_run=body["dry_run"])
    if body["dry_run"]:
        return see("residents/forget.html", found=found)
    purging.settle(found)
    told = Text("{persons} orang dilupakan.", "{persons} persons were forgotten.")
    return done("residents_pages.forgetting", told.format(persons=figure(found.persons)))


@pages.shows("/inspeksi/pengungkapan", Action.READ_RECORDINGS, query=RevealQuery)
def looks(query: dict[str, Any]) -> Any:
    """Who was shown whose data, and why."""
    which = LookFilter(**{name: query[name] for name in ("office", "user", "recording")})
    table = Table(
        "looks",
        Text("Data pribadi yang dibuka", "Personal data that was shown"),
        [
            Column(Text("Kapan", "When"), "at", "instant"),
            Column(Text("Apa", "What"), "kind", "word"),
            Column(Text("Pengguna", "User"), "user", "number"),
            Column(Text("Peran", "Role"), "role", "word"),
            Column(Text("Dinas", "Office"), "office"),
            Column(Text("Keperluan", "Reason"), "reason"),
        ],
        lambda wanted: queries.list_looks(actor(), which, wanted),
        order="desc",
        empty=Text("Belum ada data pribadi yang dibuka.", "No personal data was shown yet."),
    )
    return see("residents/looks.html", looks=table)
