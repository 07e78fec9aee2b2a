"""trusted recognition"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "expected_visitor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consent_text", sa.String(length=40), nullable=False),
        sa.Column("consent_given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("estate_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_expected_visitor_estate_id_estate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected_visitor")),
    )
    with op.batch_alter_table("expected_visitor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expected_visitor_ends_at"), ["ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_expected_visitor_estate_id"), ["estate_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=30), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("estate_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_evidence_estate_id_estate")),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["resident.id"],
            name=op.f("fk_evidence_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_resident_id_at"), ["resident_id", "at"], unique=False)

    op.create_table(
        "unclear_face",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("snapshot_id", sa.String(length=32), nullable=True),
        sa.Column("resident_id", sa.Integer(), nullable=True),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("named_by", sa.String(length=100), nullable=True),
        sa.Column("estate_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_unclear_face_camera_id_camera"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_unclear_face_estate_id_estate")),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["resident.id"],
            name=op.f("fk_unclear_face_resident_id_resident"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["snapshot.id"],
            name=op.f("fk_unclear_face_snapshot_id_snapshot"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unclear_face")),
    )
    with op.batch_alter_table("unclear_face", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unclear_face_ended_at"), ["ended_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_unclear_face_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_unclear_face_estate_id_started_at"), ["estate_id", "started_at"], unique=False
        )

    op.create_table(
        "visitor_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visitor_id", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(length=40), nullable=False),
        sa.Column("embedding", sa.LargeBinary(), nullable=False),
        sa.Column("quality", sa.Double(), nullable=False),
        sa.Column("estate_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_visitor_template_estate_id_estate")
        ),
        sa.ForeignKeyConstraint(
            ["visitor_id"],
            ["expected_visitor.id"],
            name=op.f("fk_visitor_template_visitor_id_expected_visitor"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitor_template")),
    )
    with op.batch_alter_table("visitor_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visitor_template_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visitor_template_visitor_id"), ["visitor_id"], unique=False)

    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("sighting_id", sa.Integer(), nullable=True),
        sa.Column("unclear_face_id", sa.Integer(), nullable=True),
        sa.Column("engine", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("estate_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_correction_estate_id_estate")),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["resident.id"],
            name=op.f("fk_correction_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sighting_id"],
            ["sighting.id"],
            name=op.f("fk_correction_sighting_id_sighting"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["unclear_face_id"],
            ["unclear_face.id"],
            name=op.f("fk_correction_unclear_face_id_unclear_face"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_correction_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_correction_resident_id"), ["resident_id"], unique=False)

    op.create_table(
        "photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=30), nullable=False),
        sa.Column("quality", sa.Double(), nullable=False),
        sa.Column("crop_jpeg", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("estate_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name=op.f("fk_photo_consent_id_consent"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_photo_estate_id_estate")),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_photo_resident_id_resident"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_photo_consent_id"), ["consent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_photo_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_photo_resident_id"), ["resident_id"], unique=False)

    with op.batch_alter_table("estate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wanted_fpir", sa.Double(), nullable=True))

    with op.batch_alter_table("sighting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("template", schema=None) as batch_op:
        batch_op.add_column(sa.Column("photo_id", sa.Integer(), nullable=True))
    _photo_for_each_template()
    with op.batch_alter_table("template", schema=None) as batch_op:
        batch_op.alter_column("photo_id", existing_type=sa.Integer(), nullable=False)
        batch_op.create_index(batch_op.f("ix_template_photo_id"), ["photo_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_template_photo_id_photo"), "photo", ["photo_id"], ["id"], ondelete="CASCADE"
        )

    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("visitor_id", sa.Integer(), nullable=True))
    op.execute("UPDATE visit SET key = 'visit-' || id")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.alter_column("key", existing_type=sa.String(length=32), nullable=False)
        batch_op.create_index(batch_op.f("ix_visit_visitor_id"), ["visitor_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_visit_key"), ["key"])
        batch_op.create_foreign_key(
            batch_op.f("fk_visit_visitor_id_expected_visitor"),
            "expected_visitor",
            ["visitor_id"],
            ["id"],
            ondelete="SET NULL",
        )


def _photo_for_each_template() -> None:
    """Templates made before photos had rows of their own get one each, without a picture."""
    op.execute(
        "INSERT INTO photo (id, estate_id, resident_id, consent_id, source, quality, created_at) "
        "SELECT id, estate_id, resident_id, consent_id, 'photo', quality, created_at FROM template"
    )
    op.execute("UPDATE template SET photo_id = id")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('photo', 'id'), coalesce(max(id), 0) + 1) FROM photo"
        )


def downgrade() -> None:
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_visit_visitor_id_expected_visitor"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_visit_key"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_visit_visitor_id"))
        batch_op.drop_column("visitor_id")
        batch_op.drop_column("key")

    with op.batch_alter_table("template", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_template_photo_id_photo"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_template_photo_id"))
        batch_op.drop_column("photo_id")

    with op.batch_alter_table("sighting", schema=None) as batch_op:
        batch_op.drop_column("rejected_at")

    with op.batch_alter_table("estate", schema=None) as batch_op:
        batch_op.drop_column("wanted_fpir")

    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_photo_resident_id"))
        batch_op.drop_index(batch_op.f("ix_photo_estate_id"))
        batch_op.drop_index(batch_op.f("ix_photo_consent_id"))

    op.drop_table("photo")
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_correction_resident_id"))
        batch_op.drop_index(batch_op.f("ix_correction_estate_id"))

    op.drop_table("correction")
    with op.batch_alter_table("visitor_template", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visitor_template_visitor_id"))
        batch_op.drop_index(batch_op.f("ix_visitor_template_estate_id"))

    op.drop_table("visitor_template")
    with op.batch_alter_table("unclear_face", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unclear_face_estate_id_started_at"))
        batch_op.drop_index(batch_op.f("ix_unclear_face_estate_id"))
        batch_op.drop_index(batch_op.f("ix_unclear_face_ended_at"))

    op.drop_table("unclear_face")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_resident_id_at"))
        batch_op.drop_index(batch_op.f("ix_evidence_estate_id"))

    op.drop_table("evidence")
    with op.batch_alter_table("expected_visitor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expected_visitor_estate_id"))
        batch_op.drop_index(batch_op.f("ix_expected_visitor_ends_at"))

    op.drop_table("expected_visitor")
