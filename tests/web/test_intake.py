"""Lists of people recorded, brought in by somebody who looks at them first."""

from __future__ import annotations

import io
import re

import pytest

from tests.intake import line, listed, nik, siak
from tests.outreach import running_event
from web.intake import views

BRING = "/cetak/impor"


def upload(visitor, content, expect=303, *, to=BRING, called="daftar.csv", key="", **typed):
    form = visitor.get(BRING).form(BRING)
    sent = {field: value for field, value in form.fields if field != "file"}
    sent |= {"/office": "15.03", **{f"/{field}": value for field, value in typed.items()}}
    if key:
        sent["_key"] = key
    sent["file"] = (io.BytesIO(content), called)
    answer = visitor.client.post(to, data=sent, content_type="multipart/form-data")
    return visitor._checked(answer, expect)


@pytest.mark.usefixtures("exact")
def test_a_list_is_looked_at_and_brought_in_and_twice_changes_nothing(browses):
    printer = browses("printer", "15.03")
    content = listed(line(1), line(2))
    looked = upload(printer, content, 200, to=f"{BRING}/pratinjau")
    assert "150304••••••0001" in looked.words
    assert nik(1) not in looked.text
    assert "Siti" not in looked.words
    shown = printer.follow(upload(printer, content))
    assert "Baru 2 baris" in shown.words
    again = printer.follow(upload(printer, content))
    assert "Sudah ada, tidak berubah 2 baris" in again.words
    assert "daftar.csv" in printer.get(f"{BRING}/semua").words


def test_columns_with_names_of_their_own_are_chosen_by_hand_and_remembered(browses):
    printer = browses("printer", "15.03")
    content = siak((nik(1), "Siti", "PRR", "2026-01-05"), header=("NOMOR", "ORANG", "STATUS", "TGL_REKAM"))
    looked = upload(printer, content, 200, to=f"{BRING}/pratinjau")
    assert "Masih kurang NIK, alasan cetak" in looked.words
    chosen = {"columns/0/header": "NOMOR", "columns/0/field": "nik", "reason": "damaged", "name": "SIAK Pauh"}
    assert "150304••••••0001" in upload(printer, content, 200, to=f"{BRING}/pratinjau", **chosen).words
    assert "Baru 1 baris" in printer.follow(upload(printer, content, **chosen)).words
    assert "SIAK Pauh" in printer.get(BRING).words


def test_a_bad_line_refuses_the_file_and_the_page_says_which(browses):
    printer = browses("printer", "15.03")
    content = listed(line(1), line(2, nik="12"), line(3, status="entah"))
    shown = printer.follow(upload(printer, content))
    assert "Tidak ada yang disimpan" in shown.words
    assert "Ditolak 2 baris" in shown.words
    assert "Baris yang perlu diperbaiki" in shown.words
    assert 'class="notice bad"' in shown.text
    assert '<p class="message' not in shown.text
    assert f'<a role="button" href="{BRING}">Impor berkas yang sudah diperbaiki</a>' in shown.text
    assert "Buka antrean" not in shown.words
    file = printer.get(f"{shown.answer.request.path}?unduh=faults.csv")
    assert file.text.count("\r\n") == 3
    kept = printer.follow(upload(printer, content, partial="true"))
    assert "Baru 1 baris" in kept.words
    assert "Dibaca 3 baris" in kept.words
    page = kept.answer.request.path
    assert printer.get(f"{page}?unduh=hasil.csv").text.splitlines()[1:] == [
        "Baru;1;0.3333333333333333",
        "Ditolak;2;0.6666666666666666",
    ]
    assert 'class="slice s-bad"' in printer.get(f"{page}?unduh=gambar-1.svg").text


def test_a_missing_or_broken_file_is_said_at_its_field(browses):
    printer = browses("printer", "15.03")
    form = printer.get(BRING).form(BRING)
    answer = printer.client.post(BRING, data=dict(form.fields) | {"/office": "15.03"})
    assert answer.status_code == 422
    assert "Pilih satu berkas CSV atau XLSX." in answer.get_data(as_text=True)
    upload(printer, b"PK\x03\x04 no workbook", 422)
    upload(printer, b"", 422)


def test_only_who_records_brings_lists_in_and_only_for_their_own_offices(browses):
    browses("clerk", "15.03").get(BRING, 403)
    printer = browses("printer", "15.03")
    shown = printer.follow(upload(printer, listed(line(1))))
    browses("printer", "15.04").get(shown.answer.request.path, 404)
    upload(printer, listed(line(2)), 403, office="15.04")


def test_the_same_form_sent_twice_brings_the_file_in_once(browses, calls):
    printer = browses("printer", "15.03")
    first = upload(printer, listed(line(1)), key="twice")
    assert upload(printer, listed(line(1)), key="twice").location == first.location
    upload(printer, listed(line(1), line(2)), 409, key="twice")
    assert len(calls("printer", "15.03").get("/recordings")["items"]) == 1


def test_the_pages_of_imports_ask_the_database_little(browses, statements):
    printer = browses("printer", "15.03")
    address = upload(printer, listed(line(1), line(2, nik="12"))).location
    for page in (BRING, f"{BRING}/semua", f"{BRING}/kemajuan", address):
        with statements.within(12):
            printer.get(page)


def test_a_list_is_brought_in_for_the_event_that_is_chosen(browses, calls, app):
    event = running_event(app, "15.03")
    printer = browses("printer", "15.03")
    assert f'value="{event.id}"' in printer.get(BRING).text
    upload(printer, listed(line(1)), event=str(event.id))
    assert [one["event"] for one in calls("printer", "15.03").get("/recordings")["items"]] == [event.id]
    upload(printer, listed(line(2)))
    kept = [one["event"] for one in calls("printer", "15.03").get("/recordings")["items"]]
    assert sorted(map(str, kept)) == [str(event.id), "None"]


def test_what_was_imported_waits_in_the_queue_of_its_event(browses, app):
    event = running_event(app, "15.03")
    printer = browses("printer", "15.03")
    shown = printer.follow(upload(printer, listed(line(1)), event=str(event.id)))
    assert f'<a role="button" href="/cetak/antrean?event={event.id}">Buka antrean</a>' in shown.text
    shown = printer.follow(upload(printer, listed(line(2))))
    assert '<a role="button" href="/cetak/antrean">Buka antrean</a>' in shown.text


def test_the_sample_can_be_read_as_it_is(browses):
    printer = browses("printer", "15.03")
    page = printer.get(BRING)
    assert "Kolom yang dibaca: NIK, nama, alasan, status, tanggal rekam." in page.words
    answer = printer.get(f"{BRING}/contoh.csv").answer
    assert answer.mimetype == "text/csv"
    looked = upload(printer, answer.data, 200, to=f"{BRING}/pratinjau")
    assert "Masih kurang" not in looked.words
    assert looked.text.count("999999••••••") == 2
    assert "Baru 2 baris" in printer.follow(upload(printer, answer.data)).words


def test_to_look_comes_first_and_to_import_once_it_was_looked_at(browses):
    printer = browses("printer", "15.03")
    first = printer.get(BRING).text
    assert '<button type="submit" class="secondary">Impor</button>' in first
    assert '<button type="submit" class="secondary" formaction' not in first
    looked = upload(printer, listed(line(1)), 200, to=f"{BRING}/pratinjau").text
    assert '<button type="submit">Impor</button>' in looked
    assert '<button type="submit" class="secondary" formaction' in looked


def test_what_is_missing_or_wrong_is_said_in_the_words_of_people(browses):
    printer = browses("printer", "15.03")
    looked = upload(printer, siak((nik(1), "Siti"), header=("NIK", "NAMA")), 200, to=f"{BRING}/pratinjau")
    assert "Tanggal rekam harus ada di berkas, pada setiap baris." in looked.words
    assert "Alasan untuk semua baris" in looked.words
    assert "Status untuk semua baris" in looked.words
    people = [
        (nik(1), "Siti", "BARU", "PRR", "05-01-2026", "Gotong royong"),
        ("12", "Budi", "BARU", "PRR", "05-01-2026", ""),
    ]
    content = siak(*people, header=("NIK", "NAMA", "ALASAN", "STATUS", "TGL_REKAM", "ACARA"))
    shown = printer.follow(upload(printer, content))
    assert "2 acara Acara ini tidak ditemukan." in shown.words
    assert "3 NIK NIK harus 16 angka." in shown.words


def test_words_of_another_system_are_given_a_meaning_and_remembered(browses, calls):
    printer = browses("printer", "15.03")
    people = [
        (nik(1), "Siti", "raib", "antre", "05-01-2026"),
        (nik(2), "Budi", "sompek", "antre", "05-01-2026"),
    ]
    content = siak(*people, header=("NIK", "NAMA", "ALASAN", "STATUS", "TGL_REKAM"))
    looked = upload(printer, content, 200, to=f"{BRING}/pratinjau")
    assert "alasan cetak: raib" in looked.words
    assert looked.text.count('value="antre"') == 1
    said = {}
    for at, (field, word, ours) in enumerate(
        [("reason", "raib", "lost"), ("reason", "sompek", "damaged"), ("status", "antre", "prr")]
    ):
        said |= {f"words/{at}/field": field, f"words/{at}/word": word, f"words/{at}/ours": ours}
    again = upload(printer, content, 200, to=f"{BRING}/pratinjau", **said)
    assert '<option value="lost" selected>' in again.text
    assert "Baru 2 baris" in printer.follow(upload(printer, content, **said)).words
    kept = {one["reason"] for one in calls("printer", "15.03").get("/recordings")["items"]}
    assert kept == {"lost", "damaged"}
    more = siak(
        (nik(3), "Dewi", "raib", "antre", "05-01-2026"), header=("NIK", "NAMA", "ALASAN", "STATUS", "TGL_REKAM")
    )
    by_hand = {"columns/0/header": "NIK", "columns/0/field": "nik"}
    assert "Apa arti kata ini?" not in upload(printer, more, 200, to=f"{BRING}/pratinjau", **by_hand).words
    assert "Baru 1 baris" in printer.follow(upload(printer, more, **by_hand)).words


def test_a_column_that_may_tell_of_people_is_not_repeated_as_words(browses):
    printer = browses("printer", "15.03")
    many = [
        (nik(at), f"Orang {at}", f"Nama {'abcdefghijklmnopqrstuvwxyz'[at]}", "PRR", "05-01-2026") for at in range(25)
    ]
    header = ("NIK", "NAMA", "ALASAN", "STATUS", "TGL_REKAM")
    looked = upload(printer, siak(*many, header=header), 200, to=f"{BRING}/pratinjau")
    assert "Apa arti kata ini?" not in looked.words
    for other in (nik(2), f"{nik(2)[:4]} {nik(2)[4:]}", ".".join(nik(2)), f"NIK{nik(2)[:6]}\u200b{nik(2)[6:]}"):
        row = (nik(1), "Siti", other, "PRR", "05-01-2026")
        looked = upload(printer, siak(row, header=header), 200, to=f"{BRING}/pratinjau")
        assert "Apa arti kata ini?" not in looked.words
        assert nik(2) not in "".join(filter(str.isdecimal, looked.words))


def test_what_a_word_means_is_one_of_ours(browses):
    printer = browses("printer", "15.03")
    said = {"words/0/field": "reason", "words/0/word": "raib", "words/0/ours": "entah"}
    refused = upload(printer, listed(line(1)), 422, **said)
    assert "Pilih berkasnya sekali lagi" in refused.words


def test_the_event_that_was_chosen_is_named_where_the_file_is_looked_at(browses, app):
    event = running_event(app, "15.03")
    looked = upload(browses("printer", "15.03"), listed(line(1)), 200, to=f"{BRING}/pratinjau", event=str(event.id))
    assert "Untuk acara" in looked.words


def test_rows_of_one_person_and_who_waits_already_are_remarked_on_and_not_refused(browses, statements):
    printer = browses("printer", "15.03")
    upload(printer, listed(line(1)))
    content = listed(
        line(1),
        line(2),
        line(3, client_id="c-9", nik=nik(2), reason="damaged"),
        line(4, client_id="c-10", nik=nik(1), reason="lost"),
        line(5),
    )
    sent = dict(printer.get(BRING).form(BRING).fields) | {"/office": "15.03", "file": (io.BytesIO(content), "a.csv")}
    with statements.within(12):
        printer.client.post(f"{BRING}/pratinjau", data=sent, content_type="multipart/form-data")
    looked = upload(printer, content, 200, to=f"{BRING}/pratinjau")
    assert "2 baris: orangnya ada di baris lain, atau sudah menunggu dicetak" in looked.words
    assert "Baris 4: NIK sama dengan baris 3" in looked.words
    assert "Baris 5: NIK sama dengan baris 2; sudah direkam 5 Jan 2026 08.00 WIB (nomor c-1), menunggu" in looked.words
    assert "Baru 4 baris" in printer.follow(upload(printer, content)).words


def test_the_same_list_once_more_is_no_second_card(browses):
    printer = browses("printer", "15.03")
    for content in (listed(line(1), line(2)), siak((nik(3), "Siti", "BARU", "PRR", "05-01-2026"))):
        upload(printer, content)
        again = upload(printer, content, 200, to=f"{BRING}/pratinjau")
        assert "orangnya ada di baris lain" not in again.words


def test_what_is_wrong_in_the_first_lines_is_said_in_the_words_of_people(browses):
    printer = browses("printer", "15.03")
    content = siak(
        (nik(1), "Siti", "raib", "PRR", "21 November 2025"),
        ("12", "Budi", "BARU", "PRR", "21 Nov 2025"),
        (nik(3), "Dewi", "BARU", "PRR", "besok"),
    )
    looked = upload(printer, content, 200, to=f"{BRING}/pratinjau")
    assert "alasan cetak : Kata ini belum dikenal: pilih artinya di atas" in looked.words
    assert "NIK : NIK harus 16 angka." in looked.words
    assert "tanggal rekam : Tulis tanggalnya seperti 31-01-2026, 31/01/2026 atau 31 Januari 2026" in looked.words
    assert "recorded_at:" not in looked.text
    assert "first_card" not in looked.words


def test_to_import_is_no_button_to_press_while_a_column_is_missing(browses):
    printer = browses("printer", "15.03")
    looked = upload(printer, siak((nik(1), "Siti"), header=("NIK", "NAMA")), 200, to=f"{BRING}/pratinjau").text
    assert '<button type="submit" class="secondary">Impor</button>' in looked


def test_the_day_is_shown_as_it_was_read_also_of_a_line_that_is_refused(browses):
    content = siak(
        (nik(1), "Siti", "BARU", "PRR", "05-01-2026"),
        (nik(2), "Budi", "raib", "PRR", "3 November 2025"),
        (nik(3), "Dewi", "BARU", "PRR", "31 Februari 2026"),
    )
    looked = upload(browses("printer", "15.03"), content, 200, to=f"{BRING}/pratinjau")
    assert "Status Tanggal rekam Yang salah" in looked.words
    assert '<td class="when">5 Jan 2026</td>' in looked.text
    assert '<td class="when">3 Nov 2025</td>' in looked.text
    assert "tanggal rekam : Tanggal ini tidak ada di kalender." in looked.words


def test_what_is_neither_csv_nor_xlsx_is_said_so(browses):
    printer = browses("printer", "15.03")
    for content in (b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n", b"GIF89a\0\1"):
        refused = upload(printer, content, 422, to=f"{BRING}/pratinjau")
        assert "Berkas bukan CSV (UTF-8) atau XLSX" in refused.words


def test_what_a_look_at_a_file_finds_wrong_stands_in_what_is_swapped(browses, monkeypatch):
    printer = browses("printer", "15.03")
    [swapped] = set(re.findall(r'hx-select-oob="([^"]*)"', printer.get(BRING).text))
    assert "#salah" in swapped.split(",")
    monkeypatch.setattr(views, "MAX_BYTES", 20)
    for content, told in (
        (b"", "Tidak ada baris di bawah judul kolom."),
        (b"PK\x03\x04 no book", "Berkas bukan CSV (UTF-8) atau XLSX"),
        (b"x" * 21, "terlalu besar"),
    ):
        refused = upload(printer, content, 422, to=f"{BRING}/pratinjau").text
        assert told in refused.partition('<div id="salah">')[2].partition("<form")[0]
