"""The pages on the way in: plain forms, rendered by the server, that work before anything else is trusted."""

from palier.web.entry.routes import entry_router

__all__ = ["entry_router"]
