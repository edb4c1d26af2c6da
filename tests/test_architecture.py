"""What the import contracts cannot say: rules over all code, also over code that is not written yet."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import api
import inventory
import web
from api import problems
from api.blueprint import KeyMissing
from api.documents.routes import TooManyChecks
from inventory.errors import InventoryError
from inventory.texts import Text

ROOT = Path(__file__).parent.parent
HOUSES = ("inventory", "api", "web")
LEDGER_TABLES = {"Movement", "Entry", "Account"}
NUMBER_TABLES = {"Interval", "NumberSeries"}
# Every feature has these; the ledger's own two files are the only others.
FEATURE_FILES = {"__init__.py", "models.py", "rules.py", "commands.py", "queries.py"}
MORE_FEATURE_FILES = {
    "intake/cells.py": "one row of a file as a line of a list",
    "intake/durations.py": "how long recordings take from state to state",
    "intake/packed.py": "looking through a workbook before it is opened",
    "intake/sheets.py": "opening a CSV or XLSX safely",
    "intake/spreadsheet.py": "the child process that reads one workbook, and imports nothing of the project",
    "recordings/again.py": "whether a person waits for a card already, asked before a second recording",
    "recordings/persons.py": "whether a recording still has its person, apart from the rules, which are pure",
    "residents/purging.py": "forgetting persons, apart from showing them",
    "recordings/sameness.py": "whether two lines tell of the same person where a list has no client ids",
    "recordings/lists.py": "storing the lines of a list, many at a time",
    "recordings/standing.py": "where a recording stands after lists told of it, in whatever order",
    "disposal/heaps.py": "the quarantine of one store with its numbers, for the page that proposes a fire",
    "disposal/report.py": "what was burned, added up by class, for one destruction and for a month",
    "opname/lines.py": "which account a line of a count means, and how it compares with the books",
    "opname/plans.py": "the plan of counts, apart from the counts themselves",
    "documents/cards.py": "what a stock card tells, one line a movement",
    "documents/consignments.py": "what the papers of receipts and transfers tell",
    "documents/drawing.py": "a paper as PDF, out of its stored facts alone",
    "documents/facts.py": "what every paper's facts are made of",
    "documents/proceedings.py": "what the papers of counts, destructions and custody sessions tell",
    "documents/rosters.py": "the list to sign when cards are handed over, and who was shown its names",
    "documents/typesetting.py": "the child process that draws one paper, and imports nothing of the project",
    "hooks/delivery.py": "telling webhooks in turn, and what is noted of each call",
    "hooks/sending.py": "the calls themselves: names, addresses and sockets, and no database",
    "outreach/shares.py": "whose goods are whose among those set aside for an event, by pure arithmetic",
    "outreach/tables.py": "lists of events with names and totals, and what a person chooses from when planning one",
    "outreach/steps.py": "what the commands of events share inside their own transactions",
    "transfers/stories.py": "a transfer with names, its history and the reader's next steps, for pages",
    "people/hands.py": "who may count and who may hold blanks at an office, by name, for pages",
    "transfers/headings.py": "under which heading goods under way are told, with their numbers or without",
    "planning/allocations.py": "what allocations look at and what they made",
    "planning/moves.py": "what allocations may be and what they leave behind, pure as rules.py",
    "planning/cover.py": "how long blanks last, in working days and in words, pure as rules.py",
    "planning/uses.py": "what offices have, used lately and await, apart from events",
    "planning/night_words.py": "what a print night tells its people, in plain sentences",
    "planning/nights.py": "the pure arithmetic of a print night",
    "planning/overview.py": "what the page of one event shows, in few queries",
    "planning/tonight.py": "reading what a print night needs",
    "planning/flags.py": "what readiness warns of, in plain sentences",
    "disposal/steps.py": "the register of withdrawn cards as a hand-over writes it, inside its own transaction",
    "people/accounts.py": "invitations, passwords and second factors, apart from users and their tokens",
    "people/passwords.py": "keeping passwords, and the list of those that everybody guesses",
    "people/sessions.py": "the browsers that a user is signed in with",
    "people/sign_in.py": "the door: who comes in, and what a session's cookie says on each request",
    "people/totp.py": "the six digits of an authenticator app",
    "printing/ageing.py": "where cards wait and for how long, and which were sent on to whom",
    "printing/desk.py": "finding a card by what can be scanned or typed, for who hands cards over",
    "printing/sheets.py": "a job and its lines as somebody who prints sees them",
    "printing/closing.py": "what a custody session came to: it needs the cards, which custody knows nothing of",
    "printing/collected.py": "what a hand-over leaves behind: checks, old cards, the count of what was sent on",
    "printing/consignment_rules.py": "what hand-overs check and what cards that are sent on may be, pure as rules.py",
    "printing/consignments.py": "cards sent on to a head of a kecamatan or village, and coming back",
    "queue/forecast.py": "what another policy would change, by pure arithmetic",
    "queue/lines.py": "who waits in which order, read reason by reason by its index",
    "printing/handover.py": "cards and who collected them, apart from the jobs that printed them",
    "printing/booking.py": "how every way of reporting results books them, and what an undo takes back",
    "printing/runs.py": "what is in a printer now, and the word of a person on what came out",
    "printing/run_queries.py": "runs, and whether they and the checks agree with what was booked",
    "printing/checks.py": "the look at each printed card before it is handed over",
    "printing/run_rules.py": "what a run and a check may be, apart from jobs and attempts",
    "printing/steps.py": "what the commands of printing share inside their own transactions",
    "printing/machines.py": "the pure arithmetic of printers, of ribbon and film, and of spoil rates",
    "printing/printers.py": "the machines and the versions they print",
    "printing/spoilage.py": "how much was spoiled, by printer, by lot and by reason",
    "printing/supplies.py": "ribbon and film, mounted and counted down",
    "stock/corrections.py": "what takes two people or comes afterwards: reversals and confirmed losses",
    "stock/intervals.py": "the only writer of intervals, called by the ledger",
    "reports/desk.py": "what waits on somebody's desk, counted",
    "reports/cover.py": "how long the blanks of many offices last, by balances and by sums",
    "reports/books.py": "proving and copying small books while somebody waits",
    "reports/deeds.py": "searching the audit by its index, a stretch at a time",
    "reports/daily.py": "the stock and print report of a day or a month, put together",
    "reports/flows.py": "what moved, from the sums that were added up and what is not yet in them",
    "reports/waiting.py": "how many recordings waited when a day ended",
    "reports/ties.py": "whether documents and the movements that carried them out name each other",
    "seals/contents.py": "what the hash of a movement is over",
    "seals/heads.py": "the key and the signed heads, outside the database",
    "stock/ledger.py": "the only writer of movements",
    "stock/movements.py": "movements as people read them, with names and what corrects them",
    "stock/shelves.py": "what lies where with names, and what lay on a shelf day by day",
    "stock/numbers.py": "the pure arithmetic of numbers and intervals",
    "stock/places.py": "a place as a message names it",
    "stock/verify.py": "the proof that the books are exact",
    "transfers/drafts.py": "the transfers that other commands make inside their own transactions",
    "transfers/goods.py": "the movements of a transfer, apart from who may make them",
}
MORE_API_FILES = {
    "intake/upload.py": "a file as multipart/form-data brings it",
    "recordings/lines.py": "the lines of a batch, from JSON or CSV, with every bad one listed",
    "reports/files.py": "a report as CSV, XLSX or PDF",
    "reports/tables.py": "a report as tables with headings",
}
# Parts of a feature that have routes of their own.
PART_OF = {"cards": "printing", "printers": "printing", "runs": "printing"}


def sources(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert found
    return found


def existing() -> list[str]:
    return [house for house in HOUSES if (ROOT / house).exists()]


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls_of(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def model_of(node: ast.expr) -> str:
    """Which class `Movement`, `Movement.__table__` or `table_of(Movement)` names."""
    if isinstance(node, ast.Call) and name_of(node.func) == "table_of":
        return name_of(node.args[0])
    if isinstance(node, ast.Attribute) and node.attr == "__table__":
        return name_of(node.value)
    return name_of(node)


def every_module() -> list[ModuleType]:
    packages = (inventory, api, web)
    names = [module.name for p in packages for module in pkgutil.walk_packages(p.__path__, f"{p.__name__}.")]
    return [importlib.import_module(name) for name in names]


def every_error() -> list[type[InventoryError]]:
    """All that are raised: what some of them have in common has no code of its own."""
    every_module()
    found, new = [], [InventoryError]
    while new:
        kind = new.pop()
        found.append(kind)
        new.extend(kind.__subclasses__())
    ours = {kind for kind in found if kind.__module__.partition(".")[0] in HOUSES}
    return sorted((kind for kind in ours if not kind.__name__.startswith("_")), key=lambda kind: kind.code)


def test_only_the_database_module_commits():
    guilty = [
        f"{named(path)}:{call.lineno}"
        for path in sources(*existing())
        for call in calls_of(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("commit", "begin", "begin_nested")
        if named(path) != "inventory/database.py"
    ]
    assert guilty == []


@pytest.mark.parametrize(("writer", "tables"), [("ledger", LEDGER_TABLES), ("intervals", NUMBER_TABLES)])
def test_only_the_ledger_writes_movements_entries_balances_and_numbers(writer, tables):
    guilty = []
    for path in sources(*existing()):
        if named(path) == f"inventory/stock/{writer}.py":
            continue
        aliases = {
            target.id: model_of(node.value)
            for node in tree_of(path).body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in calls_of(path):
            models = {model_of(argument) for argument in call.args}
            models |= {aliases.get(name, name) for name in models}
            writes = name_of(call.func) in ("insert", "update", "delete", "insert_ignore")
            made = name_of(call.func) in tables
            if made or (writes and tables & models):
                guilty.append(f"{named(path)}:{call.lineno}")
    assert guilty == []


def test_nobody_writes_sql_by_hand_into_the_ledger():
    pattern = re.compile(r"(insert\s+into|update|delete\s+from)\s+(movements|entries|accounts)\b", re.IGNORECASE)
    guilty = []
    for path in sources(*existing()):
        if named(path) == "inventory/stock/ledger.py":
            continue
        guilty += [
            f"{named(path)}:{node.lineno}"
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and pattern.search(node.value)
        ]
    assert guilty == []


def test_error_codes_are_unique_and_snake_case():
    codes = Counter(kind.code for kind in every_error())
    assert [code for code, count in codes.items() if count > 1] == []
    assert [code for code in codes if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", code)] == []


def test_every_error_says_its_own_sentence_in_two_languages():
    guilty = []
    for kind in every_error():
        blanks = [set(re.findall(r"{(\w*)", sentence)) for sentence in (str(kind.text), kind.text.en)]
        if not isinstance(kind.text, Text) or blanks[0] != blanks[1] or str(kind.text) == kind.text.en:
            guilty.append(kind.__qualname__)
    assert guilty == []


def test_every_error_code_has_its_section_in_the_documents():
    sections = re.findall(r"^## (\S+)$", (ROOT / "docs" / "problems.md").read_text(encoding="utf-8"), re.MULTILINE)
    codes = {kind.code for kind in every_error()} | {code for code, _ in problems.HTTP.values()}
    codes |= {KeyMissing().data["code"], TooManyChecks().data["code"]}
    assert sorted(codes - set(sections)) == []
    assert sorted(set(sections) - codes) == []
    assert len(sections) == len(set(sections))


def test_every_section_of_the_problems_names_its_status_and_what_to_do():
    text = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    said = {part.split("\n", 1)[0]: part for part in text.split("\n## ")[1:]}
    statuses = {code: status for status, (code, _) in problems.HTTP.items()}
    for kind in every_error():
        statuses[kind.code] = next((problems.STATUS[base] for base in kind.__mro__ if base in problems.STATUS), 500)
    wrong = [code for code, status in statuses.items() if f"\n\n`{status}` " not in said[code]]
    assert wrong == []
    assert [code for code, part in said.items() if "\n\nWhat to do: " not in part] == []


def test_migrations_import_nothing_of_ours():
    ours = {*HOUSES, "tests", "benchmarks", "tools"}
    guilty = []
    for path in sources("migrations"):
        for node in ast.walk(tree_of(path)):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            guilty += [f"{named(path)}: {name}" for name in names if name.partition(".")[0] in ours]
    assert guilty == []


def test_no_file_is_longer_than_400_lines():
    folders = (*existing(), "tests", "benchmarks", "tools")
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(*folders)}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_no_function_is_longer_than_60_lines():
    functions = {
        f"{named(path)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in sources(*existing())
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in functions.items() if length > 60} == {}


def test_every_feature_has_the_same_files():
    packages = [path for path in (ROOT / "inventory").iterdir() if (path / "__init__.py").exists()]
    features = [path for path in packages if path.name != "demo"]  # its files are the scenarios, not a feature's parts
    assert len(features) > 5
    odd = {f"{path.parent.name}/{path.name}" for feature in features for path in feature.glob("*.py")}
    odd = {name for name in odd if name.partition("/")[2] not in FEATURE_FILES}
    assert odd == set(MORE_FEATURE_FILES)


def test_every_feature_of_the_api_has_routes_and_schemas_and_a_feature_of_the_inventory():
    features = [path for path in (ROOT / "api").iterdir() if (path / "__init__.py").exists()]
    assert len(features) > 3
    for feature in features:
        files = {path.name for path in feature.glob("*.py") if f"{feature.name}/{path.name}" not in MORE_API_FILES}
        assert files == {"__init__.py", "routes.py", "schemas.py"}, feature.name
        assert (ROOT / "inventory" / PART_OF.get(feature.name, feature.name)).is_dir(), feature.name


def test_only_the_configuration_reads_the_environment():
    guilty = [
        f"{named(path)}:{node.lineno}"
        for path in sources(*existing())
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute | ast.Name) and name_of(node) in ("environ", "getenv")
        if named(path) != "api/config.py"
    ]
    assert guilty == []


def test_only_the_clock_tells_the_time():
    guilty = [
        f"{named(path)}:{call.lineno}"
        for path in sources(*existing())
        for call in calls_of(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("now", "utcnow", "today")
        if name_of(call.func.value) in ("datetime", "date") and named(path) != "inventory/clock.py"
    ]
    assert guilty == []


def test_every_schema_of_a_body_or_a_query_refuses_unknown_fields():
    import marshmallow as ma

    from api import fields

    every_module()
    new, schemas = [ma.Schema], set()
    while new:
        kind = new.pop()
        schemas.add(kind)
        new.extend(kind.__subclasses__())
    ours = [
        kind
        for kind in schemas
        if kind.__module__.startswith("api.") and re.search(r"(In|Query|Change)$", kind.__name__)
    ]
    assert len(ours) > 8
    assert [kind.__name__ for kind in ours if not issubclass(kind, fields.Strict) or kind().unknown != ma.RAISE] == []
