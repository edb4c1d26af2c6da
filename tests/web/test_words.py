"""No untranslated string: every word that a template or a view shows stands there in both languages."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

import web

ROOT = Path(web.__file__).parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# The same in every language: names, and forms of files.
NAMES = {"Blangko", "SVG", "XLSX", "CSV", "PDF", "JSON", "NIK", "TOTP", "QR", "REST"}
SHOWN = {"title", "alt", "placeholder", "aria-label", "aria-description", "summary", "label"}
# Words that are the same in both languages.
SAME = {
    "admin", "film", "item", "menu", "ribbon", "status", "total", "webhook", "webhooks", "printer", "data", "format",
    "normal", "minimum", "maximum", "median", "audit", "nik", "token", "lot", "suket", "upt", "ktp-el", "pin", "no.",
    "sfe", "prr", "blangko", "xlsx", "csv", "pdf", "url", "id", "kit", "e-mail", "siak", "shift", "opname", "bast",
    "linear", "digit", "target", "error", "kode", "totp", "qr", "chip",
}  # fmt: skip
FILLED = "\ue000"  # no letter, and nothing that HTML minds
ENVIRONMENT = jinja2.Environment(autoescape=True, extensions=[])


class _Shown(HTMLParser):
    """What of a template's own text a reader would see; what Jinja fills in stands as one sign."""

    def __init__(self) -> None:
        super().__init__()
        self.literal: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in ("script", "style")
        self.literal += [value for name, value in attrs if name in SHOWN and value]

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.silent:
            self.literal.append(data)


def own_text(path: Path) -> str:
    """The template with everything Jinja fills in, or leaves out, as one sign."""
    source = path.read_text(encoding="utf-8")
    text = []
    depth = 0
    for _, kind, value in ENVIRONMENT.lex(source):
        if kind in ("variable_begin", "block_begin", "comment_begin", "raw_begin"):
            depth += 1
            text.append(FILLED)
        elif kind in ("variable_end", "block_end", "comment_end", "raw_end"):
            depth -= 1
        elif kind == "data" and not depth:
            text.append(value)
    return re.sub(f"(</?){FILLED}", r"\1x", "".join(text))  # a tag whose name is filled in is a tag


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_template_says_nothing_in_one_language_only(path):
    reader = _Shown()
    reader.feed(own_text(path))
    # Attributes that a macro or a block adds stand where a reader's words would.
    told = [re.sub(r'\b(data|aria)-[\w-]+(="[^"]*")?', "", text) for text in reader.literal]
    words = [word for text in told for word in re.findall(r"[^\W\d_]{2,}[\w-]*", text)]
    assert [word for word in words if word not in NAMES] == []


def pairs_of_templates():
    for path in TEMPLATES:
        for call in ENVIRONMENT.parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "t":
                yield (
                    path.name,
                    call.lineno,
                    [node.value if isinstance(node, nodes.Const) else None for node in call.args],
                )


def pairs_of_views():
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Text", "t"):
                values = [each.value if isinstance(each, ast.Constant) else None for each in node.args]
                yield path.name, node.lineno, values


def test_every_sentence_has_two_languages_that_differ():
    wrong = []
    for name, line, values in [*pairs_of_templates(), *pairs_of_views()]:
        if None in values:
            continue  # put together from parts that are checked themselves
        two = len(values) == 2 and all(isinstance(value, str) for value in values)
        same = two and values[0] == values[1] and values[0].strip().lower().rstrip(":") not in SAME
        blanks = two and [sorted(re.findall(r"{(\w*)", value)) for value in values]
        if not two or (same and re.search(r"[^\W\d_]{2,}", values[0])) or blanks[0] != blanks[1]:
            wrong.append(f"{name}:{line} {values}")
    assert wrong == []


def test_views_show_no_bare_strings():
    """Headings, messages and labels are `Text`: a plain string in their place would be in one language."""
    wrong = []
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            at = {"Column": 0, "Table": 1, "done": 1, "flash": 0}.get(name)
            if (
                at is not None
                and len(node.args) > at
                and isinstance(node.args[at], ast.Constant)
                and node.args[at].value
            ):
                wrong.append(f"{path.name}:{node.lineno}")
    assert wrong == []
