"""Files as offices export them, and how they are sent: for tests of imports."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.builders import Caller

HEADER = "client_id,nik,name,reason,status,recorded_at"
RINI = ("1503040101900001", "Rini", "BARU", "PRINT_READY_RECORD", "05-01-2026 08:00")
BUDI = ("1503040101900002", "Budi", "HILANG", "DUPLICATE_RECORD", "2026-01-06")


def nik(number: int) -> str:
    """A NIK of Sarolangun."""
    return f"150304010190{number:04d}"


def line(number: int, **more: str) -> str:
    """One line of the default columns."""
    told = {
        "client_id": f"c-{number}", "nik": nik(number), "name": f"Siti {number}", "reason": "first_card",
        "status": "prr", "recorded_at": "2026-01-05T08:00:00+07:00",
    } | more  # fmt: skip
    return ",".join(told.values())


def listed(*lines: str, header: str = HEADER) -> bytes:
    """A CSV of these lines."""
    return "\n".join([header, *lines, ""]).encode()


def siak(*people: tuple[str, ...], header: tuple[str, ...] = ("NIK", "NAMA", "ALASAN", "STATUS", "TGL_REKAM")) -> bytes:
    """An export without client ids, with semicolons."""
    return "\n".join(";".join(row) for row in (header, *people)).encode()


def workbook(rows: list[list[Any]], *, start: int = 0, **options: Any) -> bytes:
    """An XLSX of these rows."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm", **options}) as book:
        sheet = book.add_worksheet("Daftar")
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(start + number, column, cell)
    return file.getvalue()


def send(
    caller: Caller, content: bytes, *, name: str = "daftar.csv", path: str = "/imports", key: str = "", **form: str
) -> Any:
    """POST a file as a form; answers the response."""
    headers = {"Authorization": f"Bearer {caller.token}"} | ({"Idempotency-Key": key} if key else {})
    data: dict[str, Any] = {"office": caller.office, **form, "file": FileStorage(io.BytesIO(content), name)}
    boundary, body = encode_multipart(data)  # in memory: the client's own way leaves large ones open in a file
    kind = f'multipart/form-data; boundary="{boundary}"'
    return caller.app.test_client().post(f"/api/v1{path}", data=body, headers=headers, content_type=kind)


def bring(caller: Caller, content: bytes, expect: int = 201, **more: str) -> Any:
    """POST a file, check the status, answer the JSON."""
    answer = send(caller, content, **more)
    assert answer.status_code == expect, f"{answer.status_code} {answer.get_data(as_text=True)}"
    return answer.get_json()


def counts(done: dict[str, Any]) -> tuple[int, int, int, int]:
    """Created, changed, unchanged, refused."""
    return done["created"], done["changed"], done["unchanged"], done["refused"]


def recordings(caller: Caller, **query: Any) -> list[dict[str, Any]]:
    """The people that somebody sees as recorded."""
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return caller.get(f"/recordings?limit=500&{asked}")["items"]


def faults(problem: dict[str, Any]) -> list[tuple[str, str]]:
    """Where a refused file is wrong, and how."""
    return [(fault["pointer"], fault["code"]) for fault in problem["errors"]]
