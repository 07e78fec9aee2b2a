"""the wellness watch: agreements, absences, evidence by others than cameras, checks with attempts, digests"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "digest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("estate_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_digest_estate_id_estate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("estate_id", "day", name=op.f("uq_digest_estate_id_day")),
    )
    with op.batch_alter_table("digest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_digest_estate_id"), ["estate_id"], unique=False)

    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_by", sa.String(length=100), nullable=False),
        sa.Column("call", sa.String(length=100), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end", sa.String(length=30), nullable=True),
        sa.Column("ended_by", sa.String(length=100), nullable=True),
        sa.Column("perhaps_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estate_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_absence_estate_id_estate")),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_absence_resident_id_resident"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_absence_resident_id_ends_at"), ["resident_id", "ends_at"], unique=False
        )

    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("phone_hours", sa.Double(), nullable=False),
        sa.Column("visit_hours", sa.Double(), nullable=False),
        sa.Column("urgent_hours", sa.Double(), nullable=False),
        sa.Column("not_back_hours", sa.Double(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_by", sa.String(length=100), nullable=False),
        sa.Column("estate_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_agreement_estate_id_estate")),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["resident.id"],
            name=op.f("fk_agreement_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("resident_id", "version", name=op.f("uq_agreement_resident_id_version")),
    )
    with op.batch_alter_table("agreement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreement_estate_id"), ["estate_id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("relation", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("has_key", sa.Boolean(), nullable=False),
        sa.Column("estate_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_contact_estate_id_estate")),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_contact_resident_id_resident"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_resident_id"), ["resident_id"], unique=False)

    op.create_table(
        "gap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("length_s", sa.Double(), nullable=False),
        sa.Column("direction", sa.String(length=30), nullable=False),
        sa.Column("estate_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_gap_estate_id_estate")),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_gap_resident_id_resident"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap")),
    )
    with op.batch_alter_table("gap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gap_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gap_estate_id_at"), ["estate_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_gap_resident_id_at"), ["resident_id", "at"], unique=False)

    op.create_table(
        "sensor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(length=100), nullable=False),
        sa.Column("estate_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_sensor_estate_id_estate")),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_sensor_resident_id_resident"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensor")),
        sa.UniqueConstraint("estate_id", "slug", name=op.f("uq_sensor_estate_id_slug")),
    )
    with op.batch_alter_table("sensor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sensor_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sensor_resident_id"), ["resident_id"], unique=False)

    op.create_table(
        "usual_way",
        sa.Column("resident_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("camera_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("estate_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_usual_way_camera_id_camera"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_usual_way_estate_id_estate")),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["resident.id"],
            name=op.f("fk_usual_way_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("resident_id", "camera_id", name=op.f("pk_usual_way")),
    )
    with op.batch_alter_table("usual_way", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_usual_way_estate_id"), ["estate_id"], unique=False)

    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("result", sa.String(length=30), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("estate_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_id"],
            ["wellness_check.id"],
            name=op.f("fk_attempt_check_id_wellness_check"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_attempt_estate_id_estate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_check_id"), ["check_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attempt_estate_id"), ["estate_id"], unique=False)

    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cause", sa.String(length=30), nullable=True))
        batch_op.add_column(sa.Column("agreement_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("lapses", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index(batch_op.f("ix_alert_lapses_at"), ["lapses_at"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_alert_agreement_id_agreement"),
            "agreement",
            ["agreement_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("weight", sa.Double(), server_default="1", nullable=False))
        batch_op.add_column(
            sa.Column("direction", sa.String(length=30), server_default="both", nullable=False)
        )
        batch_op.add_column(sa.Column("key", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("sensor_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("unclear_face_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_evidence_sensor_id"), ["sensor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_unclear_face_id"), ["unclear_face_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_evidence_estate_id_key"), ["estate_id", "key"])
        batch_op.create_foreign_key(
            batch_op.f("fk_evidence_unclear_face_id_unclear_face"),
            "unclear_face",
            ["unclear_face_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_evidence_sensor_id_sensor"), "sensor", ["sensor_id"], ["id"], ondelete="SET NULL"
        )

    op.execute("UPDATE evidence SET source = 'named' WHERE source = 'staff'")

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("digest_id", sa.Integer(), nullable=True))
        batch_op.alter_column("alert_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f("ix_outbox_digest_id"), ["digest_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_outbox_digest_id_digest"), "digest", ["digest_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_outbox_about_one_thing"), "(alert_id IS NULL) <> (digest_id IS NULL)"
        )

    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("agreement_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("last_direction", sa.String(length=30), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_presence_agreement_id_agreement"),
            "agreement",
            ["agreement_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("wellness_check", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cause", sa.String(length=30), server_default="unseen", nullable=False))
        batch_op.add_column(sa.Column("help_given", sa.String(length=500), server_default="", nullable=False))
        batch_op.drop_constraint(batch_op.f("uq_wellness_check_alert_id"), type_="unique")
        batch_op.create_index(batch_op.f("ix_wellness_check_alert_id"), ["alert_id"], unique=False)
        batch_op.create_index(
            "uq_wellness_check_open",
            ["resident_id", "cause"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    # Until now a resident had one kind of wellness alert.
    op.execute("UPDATE alert SET cause = 'unseen', subject = subject || '\\:unseen' WHERE kind = 'wellness'")


def downgrade() -> None:
    # What the schema before this one cannot hold.
    op.execute("DELETE FROM outbox WHERE digest_id IS NOT NULL")
    op.execute("DELETE FROM wellness_check WHERE cause <> 'unseen'")
    op.execute("DELETE FROM alert WHERE kind = 'cannot_tell' OR cause = 'not_back'")
    op.execute("DELETE FROM evidence WHERE source <> 'named'")
    op.execute("UPDATE evidence SET source = 'staff'")
    op.execute("UPDATE alert SET subject = replace(subject, '\\:unseen', '') WHERE kind = 'wellness'")
    op.execute("UPDATE presence SET state = 'seen' WHERE state IN ('late', 'paused')")

    with op.batch_alter_table("wellness_check", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_wellness_check_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_wellness_check_alert_id"))
        batch_op.create_unique_constraint(batch_op.f("uq_wellness_check_alert_id"), ["alert_id"])
        batch_op.drop_column("help_given")
        batch_op.drop_column("cause")

    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_presence_agreement_id_agreement"), type_="foreignkey")
        batch_op.drop_column("last_direction")
        batch_op.drop_column("agreement_id")

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_outbox_about_one_thing"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_outbox_digest_id_digest"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_outbox_digest_id"))
        batch_op.alter_column("alert_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("digest_id")

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_evidence_sensor_id_sensor"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_evidence_unclear_face_id_unclear_face"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_evidence_estate_id_key"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_evidence_unclear_face_id"))
        batch_op.drop_index(batch_op.f("ix_evidence_sensor_id"))
        batch_op.drop_column("unclear_face_id")
        batch_op.drop_column("sensor_id")
        batch_op.drop_column("key")
        batch_op.drop_column("direction")
        batch_op.drop_column("weight")

    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_alert_agreement_id_agreement"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_alert_lapses_at"))
        batch_op.drop_column("lapses")
        batch_op.drop_column("lapses_at")
        batch_op.drop_column("agreement_id")
        batch_op.drop_column("cause")

    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_estate_id"))
        batch_op.drop_index(batch_op.f("ix_attempt_check_id"))

    op.drop_table("attempt")
    with op.batch_alter_table("usual_way", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_usual_way_estate_id"))

    op.drop_table("usual_way")
    with op.batch_alter_table("sensor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sensor_resident_id"))
        batch_op.drop_index(batch_op.f("ix_sensor_estate_id"))

    op.drop_table("sensor")
    with op.batch_alter_table("gap", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gap_resident_id_at"))
        batch_op.drop_index(batch_op.f("ix_gap_estate_id_at"))
        batch_op.drop_index(batch_op.f("ix_gap_estate_id"))

    op.drop_table("gap")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_resident_id"))
        batch_op.drop_index(batch_op.f("ix_contact_estate_id"))

    op.drop_table("contact")
    with op.batch_alter_table("agreement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agreement_estate_id"))

    op.drop_table("agreement")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absence_resident_id_ends_at"))
        batch_op.drop_index(batch_op.f("ix_absence_estate_id"))

    op.drop_table("absence")
    with op.batch_alter_table("digest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_digest_estate_id"))

    op.drop_table("digest")
