"""What an administrator looks after: people, keys, the audit log, and the state of the installation."""

from palier.web.pages.admin.page import register

__all__ = ["register"]
