"""The code tree, whole, by parent."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from inventory.database import current
from inventory.regions.models import Region


def test_the_whole_tree_is_there(app):
    with app.app_context():
        rows = current().execute(sa.select(Region.level, sa.func.count()).group_by(Region.level))
        assert {level.value: count for level, count in rows} == {
            "province": 38, "regency": 514, "kecamatan": 7_285, "village": 83_762,
        }  # fmt: skip


@pytest.mark.parametrize(
    ("parent", "count", "first"),
    [
        ("", 38, "11"),
        ("?parent=15", 11, "15.01"),
        ("?parent=15.03", 11, "15.03.01"),
        ("?parent=15.03.04.2001", 0, None),
    ],
)
def test_regions_are_listed_by_parent(calls, parent, count, first):
    found = calls("field", "15.03").get(f"/regions{parent}{'&' if parent else '?'}limit=500")["items"]
    assert len(found) == count
    assert [region["code"] for region in found][:1] == ([first] if first else [])


@pytest.mark.parametrize(
    ("code", "level", "parent", "name"),
    [
        ("15", "province", None, "Jambi"),
        ("15.03", "regency", "15", "Kabupaten Sarolangun"),
        ("15.03.04", "kecamatan", "15.03", "Pauh"),
        ("35.03.11.1005", "village", "35.03.11", "Kelutan"),
    ],
)
def test_a_region_tells_its_name_level_and_parent(calls, code, level, parent, name):
    region = calls("field", "15.03").get(f"/regions/{code}")
    assert (region["code"], region["level"], region["parent"]) == (code, level, parent)
    assert region["name"].lower() == name.lower()


@pytest.mark.parametrize("code", ["99", "15.99", "abc", "15.03.04.2001.1"])
def test_an_unknown_region_is_not_found(calls, code):
    assert calls("field", "15.03").get(f"/regions/{code}", 404)["code"] == "region_not_found"


def test_the_tree_is_the_same_for_every_office(calls):
    assert calls("field", "15.03").get("/regions") == calls("admin", "0").get("/regions")
