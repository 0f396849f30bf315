"""Runs migrations on the engine that was handed over."""

from alembic import context
from sqlalchemy import text

from palier.adapters.db.orm import Base

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":  # two processes that start together migrate one after the other
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('palier migrations', 0))"))
        context.run_migrations()
    connection.commit()
