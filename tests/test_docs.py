"""What the documents name exists: files, functions, addresses, settings, commands, words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from werkzeug.exceptions import HTTPException

from api import config
from api.app import create_app
from api.cli import group
from inventory.intake import rules as intake
from tests.builders import settings_for

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md"]
REQUIRED = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/glossary.md",
            "docs/decisions.md", "docs/problems.md", "docs/operations.md", "docs/print-room.md"]  # fmt: skip
HOUSES = "inventory|api|web|tests|benchmarks|docs|migrations|tools|deploy"


@pytest.fixture(scope="module")
def texts():
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in DOCUMENTS if path.exists()}


@pytest.fixture(scope="module")
def served():
    app = create_app(settings_for("sqlite://"))
    return app, app.url_map.bind("localhost")


@pytest.mark.parametrize("name", REQUIRED)
def test_the_document_is_there_and_says_something(name):
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) > 5


def test_every_path_that_a_document_names_exists(texts):
    missing = [
        f"{name}: {path}"
        for name, text in texts.items()
        for path in re.findall(rf"(?<![\w/.<>-])((?:{HOUSES})/[\w./-]*\w)", text)
        if not (ROOT / path).exists() and not path.startswith("api/v1")
    ]
    assert missing == []


def test_every_function_that_a_document_places_in_a_file_is_in_it(texts):
    missing = []
    for name, text in texts.items():
        for function, path in re.findall(r"`(\w+)\(\)` in ([\w/]+\.py)", text):
            tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
            names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
            if function not in names:
                missing.append(f"{name}: {function}() in {path}")
    assert missing == []


def test_the_readme_says_where_a_transfer_is_received(texts):
    assert "`receive()` in inventory/transfers/commands.py" in texts["README.md"]


def exists(served, method, path):
    path = re.sub(r"\{\w+\}|<\w+>", "1", path.partition("?")[0].rstrip(".,;:)"))
    for prefix in ("/api/v1", ""):
        try:
            served[1].match(prefix + path, method=method)
        except HTTPException:
            continue
        return True
    return False


def test_every_address_that_a_document_names_is_served(texts, served):
    missing = []
    for name, text in texts.items():
        for methods, path in re.findall(
            r"((?:GET|POST|PATCH|PUT|DELETE)(?:, ?(?:GET|POST|PATCH))*) (/[^\s`|)]*)", text
        ):
            missing += [
                f"{name}: {method} {path}"
                for method in methods.replace(" ", "").split(",")
                if not exists(served, method, path)
            ]
    assert missing == []


def test_every_url_of_the_readme_is_served(texts, served):
    urls = re.findall(r"http://127\.0\.0\.1:8000(/[^\s`)]*)", texts["README.md"])
    assert urls
    assert [url for url in urls if not exists(served, "GET", url)] == []


def test_every_setting_is_described_and_no_other(texts):
    described = set(re.findall(r"BLANGKO_[A-Z_]+", texts["docs/operations.md"]))
    assert described == set(config._KNOWN)
    for name, text in texts.items():
        assert set(re.findall(r"BLANGKO_[A-Z_]+[A-Z]", text)) <= set(config._KNOWN), name


def test_every_make_target_that_a_document_names_is_there(texts):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for name, text in texts.items():
        assert set(re.findall(r"(?:`|^    )make ([a-z]+)", text, re.MULTILINE)) <= targets, name


def test_every_console_command_that_a_document_names_is_there(texts):
    for name, text in texts.items():
        for words in re.findall(r"`blangko ([a-z]+(?: [a-z]+)?)", text):
            first, _, second = words.partition(" ")
            command = group.commands.get(first)
            assert command is not None, (name, words)
            assert not second or not hasattr(command, "commands") or second in command.commands, (name, words)


def test_every_heading_and_word_that_the_print_room_names_is_read_so(texts):
    """And every field, reason and status that has words of its own is told there."""
    profile, told = intake.Profile(), set()
    means = {name: set(words.values()) for name, words in intake.words_of(profile).items()}
    means["field"] = set(intake.FIELDS)
    for column, table in re.findall(r"^\| `?(field|reason|status)`? \|.*\n\|---\|---\|\n((?:\|.*\n)+)",
                                    texts["docs/print-room.md"], re.MULTILINE):  # fmt: skip
        rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", table, re.MULTILINE))
        assert set(rows) == means[column]
        told.add(column)
        for ours, words in rows.items():
            for word in words.split(", "):
                if column == "field":
                    assert intake.fields_of([word], profile) == [ours], word
                else:
                    assert intake.words_of(profile)[column][intake.plain(word)] == ours, word
    assert told == {"field", "reason", "status"}


def test_no_document_sends_its_reader_to_another_host(texts):
    for name, text in texts.items():
        hosts = set(re.findall(r"https?://([\w.-]+)", text))
        assert hosts <= {"127.0.0.1", "blangko.example.go.id"}, name
