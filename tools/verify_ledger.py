"""Prove what `blangko ledger export` wrote, without the service: python verify_ledger.py FILE [--key KEY].

Needs nothing but Python 3.11; with a key also `cryptography`. Recomputes every hash of the chain, the balance of every
account, the place of every number, and holds the signed heads against them. Exits 0 when the ledger is whole, 1 naming
the first row that is wrong, 2 when it was called wrongly. KEY is the public key of the ledger or the file that holds
it; without one a ledger can be consistent, not authentic: whoever made the file could have made the whole chain.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

FORMAT, VERSION = "blangko-ledger", 1
SUPPLIED = "supplied"
FIRST_PREVIOUS = "00" * 32
MAX_NUMBER, MAX_DIGITS = 2**63 - 1, 20
WHOLE = {
    "entries": ("id", "account_id", "quantity", "balance_after"),
    "accounts": ("id", "document_id", "event_id"),
    "intervals": ("id", "series_id", "first", "last", "account_id", "made_by"),
    "series": ("id", "width"),
    "lots": ("id", "pack_size", "quantity"),
}
NO_HEAD = ("tanpa kepala sampai akhir", "without a head up to the end")
OF_HEADS = timezone(timedelta(hours=7))  # the ministry's own day, in Jakarta


class Wrong(Exception):
    """What is wrong, in Indonesian and in English, and in which line."""

    def __init__(self, indonesian: str, english: str) -> None:
        super().__init__(english)
        self.indonesian, self.english = indonesian, english
        self.line, self.where = 0, ("", "")


def canonical(value: Any) -> str:
    """The one way to write a value: JSON, keys in order, no spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def parsed(line: str) -> dict[str, Any]:
    """The object in a line, which must be written in the canonical way; its numbers are whole ones of 64 bits."""
    try:
        value = json.loads(line, parse_int=_whole, parse_float=_no_number, parse_constant=_no_number)
    except RecursionError as error:
        raise Wrong("terlalu dalam bersarang", "is nested too deeply") from error
    except ValueError as error:
        raise Wrong("bukan JSON", "is not JSON") from error
    if not isinstance(value, dict) or canonical(value) + "\n" != line:
        raise Wrong("tidak ditulis dalam bentuk baku", "is not written in the canonical form")
    return value


def _whole(text: str) -> int:
    return int(text) if len(text) <= MAX_DIGITS and abs(int(text)) <= MAX_NUMBER else _no_number(text)


def _no_number(text: str) -> int:
    raise Wrong(f"{text[:20]} bukan bilangan bulat 64 bit", f"{text[:20]} is no whole number of 64 bits")


def check_kinds(row: dict[str, Any]) -> None:
    """Raise `Wrong` where a yes or no stands for a number: to Python they are equal, to the ledger they are not."""
    movement = row["movement"]
    numbers = [row["position"], movement["id"], movement["user_id"]]
    for kind, names in WHOLE.items():
        numbers += [each[name] for each in row[kind] for name in names]
    optional = [movement["document_id"], movement["corrects_id"]]
    optional += [each[name] for each in row["intervals"] for name in ("lot_id", "came_from_id", "split_from_id")]
    if any(type(number) is not int for number in [*numbers, *(each for each in optional if each is not None)]):
        raise Wrong("ada nilai yang bukan bilangan", "a number in it is none")
    flags = [each["in_books"] for each in row["intervals"]] + [each["numbered"] for each in row["accounts"]]
    if any(type(flag) is not bool for flag in flags):
        raise Wrong("ada nilai yang bukan ya atau tidak", "a yes or no in it is none")


@dataclass
class Numbers:
    """Where every number lies: intervals by id, and by series and first number in order."""

    here: dict[int, dict[str, Any]] = field(default_factory=dict)
    starts: defaultdict[int, list[tuple[int, int, int]]] = field(default_factory=lambda: defaultdict(list))
    held: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    known: set[int] = field(default_factory=set)
    series: dict[int, tuple[str, int]] = field(default_factory=dict)

    def move(self, movement_id: int, rows: list[dict[str, Any]], series: list[dict[str, Any]]) -> None:
        """Replace the intervals that a movement took or cut by what they became; take in those that are new."""
        for row in series:
            if self.series.setdefault(row["id"], (row["prefix"], row["width"])) != (row["prefix"], row["width"]):
                raise Wrong(f"seri {row['id']} berubah", f"series {row['id']} changed")
        parts: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            if row["id"] in self.known or row["series_id"] not in self.series or not 0 <= row["first"] <= row["last"]:
                raise Wrong(f"interval {row['id']} salah", f"interval {row['id']} is wrong")
            self.known.add(row["id"])
            parent = row["split_from_id"] if row["split_from_id"] is not None else row["came_from_id"]
            if row["split_from_id"] is None and row["made_by"] != movement_id:
                raise Wrong(f"interval {row['id']} dari mutasi lain", f"interval {row['id']} is another movement's")
            parts[0 if parent is None else parent].append(row)
        new = parts.pop(0, [])
        for parent, became in parts.items():
            self._replace(parent, sorted(became, key=lambda row: int(row["first"])))
        for row in new:
            self._put(row)

    def _replace(self, parent: int, parts: list[dict[str, Any]]) -> None:
        whole = self.here.pop(parent, None)
        if whole is None:
            raise Wrong(f"interval {parent} tidak berada di mana pun", f"interval {parent} lies nowhere")
        self.starts[whole["series_id"]].remove((whole["first"], whole["last"], parent))
        self.held[whole["account_id"]] -= _length(whole)
        follows = whole["first"]
        for part in parts:
            left = part["split_from_id"] is not None  # what is left stays what it was
            same = ("series_id", "lot_id", *(("account_id", "made_by", "came_from_id") if left else ()))
            if part["first"] != follows or any(part[name] != whole[name] for name in same):
                raise Wrong(f"interval {part['id']} bukan bagian dari interval {parent}",
                            f"interval {part['id']} is no part of interval {parent}")  # fmt: skip
            follows = part["last"] + 1
        if follows != whole["last"] + 1:
            raise Wrong(f"sebagian nomor interval {parent} hilang", f"numbers of interval {parent} are missing")
        for part in parts:
            self._put(part)

    def _put(self, row: dict[str, Any]) -> None:
        if not row["in_books"]:
            return
        there = self.starts[row["series_id"]]
        after = bisect_left(there, (row["first"], 0, 0))
        before = there[after - 1] if after else None
        if (before and before[1] >= row["first"]) or (after < len(there) and there[after][0] <= row["last"]):
            raise Wrong(
                f"nomor interval {row['id']} ada di dua tempat", f"interval {row['id']} is in two places at once"
            )
        insort(there, (row["first"], row["last"], row["id"]))
        self.here[row["id"]] = row
        self.held[row["account_id"]] += _length(row)


def _length(row: dict[str, Any]) -> int:
    return int(row["last"]) - int(row["first"]) + 1


@dataclass
class Books:
    """Everything that was added up so far."""

    balances: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    accounts: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    ids_of: dict[tuple[Any, ...], int] = field(default_factory=dict)
    movements: set[int] = field(default_factory=set)
    entries: set[int] = field(default_factory=set)
    numbers: Numbers = field(default_factory=Numbers)

    def post(self, row: dict[str, Any]) -> None:
        """Add one sealed movement; raises `Wrong`."""
        movement_id = row["movement"]["id"]
        if movement_id in self.movements:
            raise Wrong("mutasi ini sudah ada di atas", "this movement stands above already")
        self.movements.add(movement_id)
        self._open(row["accounts"])
        if not row["entries"]:
            raise Wrong("mutasi tanpa ayat", "the movement has no entries")
        sums: defaultdict[str, int] = defaultdict(int)
        for entry in row["entries"]:
            sums[str(self.accounts[entry["account_id"]][4])] += entry["quantity"]
            self._add(entry)
        for item, total in sums.items():
            if total:
                raise Wrong(
                    f"ayat {item} berjumlah {total}, bukan 0", f"its entries of {item} add up to {total}, not 0"
                )
        self.numbers.move(movement_id, row["intervals"], row["series"])
        for account in row["accounts"]:
            held, balance = self.numbers.held[account["id"]], self.balances[account["id"]]
            due = balance if account["numbered"] and account["place"] != SUPPLIED else 0
            if held != due:
                raise Wrong(f"akun {account['id']} memuat {due} barang bernomor dan {held} nomor",
                            f"account {account['id']} has {due} goods with numbers and {held} numbers")  # fmt: skip

    def _open(self, accounts: list[dict[str, Any]]) -> None:
        names = ("store_code", "office_code", "place", "document_id", "item_code", "condition", "owner_code",
                 "event_id", "numbered")  # fmt: skip
        for account in accounts:
            key = tuple(account[name] for name in names)
            if (
                self.accounts.setdefault(account["id"], key) != key
                or self.ids_of.setdefault(key, account["id"]) != (account["id"])
            ):
                raise Wrong(f"akun {account['id']} berubah", f"account {account['id']} changed")

    def _add(self, entry: dict[str, Any]) -> None:
        if entry["id"] in self.entries or not entry["quantity"]:
            raise Wrong(f"ayat {entry['id']} salah", f"entry {entry['id']} is wrong")
        self.entries.add(entry["id"])
        account = entry["account_id"]
        self.balances[account] += entry["quantity"]
        balance = self.balances[account]
        if balance != entry["balance_after"]:
            raise Wrong(f"ayat {entry['id']} menyebut saldo {entry['balance_after']}, seharusnya {balance}",
                        f"entry {entry['id']} says {entry['balance_after']} after it, it is {balance}")  # fmt: skip
        if (balance > 0) if self.accounts[account][2] == SUPPLIED else (balance < 0):
            raise Wrong(f"saldo akun {account} menjadi {balance}", f"account {account} falls to {balance}")


@dataclass
class Heads:
    """The signed heads, each held against the chain when it gets there."""

    waiting: list[dict[str, Any]]

    @classmethod
    def of(cls, header: dict[str, Any], key: bytes | None) -> Heads:
        """The heads of a header, their signatures checked if there is a key."""
        heads = header["heads"]
        for head, after in zip(heads, [*heads, None][1:], strict=True):
            if set(head) != {"day", "position", "hash", "signature"} or type(head["position"]) is not int:
                raise Wrong("kepala tidak terbaca", "a head cannot be read")
            if after and (after["day"] <= head["day"] or after["position"] < head["position"]):
                raise Wrong(f"kepala {after['day']} tidak berurutan", f"the head of {after['day']} is out of order")
            if key is not None:
                _check_signature(key, head)
        return cls(list(heads))

    def reach(self, position: int, digest: str) -> None:
        """Hold the heads of this position against its hash."""
        while self.waiting and self.waiting[0]["position"] == position:
            head = self.waiting.pop(0)
            if head["hash"] != digest:
                raise Wrong(f"kepala {head['day']} menyebut hash lain", f"the head of {head['day']} says another hash")


def _check_signature(key: bytes, head: dict[str, Any]) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    signed = canonical({name: head[name] for name in ("day", "hash", "position")}).encode()
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(head["signature"]), signed)
    except (InvalidSignature, ValueError) as error:
        raise Wrong(f"tanda tangan kepala {head['day']} salah", f"the signature of {head['day']} is wrong") from error


def _check_header(header: dict[str, Any], key: bytes | None) -> datetime:
    if header.get("format") != FORMAT or header.get("version") != VERSION:
        raise Wrong("bukan ekspor buku besar versi 1", "is no ledger export of version 1")
    if key is not None and header["public_key"] != base64.b64encode(key).decode():
        raise Wrong("kunci publik berkas bukan kunci Anda", "the public key of the file is not yours")
    exported_at = datetime.fromisoformat(header["exported_at"])
    if exported_at.tzinfo is None or type(header["movements"]) is not int:
        raise Wrong("kepala berkas tidak terbaca", "the header cannot be read")
    return exported_at


def _check_seal(row: dict[str, Any], position: int, previous: str) -> str:
    """Recompute the hash of a row; answers it."""
    said = row.pop("hash")
    if row["position"] != position:
        raise Wrong(f"posisi {position} diharapkan di sini", f"position {position} was to be here")
    if row["previous"] != previous:
        raise Wrong("tidak bersambung dengan baris sebelumnya", "does not follow from the line before it")
    if hashlib.sha256(canonical(row).encode()).hexdigest() != said:
        raise Wrong("isi tidak cocok dengan hash-nya", "does not match its hash")
    return str(said)


@dataclass
class Proof:
    """How many movements there are, the newest head, and when the file says it was written."""

    movements: int
    head: dict[str, Any] | None
    exported_at: datetime

    @property
    def unsigned(self) -> int:
        """How many movements at the end no head covers."""
        return self.movements - (self.head["position"] if self.head else 0)

    def is_authentic(self, key: bytes | None) -> bool:
        """Whether a signature that the key made reaches to the very end."""
        return key is not None and self.head is not None and not self.unsigned

    def warnings(self) -> Iterator[tuple[str, str]]:
        """What is no damage but leaves something open."""
        if self.unsigned:
            yield (f"{self.unsigned} mutasi terakhir belum ditandatangani: tidak tercakup kepala mana pun",
                   f"the last {self.unsigned} movements are not signed yet: no head covers them")  # fmt: skip
        day = self.exported_at.astimezone(OF_HEADS).date().isoformat()
        if self.head and self.head["day"] < day:
            yield (f"kepala terakhir dari {self.head['day']}, berkas ini dibuat {day}",
                   f"the newest head is of {self.head['day']}, this file was made on {day}")  # fmt: skip


def prove(lines: Iterable[str], key: bytes | None) -> Proof:
    """Check everything; answers what came of it. Raises the first `Wrong`."""
    number, position, previous = 1, 0, FIRST_PREVIOUS
    row: dict[str, Any] = {}
    source = iter(lines)
    try:
        header = parsed(next(source, ""))
        exported_at = _check_header(header, key)
        heads, books, newest = Heads.of(header, key), Books(), header["heads"][-1] if header["heads"] else None
        for line in source:
            number, position, row = number + 1, position + 1, {}
            row = parsed(line)
            previous = _check_seal(row, position, previous)
            check_kinds(row)
            books.post(row)
            heads.reach(position, previous)
        number, row = number + 1, {}
        _check_end(header, heads, position)
    except Wrong as wrong:
        raise _placed(wrong, number, row) from wrong
    except (ArithmeticError, AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise _placed(Wrong("tidak terbaca", "cannot be read"), number, row) from error
    return Proof(position, newest, exported_at)


def _check_end(header: dict[str, Any], heads: Heads, position: int) -> None:
    if heads.waiting:
        head = heads.waiting[0]
        raise Wrong(f"berkas berakhir di posisi {position}, kepala {head['day']} menyebut {head['position']}",
                    f"the file ends at {position}, the head of {head['day']} says {head['position']}")  # fmt: skip
    if header["movements"] != position:
        raise Wrong(f"ada {position} mutasi, berkas menyebut {header['movements']}",
                    f"there are {position} movements, the file says {header['movements']}")  # fmt: skip


def _placed(wrong: Wrong, number: int, row: dict[str, Any]) -> Wrong:
    wrong.line = number
    movement = row.get("movement")
    if isinstance(movement, dict):
        position, name = row.get("position"), movement.get("id")
        wrong.where = (f" (posisi {position}, mutasi {name})", f" (position {position}, movement {name})")
    return wrong


def read_key(text: str) -> bytes:
    """The public key out of a file or of the text itself: 32 bytes in base64."""
    file = Path(text)
    if file.is_file():
        text = file.read_text(encoding="ascii")
    key = base64.b64decode(text.strip(), validate=True)
    if len(key) != 32:  # noqa: PLR2004 - an Ed25519 key
        raise ValueError("a public key has 32 bytes")
    return key


def _lines(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8", errors="surrogateescape", newline="\n") as opened:
        yield from opened


def main(words: list[str] | None = None) -> int:
    """Run the proof and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", type=read_key, metavar="KEY")
    asked = parser.parse_args(words)
    try:
        proof = prove(_lines(asked.file), asked.key)
    except OSError as error:
        parser.error(f"{asked.file}: {error.strerror}")
    except Wrong as wrong:
        print(f"SALAH, baris {wrong.line}{wrong.where[0]}: {wrong.indonesian}.")
        print(f"WRONG, line {wrong.line}{wrong.where[1]}: {wrong.english}.")
        return 1
    count, head = proof.movements, proof.head
    if proof.is_authentic(asked.key):
        print(f"Utuh dan otentik: {count} mutasi.")
        print(f"Whole and authentic: {count} movements.")
    else:
        why = ("tanpa kunci", "without a key") if asked.key is None else NO_HEAD
        print(f"Konsisten, bukan otentik: {count} mutasi saling cocok; {why[0]}, asalnya tidak terbukti.")
        print(f"Consistent, not authentic: {count} movements fit together; {why[1]} their origin is not proved.")
    for indonesian, english in proof.warnings():
        print(f"PERINGATAN: {indonesian}.")
        print(f"WARNING: {english}.")
    if head:
        print(f"Kepala terakhir / newest head: {head['day']}, {head['position']}, {head['hash']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
