"""The items that every office has are named in the reader's language, until somebody names them otherwise."""

from __future__ import annotations

import re

from tests.builders import receipt


def test_an_english_page_names_the_standard_items_in_english(browses, calls):
    calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 90))
    clerk = browses("clerk", "15.03")
    assert "Blangko KTP-el" in clerk.get("/gudang/stok").words
    clerk.client.post("/bahasa", data={"bahasa": "en", "_csrf": clerk.get("/gudang").form("/keluar")["_csrf"]})
    (movement,) = set(re.findall(r'href="(/gudang/mutasi/[0-9]+)"', clerk.get("/gudang/mutasi").text))
    for page in ("/gudang/stok", "/gudang/terima", "/gudang/mutasi", movement):
        shown = clerk.get(page).words
        assert "KTP-el blank" in shown, page
        assert "Blangko KTP-el" not in shown, page
    assert "90 blanks (KTP-el blank) received at" in clerk.get(movement).words
