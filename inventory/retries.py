"""A POST may be repeated: the same key by the same actor on the same path answers with what the first one made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from inventory import clock
from inventory.columns import Id
from inventory.database import Base, insert_ignore, transaction
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
        claim = {"user_id": self.user_id, "path": self.path, "key": self.key}
        row = claim | {"body": self.body, "resource_id": None, "created_at": clock.now()}
        if insert_ignore(session, IdempotencyKey.__table__, [row]):  # type: ignore[arg-type]
            return None
        kept = session.execute(sa.select(IdempotencyKey.body, IdempotencyKey.resource_id).filter_by(**claim)).one()
        if kept.body != self.body:
            raise KeyReused
        return int(kept.resource_id)

    def keep(self, session: Session, resource_id: int) -> int:
        """Remember what this attempt made, and give it back."""
        if self.key:
            session.execute(
                sa.update(IdempotencyKey)
                .filter_by(user_id=self.user_id, path=self.path, key=self.key)
                .values(resource_id=resource_id)
            )
        return resource_id


FIRST = Once(0, "", "", b"")


def purge() -> int:
    """Forget keys older than 30 days: a chore. After that, client ids and document rules guard against doubles."""
    with transaction() as session:
        horizon = clock.now() - timedelta(days=KEPT_DAYS)
        result = session.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < horizon))
        return int(result.rowcount)  # type: ignore[attr-defined]
