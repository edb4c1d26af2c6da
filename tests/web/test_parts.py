"""The parts of every page: what was typed is kept, each fault stands at its field, and nothing typed becomes markup."""

import re
from datetime import UTC, datetime

import pytest
from flask import g, render_template_string

from inventory.errors import Fault
from inventory.texts import Text
from web.forms import Stale
from web.tables import Column, Table

PARTS = '{% import "parts.html" as parts %}{% import "charts.html" as charts %}'
FORM = '{% call parts.form("/gudang/terima", "Terima") %}{{ parts.field("/lots/0/quantity", "Jumlah") }}{% endcall %}'
QUANTITY = Fault("/lots/0/quantity", Text("Isi dengan angka.", "Fill in a number."))


@pytest.fixture
def draws(app):
    """Draws a piece of a template, as the page shown again after `typed` was refused with `faults`."""

    def draw(source, typed=None, faults=(), stale=None, **context):
        with app.test_request_context("/", method="POST" if typed else "GET", data=typed or {}):
            g.again, g.faults, g.stale = typed is not None, list(faults), stale
            return re.sub(r"\s+", " ", render_template_string(PARTS + source, **context))

    return draw


def test_a_fault_stands_at_its_field_and_in_a_summary_that_leads_there(draws):
    text = draws(FORM, {"/lots/0/quantity": "enam"}, [QUANTITY])
    assert '<a href="#f-lots-0-quantity">Isi dengan angka.</a>' in text
    assert 'id="f-lots-0-quantity-fault"' in text
    assert 'aria-describedby="f-lots-0-quantity-fault" aria-invalid="true"' in text
    assert 'value="enam"' in text


def test_a_fault_below_a_field_leads_to_the_field(draws):
    source = '{% call parts.form("/x", "Kirim") %}{{ parts.lines("/numbers", "Nomor") }}{% endcall %}'
    text = draws(source, {"/numbers": "A1\nA2"}, [Fault("/numbers/1", Text("A2 tidak ada.", "There is no A2."))])
    assert '<a href="#f-numbers">A2 tidak ada.</a>' in text
    assert "A1 A2</textarea>" in text


def test_a_fault_of_no_field_is_only_said_in_the_summary(draws):
    text = draws(FORM, {"x": ""}, [Fault("", Text("Gudang sedang dihitung.", "The store is being counted."))])
    assert "<li>Gudang sedang dihitung.</li>" in text
    assert "aria-invalid" not in text


def test_a_stale_form_tells_who_changed_what_and_the_present_value(draws):
    field = '{{ parts.field("/name", "Nama", present="UPT Pauh") }}'
    source = '{% call parts.form("/x", "Simpan", version=4) %}' + field + "{% endcall %}"
    changed = Stale("Budi Santoso", datetime(2026, 11, 1, 3, 4, tzinfo=UTC))
    text = draws(source, {"/name": "UPT Pauh Baru"}, stale=changed)
    assert "Diubah oleh Budi Santoso pada 1 Nov 2026 10.04 WIB." in text
    assert "Sekarang: <strong>UPT Pauh</strong>" in text
    assert 'name="_version" value="4"' in text
    assert 'value="UPT Pauh Baru"' in text


def test_a_fresh_form_has_a_key_and_a_token_and_neither_summary_nor_present_value(draws):
    text = draws(FORM)
    assert re.search(r'name="_key" value="[^"]{16}"', text)
    assert re.search(r'name="_csrf" value="[^"]{20,}"', text)
    assert "summary" not in text
    assert "Sekarang" not in text


def test_passwords_are_never_shown_again(draws):
    assert "rahasia" not in draws('{{ parts.field("/password", "Sandi", type="password") }}', {"/password": "rahasia"})


@pytest.mark.parametrize(("typed", "ticked"), [({"/sealed": ["false", "true"]}, True), ({"/sealed": "false"}, False)])
def test_a_box_is_shown_again_as_it_was_left(draws, typed, ticked):
    assert (" checked" in draws('{{ parts.flag("/sealed", "Segel utuh", True) }}', typed)) == ticked


def test_a_choice_keeps_what_was_chosen(draws):
    source = '{{ parts.choice("/store", "Gudang", [(1, "Utama"), ("UPT", [(2, "Pauh")])], blank="Pilih") }}'
    assert '<option value="2" selected>Pauh</option>' in draws(source, {"/store": "2"})
    assert "selected" not in draws(source)


@pytest.mark.parametrize(
    "source",
    [
        '{{ parts.field("/a", "x") }}',
        '{{ parts.field("/a", "x", type="textarea") }}',
        '{{ parts.lines("/a", "x") }}',
        '{{ parts.scan("/a", "x", allowed=[it]) }}',
        '{{ parts.choice("/a", "x", [(it, it)]) }}',
        "{{ parts.pagehead(it, it) }}{{ parts.badge(it) }}{{ parts.facts([(it, it)]) }}{{ parts.big(it, it, it) }}",
        '{{ charts.bars([(it, 1, "#", "bad")], it) }}{{ charts.line([(it, 1), (it, 2)], it, it) }}',
        "{{ charts.ranges([{'label': it, 'low': 1, 'likely': 2, 'high': 3, 'by_target': 9}], [(it, 4, none)], it) }}",
    ],
)
def test_nothing_that_was_typed_becomes_markup(draws, source):
    evil = '"><script>alert(1)</script>'
    text = draws(source, {"/a": evil}, [Fault("/a", Text(evil, evil))], it=evil)
    assert "<script" not in text
    assert 'alert(1)"' not in text


def test_a_scan_field_brings_its_list_and_works_without_a_script(draws):
    source = '{{ parts.scan("/numbers", "Nomor", expected=50, allowed=[["K1", "K9"]], check="/periksa") }}'
    text = draws(source, {"/numbers": "K1\nK2"})
    assert 'data-expected="50" data-check="/periksa"' in text
    assert 'data-allowed="[[&#34;K1&#34;, &#34;K9&#34;]]"' in text
    assert '<div class="scan-live" hidden>' in text
    assert "K1 K2</textarea>" in text


def test_an_empty_table_says_what_to_do_and_offers_no_file(draws):
    columns = [Column(Text("Jumlah", "Quantity"), "quantity", kind="number")]
    empty = Text("Belum ada penerimaan. Catat yang pertama.", "No receipts yet. Record the first.")
    table = Table("receipts", Text("Penerimaan", "Receipts"), columns, [], empty=empty)
    text = draws("{{ parts.table(table) }}", table=table)
    assert "Belum ada penerimaan. Catat yang pertama." in text
    assert "unduh" not in text


def test_a_table_scrolls_in_its_own_box_and_is_offered_as_files(draws):
    columns = [
        Column(Text("Gudang", "Store"), "store", href=lambda row: "/gudang/" + row["store"]),
        Column(Text("Jumlah", "Quantity"), "quantity", kind="number", unit=Text("keping", "blanks")),
    ]
    rows = [{"store": "UTAMA", "quantity": 6000}]
    text = draws("{{ parts.table(table) }}", table=Table("stock", Text("Stok", "Stock"), columns, rows))
    assert 'tabindex="0" role="region" aria-label="Stok"' in text
    assert 'Jumlah <span class="unit">(keping)</span>' in text
    assert '<th scope="row"><a href="/gudang/UTAMA">UTAMA</a></th>' in text
    assert '<td class="number">6.000</td>' in text
    assert "unduh=stock.csv" in text
    assert "unduh=stock.xlsx" in text


def test_nothing_to_do_is_said_and_zeros_are_not_listed(draws):
    source = '{% call parts.todos() %}{{ parts.todo("Kiriman", count, "/x") }}{% endcall %}'
    assert "Tidak ada yang menunggu Anda." in draws(source, count=0)
    assert '<span class="todo-count">2</span>' in draws(source, count=2)


def test_the_first_step_not_done_is_the_next_one(draws):
    text = draws('{{ parts.steps([("A", True, "/a"), ("B", False, "/b"), ("C", False, none)]) }}')
    assert '<li class="done">' in text
    assert text.count('aria-current="step"') == 1
    assert text.index('aria-current="step"') < text.index(">B<") < text.index(">C<")


@pytest.mark.parametrize("source", ["charts.line([], 'x', 'y')", "charts.bars([], 'y')", "charts.spark([], 'x')"])
def test_a_drawing_of_nothing_is_nothing(draws, source):
    assert "<svg" not in draws("{{ " + source + " }}")
    assert "<svg" in draws("{{ charts.ranges([], [], 'keping') }}{{ charts.line([('1 Nov', 0)], 'x', 'y') }}")


def test_a_need_is_told_in_words_too(draws):
    need = {"label": "Dua hari", "low": 2600, "likely": 4600, "high": 7400, "by_target": 17_000}
    text = draws(
        "{{ charts.ranges([need], [('Sarolangun', 5000, none), ('Provinsi', 6000, 3)], 'keping') }}", need=need
    )
    assert "Pasokan 11.000 keping. Dua hari: 2.600\N{EN DASH}7.400, mungkin 4.600, menurut target 17.000." in text


def test_a_unit_is_told_in_the_language_of_the_reader(draws, monkeypatch):
    film = "{{ parts.big(3, 'gulungan', 'Film') }}"
    assert "gulungan" in draws(film)
    monkeypatch.setattr("web.language.language", lambda: "en")
    assert "rolls" in draws(film)


def test_each_tile_is_a_link_that_says_what_it_shows(draws):
    tile = {"at": (0, 1), "code": "15.03", "short": "Sarolangun", "value_text": "3", "tone": 4}
    tile |= {"href": "/koordinasi/15.03", "label": "Sarolangun: cukup untuk 3 hari"}
    text = draws("{{ charts.tiles([tile], 'Peta', [(4, 'kurang dari 5 hari')]) }}", tile=tile)
    assert '<a href="/koordinasi/15.03" aria-label="Sarolangun: cukup untuk 3 hari">' in text
    assert "kurang dari 5 hari" in text
    assert "Peta; letaknya menurut peta" in text
    assert "disusun menurut kode" in draws("{{ charts.tiles([tile], 'Peta') }}", tile=tile | {"at": None})
