"""Items are data: the standard ones are there, and the ministry adds new versions."""

from __future__ import annotations

import pytest

ITEM = {
    "code": "blangko-2026", "name": "Blangko KTP-el 2026", "kind": "blank", "family": "blangko", "version": "2026",
    "unit": "keping", "pack_size": 500, "cards_per_unit": None,
}  # fmt: skip


def test_the_standard_items_are_there_with_what_they_give(calls):
    items = {item["code"]: item for item in calls("field", "15.03").get("/items")["items"]}
    assert set(items) == {"blangko", "ribbon", "film", "cleaning-kit"}
    assert (items["ribbon"]["cards_per_unit"], items["film"]["cards_per_unit"]) == (500, 1000)
    assert (items["blangko"]["kind"], items["blangko"]["unit"], items["blangko"]["pack_size"]) == (
        "blank",
        "keping",
        500,
    )


def test_a_new_version_of_the_blank_is_an_item_of_the_same_family(calls):
    made = calls("admin", "0").post("/items", ITEM)
    assert made == ITEM | {"id": ITEM["code"]}
    assert calls("clerk", "15.03").get(f"/items/{ITEM['code']}") == made


def test_an_item_may_say_no_more_than_it_must(calls):
    body = {"code": "kit-2", "name": "Kit", "kind": "cleaning_kit", "family": "cleaning-kit", "unit": "set"}
    made = calls("admin", "0").post("/items", body)
    assert (made["pack_size"], made["cards_per_unit"], made["version"]) == (1, None, None)


@pytest.mark.parametrize("kind", ["ribbon", "film"])
def test_a_ribbon_or_film_says_how_many_cards_one_gives(calls, kind):
    body = {"code": "baru", "name": "Baru", "kind": kind, "family": kind, "unit": "gulungan"}
    assert calls("admin", "0").post("/items", body, 422)["code"] == "cards_per_unit_missing"
    assert calls("admin", "0").post("/items", body | {"cards_per_unit": 250})["cards_per_unit"] == 250


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"code": "blangko"}, 409, "code_taken"),
        ({"code": "a/b"}, 422, "body_invalid"),
        ({"code": "..."}, 422, "body_invalid"),
        ({"kind": "paper"}, 422, "body_invalid"),
        ({"pack_size": 0}, 422, "body_invalid"),
        ({"pack_size": 10**12}, 422, "body_invalid"),
        ({"cards_per_unit": 0}, 422, "body_invalid"),
        ({"cards_per_unit": 0.5}, 422, "body_invalid"),
        ({"unit": ""}, 422, "body_invalid"),
        ({"price": 1}, 422, "body_invalid"),
    ],
)
def test_an_item_that_cannot_be_is_refused(calls, change, status, code):
    assert calls("admin", "0").post("/items", ITEM | change, status)["code"] == code


def test_an_unknown_item_is_not_found(calls):
    assert calls("clerk", "15.03").get("/items/moon", 404)["code"] == "item_not_found"
