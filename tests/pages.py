"""All pages of the console, with an example of each that shows one thing, from the demo."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask, url_for

from api import auth
from inventory.database import db

# Pages that show nothing of their own to whoever just opens them, each with why.
ELSEWHERE = {
    "console_pages.asset": "a file, not a page",
    "console_pages.worker": "a script, not a page",
    "home_pages.start": "it leads to the home of the role",
    "people_pages.open_invitation": "an invitation is used up: its own tests make one",
    "people_pages.ask_code": "only for who has a second factor: its own tests set one up",
    "documents_pages.pdf": "a paper, not a page",
    "intake_pages.show": "the demo brings no file in: its own tests do",
    "allocation_pages.made": "the demo moves nothing by plan: its own tests do",
    "allocation_pages.compute": "a part of a page, drawn while one types",
    "seals_pages.export_file": "a file, not a page",
    "intake_pages.sample": "a file, not a page",
    "hooks_pages.webhook": "the demo calls nobody: its own tests make one",
    "hooks_pages.dead_letter": "the demo calls nobody: its own tests make one",
    "cards_pages.shown": "the demo sends no cards on: its own tests do",
}
# What stands in the address of a page that shows one thing: a query for it, on the demo.
EXAMPLES: dict[str, str] = {
    "movements_pages.movement.movement_id": "SELECT max(id) FROM movements",
    "documents_pages.document.document_id": "SELECT max(id) FROM documents",
    "documents_pages.check_one.check_value": "SELECT max(check_value) FROM documents",
    "blanks_pages.story.number": "SELECT 'JMB00000003'",
    "opname_pages.count.count_id": "SELECT max(id) FROM counts",
    "opname_pages.line.count_id": "SELECT max(id) FROM counts",
    "opname_pages.line.line_id": "SELECT max(id) FROM count_lines",
    "opname_pages.other.count_id": "SELECT max(id) FROM counts",
    "opname_pages.plan.plan_id": "SELECT max(id) FROM count_plans",
    "offices_pages.office.code": "SELECT '15.03'",
    "offices_pages.store.code": "SELECT '15.03-UTAMA'",
    "printing_pages.job.job_id": "SELECT max(id) FROM print_jobs WHERE office_code = '15.03'",
    "printing_pages.undo.job_id": "SELECT max(id) FROM print_jobs WHERE office_code = '15.03'",
    "printing_pages.undo.recording": "SELECT max(recording_id) FROM cards WHERE office_code = '15.03'",
    "runs_pages.sheet.job_id": "SELECT max(id) FROM print_jobs WHERE office_code = '15.03'",
    "handover_pages.card.recording": "SELECT max(recording_id) FROM cards WHERE office_code = '15.03'",
    "coverage_pages.region.code": "SELECT '15'",
    "coverage_pages.target.target_id": "SELECT max(id) FROM coverage_targets",
    "settlement_pages.settlement.event_id": "SELECT max(id) FROM events WHERE status = 'closed'",
    "outreach_pages.member_to_remove.user_id": "SELECT max(user_id) FROM event_members",
    "event_id": "SELECT max(id) FROM events WHERE status = 'planned'",
    "pledge_id": "SELECT max(id) FROM pledges WHERE status = 'pledged'",
    "stop_id": "SELECT max(id) FROM stops",
    "printer_id": "SELECT max(id) FROM printers",
    "recording_id": "SELECT max(id) FROM recordings",
    "receipt_id": "SELECT max(id) FROM receipts",
    "transfer_id": "SELECT max(id) FROM transfers WHERE status = 'dispatched'",
    "session_id": "SELECT max(id) FROM custody_sessions",
    "loan_id": "SELECT max(id) FROM loans",
    "request_id": "SELECT max(id) FROM supply_requests",
    "destruction_id": "SELECT max(id) FROM destructions",
    "row_id": "SELECT max(id) FROM withdrawn_cards",
    "user_id": "SELECT max(id) FROM users WHERE role = 'clerk'",
    "office": "SELECT '15.03'",
}


def pages_of(app: Flask) -> list[Any]:
    """The rules of all pages that may be opened by their address."""
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if auth.is_page(rule.endpoint) and "GET" in (rule.methods or ()) and rule.endpoint not in ELSEWHERE
    ]
    return sorted(rules, key=lambda rule: rule.rule)


def address_of(app: Flask, rule: Any) -> str:
    """The page's address, with an example from the demo where it shows one thing."""
    values = {}
    with app.app_context():
        for name in rule.arguments:
            found = db.session.execute(sa.text(EXAMPLES.get(f"{rule.endpoint}.{name}") or EXAMPLES[name])).scalar()
            assert found is not None, f"the demo has nothing for {rule.endpoint}: {name}"
            values[name] = found
        db.session.remove()
    with app.test_request_context():
        return url_for(rule.endpoint, **values)
