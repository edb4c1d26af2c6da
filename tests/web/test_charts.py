"""Drawings: whatever the figures, every mark lies inside its picture, and every axis has round values."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import charts

# Stock is whole and never negative, but an expected balance may be neither.
FIGURES = st.floats(-1e9, 1e9, allow_nan=False, allow_infinity=False).map(lambda value: round(value, 3))
NEEDS = st.none() | st.integers(0, 10**9)
WIDTHS = st.sampled_from([charts.LARGE, charts.SMALL])
POINTS = st.lists(st.tuples(st.text(max_size=20), FIGURES), max_size=60)


def within(path, width, height):
    """Whether each place of a path lies in the picture."""
    flat = re.sub(r"M(\S+) (\S+)", r"H\1V\2", path)
    across, down = re.findall(r"H(-?[\d.]+)", flat), re.findall(r"V(-?[\d.]+)", flat)
    return all(0 <= float(x) <= width for x in across) and all(0 <= float(y) <= height for y in down)


def is_round(value, step):
    count = value / step
    return abs(count - round(count)) < 1e-6


def assert_round(ticks):
    assert len(ticks) >= 2
    step = ticks[1].value - ticks[0].value
    assert f"{step:e}"[0] in "125"
    assert all(is_round(tick.value, step) for tick in ticks)


@given(POINTS, st.none() | FIGURES, WIDTHS)
def test_a_balance_stays_inside_its_picture_and_its_axis_is_round(points, threshold, width):
    it = charts.line(points, threshold, width)
    assert within(it.path + it.area.removesuffix("Z"), it.width, it.height)
    assert_round(it.ticks)
    assert all(0 <= tick.at <= it.height for tick in it.ticks)
    assert all(0 <= mark.x <= it.width and 0 <= mark.y <= it.height for mark in it.labels)
    assert it.limit is None or 0 <= it.limit <= it.height
    assert (it.last is None) == (not points)


@given(st.integers(1, 400), WIDTHS)
def test_labels_of_a_balance_never_overlap_and_name_the_first_and_the_last_day(count, width):
    it = charts.line([(f"{day} Nov", day) for day in range(count)], width=width)
    assert it.labels[0].text == "0 Nov"
    assert it.labels[-1].text == f"{count - 1} Nov"
    places = [mark.x for mark in it.labels]
    assert places == sorted(places)
    assert all(later - earlier >= 40 for earlier, later in pairwise(places))


@given(st.integers(3, 400), WIDTHS)
def test_labels_of_a_balance_stand_in_even_steps(count, width):
    days = [int(mark.text) for mark in charts.line([(f"{day}", day) for day in range(count)], width=width).labels]
    steps = [later - earlier for earlier, later in pairwise(days)]
    assert max(steps) - min(steps) <= (1 if min(steps) >= 7 else 0)


def test_labels_of_ninety_days_stand_fifteen_days_apart():
    it = charts.line([(f"{day:02} Nov", day) for day in range(91)])
    assert [int(mark.text[:2]) for mark in it.labels] == [0, 15, 30, 45, 60, 75, 90]


def test_a_balance_stays_where_it_is_until_something_moves_it():
    it = charts.line([("1 Nov", 5), ("2 Nov", 11)])
    assert re.fullmatch(r"M\S+ (\S+)H\S+V(\S+)", it.path)


@given(st.lists(st.tuples(st.text(max_size=30), FIGURES), max_size=40), WIDTHS)
def test_bars_stay_inside_their_picture_and_begin_at_zero(rows, width):
    it = charts.bars(rows, width)
    assert len(it.bars) == len(rows)
    for bar in it.bars:
        assert bar.x >= 0
        assert bar.x + bar.length <= it.width + 0.1
        assert bar.y + it.row <= it.height + 4
        assert abs((bar.x if bar.value >= 0 else bar.x + bar.length) - it.zero) < 0.11


def test_a_longer_bar_is_more():
    one, two, none = charts.bars([("Pauh", 1240), ("Air Hitam", 3400), ("Singkut", 0)]).bars
    assert none.length == 0
    assert two.length == pytest.approx(one.length * 3400 / 1240, abs=0.2)


@given(
    st.lists(st.fixed_dictionaries({"label": st.text(), "by_target": NEEDS, "range": NEEDS}), max_size=12),
    st.lists(st.tuples(st.text(), st.integers(0, 10**8)), max_size=12),
    WIDTHS,
)
def test_needs_and_supply_share_one_axis_inside_their_picture(rows, supply, width):
    full = [
        {**row, "low": row["range"], "likely": row["range"], "high": row["range"] and row["range"] * 2} for row in rows
    ]
    it = charts.ranges(full, supply, width)
    assert_round(it.ticks)
    assert sum(part.value for part in it.slices) == it.total
    assert all(it.left <= part.x and part.x + part.length <= it.right + 0.1 for part in it.slices)
    for row in it.rows:
        assert all(it.left <= x <= it.right for x in (row.x_low, row.x_likely, row.x_high, row.x_target))
        assert row.y + 47 <= it.axis_y
    assert it.axis_y < it.height


def test_the_two_answers_of_sarolangun_lie_on_both_sides_of_its_supply():
    need = {"label": "Dua hari", "low": 2600, "likely": 4600, "high": 7400, "by_target": 17_000}
    it = charts.ranges([need], [("Sarolangun", 5000), ("Provinsi", 6000)])
    assert it.total == 11_000
    assert it.rows[0].x_high < it.x_total < it.rows[0].x_target


@pytest.mark.parametrize(("supply", "broken"), [(0, True), (10, True), (110, False)])
def test_the_end_of_supply_never_crosses_the_words_of_a_need(supply, broken):
    need = {"label": "Kebutuhan", "low": 64, "likely": 87, "high": 117, "by_target": None}
    it = charts.ranges([need], [("Gudang", supply)])
    [row] = it.rows
    parts = [tuple(map(float, part)) for part in re.findall(rf"M{it.x_total} (\S+?)V([\d.]+)", it.have)]
    assert (parts[0][0], parts[-1][1]) == (22, it.axis_y)
    crossing = [part for part in parts if part[0] < row.y + 22 and part[1] > row.y - 14]
    assert bool(crossing) is not broken


def tile(code, short="", at=None):
    return {"code": code, "short": short, "at": at}


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=40), max_size=40))
def test_tiles_without_a_place_lie_in_the_order_of_their_codes_with_names_that_fit(names):
    drawn = charts.tiles([tile(code, name) for code, name in names.items()])
    assert not drawn.laid
    assert [one.of["code"] for one in drawn.tiles] == sorted(names)
    spots = [(one.y, one.x) for one in drawn.tiles]
    assert spots == sorted(set(spots))
    for one in drawn.tiles:
        assert one.x + drawn.side <= drawn.width
        assert one.y + drawn.side <= drawn.height
        assert len(one.lines) <= 2
        assert all(len(text) <= 10 for text in one.lines)


def test_tiles_that_have_a_place_lie_there_and_are_walked_by_code():
    drawn = charts.tiles([tile("31", at=(3, 4)), tile("11", at=(0, 0))])
    assert drawn.laid
    assert [(one.of["code"], one.x // drawn.side, one.y // drawn.side) for one in drawn.tiles] == [
        ("11", 0, 0), ("31", 3, 4),
    ]  # fmt: skip
    assert (drawn.width, drawn.height) == (4 * drawn.side, 5 * drawn.side)


def test_a_long_name_is_cut_with_a_full_stop():
    [one] = charts.tiles([tile("15.06", "Tanjung Jabung Barat")]).tiles
    assert one.lines == ["Tanjung", "Jabung Ba."]


@given(st.lists(FIGURES, max_size=60))
def test_a_small_curve_stays_in_its_box(values):
    assert within(charts.spark(values), 112, 28)


@pytest.mark.parametrize("values", [[], [0], [0, 0], [7], [7, 7], [-3], [1e-9, 2e-9]])
def test_nothing_zero_and_sameness_can_be_drawn(values):
    points = [("hari", value) for value in values]
    assert charts.line(points).ticks
    assert len(charts.bars(points).bars) == len(values)
    assert charts.ranges([], [(label, abs(value)) for label, value in points]).ticks
    assert bool(charts.spark(values)) == bool(values)


def test_every_chart_is_a_file_that_needs_nothing_else(browses):
    coordinator = browses("coordinator", "15")
    page = coordinator.get("/koordinasi/peta")
    [href] = re.findall(r'href="([^"]*unduh=gambar-1.svg)"', page.text)
    answer = coordinator.get(href).answer
    assert answer.mimetype == "image/svg+xml"
    assert re.search(r'filename="peta-cukup-berapa-lama-20..-..-..\.svg"', answer.headers["Content-Disposition"])
    text = answer.get_data(as_text=True)
    drawing = ET.fromstring(text)  # noqa: S314 - it is our own
    words = [part.text for part in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert "Cukup berapa lama" in words  # what it shows, above
    assert any("Peta provinsi, Dinas Dukcapil Jambi, " in word for word in words)  # whose, and of which day
    assert "belum diketahui" in words  # its legend, below
    assert text.count("tile-mark") > 11 + 1  # the borders are explained too
    assert words.count("habis") == 11
    assert "href" not in text
    assert "var(" not in text
    assert "@media" not in text
    assert "unduh=cover.csv" in page.text  # the same figures beside it
    coordinator.get("/koordinasi/peta?unduh=gambar-2.svg", 404)
