"""The database: SQLite or PostgreSQL, through SQLAlchemy."""

from palier.adapters.db.store import SqlStore, open_store

__all__ = ["SqlStore", "open_store"]
