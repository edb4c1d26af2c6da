"""Papers, as whoever makes one and whoever is handed one sees them."""

from __future__ import annotations

import re

import pytest

RECEIVE = "/gudang/terima"
FILLED = {
    "/store": "15.03-UTAMA",
    "/item": "blangko",
    "/quantity": "6.000",
    "/source": "ministry",
    "/document_number": "SJ/7",
}


@pytest.fixture
def receipt(browses):
    """The page of a receipt of 6,000 blanks."""
    return browses("clerk", "15.03").submit(RECEIVE, FILLED).location


def made(clerk, receipt, **more):
    return clerk.submit("/dokumen", page=receipt, **more).location


def test_one_button_makes_the_paper_of_a_receipt_and_opens_its_pdf(browses, receipt):
    clerk = browses("clerk", "15.03")
    shown = clerk.get(made(clerk, receipt))
    assert "Tanda terima" in shown.words
    assert "0001/TT/15.03/" in shown.words
    assert "Isinya masih sama dengan pembukuan." in shown.words
    (address,) = re.findall(r'href="(/dokumen/\d+\.pdf)"', shown.text)
    answer = clerk.get(address).answer
    assert answer.get_data()[:5] == b"%PDF-"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert f'href="{receipt}"' in shown.text


def test_the_same_button_again_leads_to_the_paper_there_is(browses, receipt):
    clerk = browses("clerk", "15.03")
    assert made(clerk, receipt) == made(clerk, receipt) == made(clerk, receipt, key="twice")
    assert clerk.get("/dokumen").text.count("0001/TT/15.03/") == 1


def test_the_papers_are_listed_and_chosen_by_kind(browses, receipt):
    clerk = browses("clerk", "15.03")
    made(clerk, receipt)
    assert "0001/TT/15.03/" in clerk.get("/dokumen?kind=tanda_terima").words
    assert "Belum ada dokumen" in clerk.get("/dokumen?kind=bast").words


def test_a_paper_that_cannot_be_made_says_so_and_leads_back(browses, receipt):
    clerk = browses("clerk", "15.03")
    form = clerk.get(receipt).form("/dokumen")
    typed = dict(form.fields) | {"/kind": "bast", "/subject": "999"}
    answer = clerk.client.post("/dokumen", data=typed)
    assert answer.status_code == 422
    assert "Tidak ada 999 untuk berita acara serah terima." in answer.get_data(as_text=True)
    assert f'href="{receipt}"' in answer.get_data(as_text=True)


def test_only_this_console_is_led_back_to(browses, receipt):
    clerk = browses("clerk", "15.03")
    address = made(clerk, receipt).partition("?")[0]
    for elsewhere in ("//evil.example", "https://evil.example", "/\\evil.example"):
        shown = clerk.get(f"{address}?dari={elsewhere}").text
        assert f'href="{elsewhere}' not in shown
        assert 'href="/dokumen"' in shown


def test_who_may_not_make_papers_sees_no_button_and_others_see_no_paper(browses, receipt):
    clerk = browses("clerk", "15.03")
    address = made(clerk, receipt)
    assert "Cetak tanda terima" not in browses("inspector", "15").get(receipt).words
    browses("inspector", "15").get(address)
    browses("clerk", "15.04").get(address, 404)
    assert browses().get(address, 303).location.startswith("/masuk")


def test_anybody_reads_whether_a_paper_is_real(browses, receipt):
    clerk = browses("clerk", "15.03")
    (value,) = re.findall(r"<dd>((?:[0-9a-f]{4} ?){8})</dd>", clerk.get(made(clerk, receipt)).text)
    stranger = browses()
    for address in (f"/periksa/{value.replace(' ', '')}", f"/periksa?nilai={value}"):
        assert "Asli dan berlaku" in stranger.get(address).words
    assert "Tidak dikenal" in stranger.get("/periksa/" + "0" * 32, 404).words
    assert "Nilai periksa" in stranger.get("/periksa").words


def test_one_address_checks_so_many_papers_a_minute(app, browses, monkeypatch):
    monkeypatch.setitem(app.config, "DOCUMENT_CHECKS_PER_MINUTE", 1)
    stranger = browses()
    stranger.get("/periksa/" + "0" * 32, 404)
    assert stranger.get("/periksa/" + "0" * 32, 429).answer.headers["Retry-After"] == "60"


def test_the_pages_of_papers_ask_the_database_little(browses, statements, receipt):
    clerk = browses("clerk", "15.03")
    for address in (made(clerk, receipt), "/dokumen", "/periksa"):
        with statements.within(12):
            clerk.get(address)
