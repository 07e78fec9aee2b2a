"""the duty roster and the chain of alerts"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "receiver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("link", sa.String(length=30), nullable=False),
        sa.Column("language", sa.String(length=30), nullable=False),
        sa.Column("reached", sa.JSON(), nullable=False),
        sa.Column("estate_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_receiver_estate_id_estate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receiver")),
        sa.UniqueConstraint("estate_id", "name", name=op.f("uq_receiver_estate_id_name")),
    )
    with op.batch_alter_table("receiver", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receiver_estate_id"), ["estate_id"], unique=False)

    op.create_table(
        "shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("noted_by", sa.String(length=100), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.Column("estate_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_shift_estate_id_estate")),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["receiver.id"], name=op.f("fk_shift_receiver_id_receiver"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_shift_estate_id_ends_at"), ["estate_id", "ends_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_shift_receiver_id"), ["receiver_id"], unique=False)

    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.add_column(sa.Column("policy", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("link", sa.String(length=30), nullable=True))
        batch_op.add_column(sa.Column("escalates_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("calls", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index(batch_op.f("ix_alert_escalates_at"), ["escalates_at"], unique=False)
    # What nobody has taken so far climbs with the first tick.
    op.execute("UPDATE alert SET link = 'duty', escalates_at = opened_at WHERE state = 'open'")

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("receiver_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("round", sa.String(length=40), server_default="", nullable=False))
        batch_op.add_column(sa.Column("rank", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_foreign_key(
            batch_op.f("fk_outbox_receiver_id_receiver"),
            "receiver",
            ["receiver_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_outbox_receiver_id_receiver"), type_="foreignkey")
        batch_op.drop_column("rank")
        batch_op.drop_column("round")
        batch_op.drop_column("receiver_id")

    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alert_escalates_at"))
        batch_op.drop_column("calls")
        batch_op.drop_column("escalates_at")
        batch_op.drop_column("link")
        batch_op.drop_column("policy")

    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shift_receiver_id"))
        batch_op.drop_index(batch_op.f("ix_shift_estate_id_ends_at"))
        batch_op.drop_index(batch_op.f("ix_shift_estate_id"))

    op.drop_table("shift")
    with op.batch_alter_table("receiver", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receiver_estate_id"))

    op.drop_table("receiver")
