"""Changing offices and stores."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from inventory import access, audit
from inventory.access import Action, Actor
from inventory.catalogue.queries import check_blanks
from inventory.database import insert_ignore, table_of, transaction
from inventory.errors import Conflict, RuleViolated, StaleVersion
from inventory.offices import rules
from inventory.offices.models import Office, Store
from inventory.offices.queries import OfficeNotFound, StoreNotFound
from inventory.offices.rules import OfficeLevel, StoreKind
from inventory.regions.models import Region
from inventory.regions.queries import get_region
from inventory.retries import FIRST, Once
from inventory.texts import Text

# What is kept of a deed whose identity is a code: only that it was done.
_MADE = 1


class CodeTaken(Conflict):
    """Something with this code exists already."""

    code = "code_taken"
    text = Text("Kode {key} sudah dipakai.", "The code {key} is taken already.")


class NotAnOfficeCode(RuleViolated):
    """An office stands for the ministry, a province or a regency."""

    code = "not_an_office_code"
    text = Text(
        "{office} bukan kode provinsi atau kabupaten/kota.", "{office} is not the code of a province or a regency."
    )


class KitsAreMadeByEvents(RuleViolated):
    """An event kit comes into being with its event and never by itself."""

    code = "kits_are_made_by_events"
    text = Text(
        "Gudang acara dibuat bersama acaranya; pilih jenis main, service_point, print_room atau mobile_unit.",
        "An event kit is made with its event; choose main, service_point, print_room or mobile_unit.",
    )


def open_standard_offices() -> int:
    """Open the ministry's, every province's and every regency's office with its main store; safe to repeat."""
    with transaction() as session:
        regions = session.execute(
            sa.select(Region.code, Region.name).where(sa.func.length(Region.code) <= len("15.03"))
        ).all()
        named = [("0", "Ditjen Dukcapil"), *sorted((row.code, f"Dinas Dukcapil {row.name}") for row in regions)]
        named.sort(key=lambda pair: (list(OfficeLevel).index(rules.level_of(pair[0])), pair[0]))
        offices = [_office(code, name) for code, name in named]
        stores = [_main_store(code, name) for code, name in named]
        added = insert_ignore(session, table_of(Office), offices)
        insert_ignore(session, table_of(Store), stores)
        return added


def _office(code: str, name: str) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "level": rules.level_of(code),
        "parent_code": rules.parent_of(code),
        "time_zone": rules.time_zone_of(code),
        "backdate_days": 7,
        "undo_minutes": 1440,
        "version": 1,
    }


def _main_store(code: str, name: str) -> dict[str, Any]:
    return {
        "code": rules.main_store_of(code),
        "office_code": code,
        "kind": StoreKind.MAIN,
        "name": f"Gudang utama {name}",
        "region_code": None if code == rules.MINISTRY else code,
        "closed": False,
    }


def open_office(actor: Actor, code: str, name: str, once: Once = FIRST) -> str:
    """Open one more office with its main store, where a new regency or province was made. Answers its code."""
    with transaction() as session:
        access.require(actor, Action.ADMINISTER, code)
        if once.done_before(session) is not None:
            return code
        get_region(code, pointer="/code")
        if code.count(".") > 1:
            raise NotAnOfficeCode(pointer="/code", office=code)
        for model, row in ((Office, _office(code, name)), (Store, _main_store(code, name))):
            if not insert_ignore(session, table_of(model), [row]):  # there already, or a twin was quicker
                raise CodeTaken(pointer="/code", key=row["code"])
        audit.record(session, actor, "open_office", "office", code, code)
        once.keep(session, _MADE)
        return code


def change_office(actor: Actor, code: str, version: int, changes: dict[str, Any], once: Once = FIRST) -> str:
    """Change an office's settings; raises `StaleVersion` when somebody else did meanwhile."""
    with transaction() as session:
        access.require(actor, Action.ADMINISTER, code, unseen=OfficeNotFound(office=code))
        if once.done_before(session) is not None:
            return code
        office = session.get(Office, code, with_for_update=True)
        if office is None:
            raise OfficeNotFound(office=code)
        if office.version != version:
            raise StaleVersion(
                subject="office", key=code, what=Text("Dinas", "The office"), current=office.version, yours=version
            )
        for name, value in changes.items():
            setattr(office, name, value)
        office.version += 1
        audit.record(session, actor, "change_office", "office", code, code, **changes)
        once.keep(session, office.version)
        return code


def open_store(
    actor: Actor,
    *,
    code: str,
    office: str,
    kind: StoreKind,
    name: str,
    region: str | None = None,
    once: Once = FIRST,
) -> str:
    """Open a store of an office. Answers its code."""
    with transaction() as session:
        access.require(actor, Action.ADMINISTER, office, unseen=OfficeNotFound(pointer="/office", office=office))
        if once.done_before(session) is not None:
            return code
        if kind is StoreKind.EVENT_KIT:
            raise KitsAreMadeByEvents(pointer="/kind")
        rules.check_store_code(code)
        if session.get(Office, office) is None:
            raise OfficeNotFound(pointer="/office", office=office)
        if region is not None:
            get_region(region, pointer="/region")
        row = {"code": code, "office_code": office, "kind": kind, "name": name, "region_code": region}
        if not insert_ignore(session, table_of(Store), [row]):  # there already, or a twin was quicker
            raise CodeTaken(pointer="/code", key=code)
        audit.record(session, actor, "open_store", "store", code, office)
        once.keep(session, _MADE)
        return code


def change_store(actor: Actor, code: str, version: int, changes: dict[str, Any], once: Once = FIRST) -> str:
    """Change a store's name or what it prints; raises `StaleVersion` when somebody else did meanwhile."""
    with transaction() as session:
        store = session.get(Store, code, with_for_update=True)
        unseen = StoreNotFound(store=code)
        if store is None:
            raise unseen
        access.require(actor, Action.ADMINISTER, store.office_code, unseen=unseen)
        if once.done_before(session) is not None:
            return code
        if store.version != version:
            raise StaleVersion(
                subject="store", key=code, what=Text("Gudang", "The store"), current=store.version, yours=version
            )
        check_blanks(changes.get("prints"))
        for name, value in changes.items():
            setattr(store, name, value)
        store.version += 1
        audit.record(session, actor, "change_store", "store", code, store.office_code, **changes)
        once.keep(session, store.version)
        return code
