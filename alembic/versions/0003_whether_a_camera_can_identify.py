"""whether a camera can identify"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "camera_hour",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passes", sa.Integer(), nullable=False),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("widths", sa.JSON(), nullable=False),
        sa.Column("flaws", sa.JSON(), nullable=False),
        sa.Column("estate_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_camera_hour_camera_id_camera"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_camera_hour_estate_id_estate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camera_hour")),
        sa.UniqueConstraint("camera_id", "hour", name=op.f("uq_camera_hour_camera_id_hour")),
    )
    with op.batch_alter_table("camera_hour", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_camera_hour_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_camera_hour_hour"), ["hour"], unique=False)

    with op.batch_alter_table("camera", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("verdict", sa.String(length=30), server_default="not_yet_known", nullable=False)
        )
        batch_op.add_column(sa.Column("verdict_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("camera", schema=None) as batch_op:
        batch_op.drop_column("verdict_at")
        batch_op.drop_column("verdict")

    with op.batch_alter_table("camera_hour", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_camera_hour_hour"))
        batch_op.drop_index(batch_op.f("ix_camera_hour_estate_id"))

    op.drop_table("camera_hour")
