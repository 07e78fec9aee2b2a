"""pictures left out, and views that staff accepted"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("camera", schema=None) as batch_op:
        batch_op.add_column(sa.Column("view_accepted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("left_out_per_s", sa.Double(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("camera", schema=None) as batch_op:
        batch_op.drop_column("left_out_per_s")
        batch_op.drop_column("view_accepted_at")
