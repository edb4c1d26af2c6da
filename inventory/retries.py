"""A POST may be repeated: the same key by the same actor on the same path answers with what the first one made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from inventory import clock
from inventory.columns import Id
from inventory.database import Base, insert_ignore, table_of, transaction, wire
from inventory.errors import Conflict
from inventory.texts import Text

KEPT_DAYS = 30


class IdempotencyKey(Base):
    """A claimed key; `resource_id` is what its request made. The body is kept as a keyed digest only."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (sa.UniqueConstraint("user_id", "path", "key"),)
    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    path: Mapped[str] = mapped_column(sa.String(200))
    key: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[bytes]
    resource_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    created_at: Mapped[datetime] = mapped_column(index=True)


_KEYS = table_of(IdempotencyKey)
_CLAIMED = (
    (_KEYS.c.user_id == sa.bindparam("claimed_by"))
    & (_KEYS.c.path == sa.bindparam("claimed_path"))
    & (_KEYS.c.key == sa.bindparam("claimed_key"))
)
_KEPT = sa.select(_KEYS.c.body, _KEYS.c.resource_id).where(_CLAIMED)
_KEEP = sa.update(_KEYS).where(_CLAIMED).values(resource_id=sa.bindparam("made"))


class KeyReused(Conflict):
    """The key was used before with another body."""

    code = "idempotency_key_reused"
    text = Text(
        "Idempotency-Key ini sudah dipakai untuk isi permintaan yang lain. Pakai kunci baru untuk permintaan baru.",
        "This Idempotency-Key was used with another body. Use a new key for a new request.",
    )


@dataclass(frozen=True, slots=True)
class Once:
    """One attempt at doing something once: the actor's key on a path, with the body's keyed digest.

    Ask `done_before` inside the transaction, after access is checked and before anything is locked; then `keep` what
    was made. A twin waits at the claim until the first has committed and then reads its answer. Without a key (a
    command line call) every attempt is the first.
    """

    user_id: int
    path: str
    key: str
    body: bytes

    def done_before(self, session: Session) -> int | None:
        """The id that the first attempt made, or None when this is the first."""
        if not self.key:
            return None
        row = {
            "user_id": self.user_id,
            "path": self.path,
            "key": self.key,
            "body": self.body,
            "resource_id": None,
            "created_at": clock.now(),
        }
        if insert_ignore(session, table_of(IdempotencyKey), [row]):
            return None
        kept = wire(session).execute(_KEPT, self._claim()).one()
        if kept.body != self.body:
            raise KeyReused
        return int(kept.resource_id)

    def keep(self, session: Session, resource_id: int) -> int:
        """Remember what this attempt made, and give it back."""
        if self.key:
            wire(session).execute(_KEEP, self._claim() | {"made": resource_id})
        return resource_id

    def _claim(self) -> dict[str, object]:
        return {"claimed_by": self.user_id, "claimed_path": self.path, "claimed_key": self.key}


FIRST = Once(0, "", "", b"")


def purge() -> int:
    """Forget keys older than 30 days: a chore. After that, client ids and document rules guard against doubles."""
    with transaction() as session:
        horizon = clock.now() - timedelta(days=KEPT_DAYS)
        result = session.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < horizon))
        return int(result.rowcount)  # type: ignore[attr-defined]
