"""Who may do what: four roles, each allowed all that the one before it is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from palier.errors import PermissionDeniedError, ProofNeededError

__all__ = ["SCOPES", "Actor", "Permission", "Role", "permissions_of"]


class Role(StrEnum):
    """Rank in one workspace, lowest first."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    ENGINEER = "engineer"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """Return 0 for a viewer to 3 for an admin."""
        return list(Role).index(self)


class Permission(StrEnum):
    """What can be allowed; each belongs to the lowest role that has it."""

    READ = "read"
    """See machines, recordings, diagnoses, datasets, models and jobs."""
    DIAGNOSE = "diagnose"
    """Upload recordings, run diagnoses, record a verdict, cancel one's own jobs."""
    MANAGE_MACHINES = "manage-machines"
    """Add, change and remove machines, points and recordings."""
    MANAGE_DATASETS = "manage-datasets"
    """Simulate, import, split, export and remove datasets."""
    TRAIN = "train"
    """Train and evaluate models; cancel and retry anybody's jobs."""
    ADMINISTER = "administer"
    """People, roles, second-factor policy, API keys of others, audit log, state of the system."""


_LOWEST: dict[Permission, Role] = {
    Permission.READ: Role.VIEWER,
    Permission.DIAGNOSE: Role.ANALYST,
    Permission.MANAGE_MACHINES: Role.ANALYST,
    Permission.MANAGE_DATASETS: Role.ENGINEER,
    Permission.TRAIN: Role.ENGINEER,
    Permission.ADMINISTER: Role.ADMIN,
}

#: What an API key can be limited to: the permissions by their names.
SCOPES: tuple[str, ...] = tuple(p.value for p in Permission)


def permissions_of(role: Role) -> frozenset[Permission]:
    """Return everything a role may do.

    Examples
    --------
    >>> sorted(permissions_of(Role.ANALYST))
    [<Permission.DIAGNOSE: 'diagnose'>, <Permission.MANAGE_MACHINES: 'manage-machines'>, <Permission.READ: 'read'>]
    """
    return frozenset(p for p, lowest in _LOWEST.items() if role.rank >= lowest.rank)


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks for something: a person in one workspace, a key of theirs, or the system itself."""

    user_id: str
    """Empty for the system."""
    name: str
    workspace_id: str
    role: Role
    kind: Literal["session", "key", "system"] = "session"
    scopes: frozenset[str] | None = None
    """Of an API key: the permissions it is limited to."""
    session_id: str | None = None
    """Digest of the session's id, for "this session" among the others."""
    key_id: str | None = None
    address: str = ""
    """Where the request came from."""
    language: str = "en"
    recently_authenticated: bool = False
    """Signed in, or proved it again, a short time ago: needed to change factors or the e-mail address."""

    def may(self, permission: Permission) -> bool:
        """Return whether this actor has a permission."""
        return permission in permissions_of(self.role) and (self.scopes is None or permission.value in self.scopes)

    def require(self, permission: Permission) -> None:
        """Stop without a permission.

        Raises
        ------
        PermissionDeniedError
            Naming what is missing: the role, or the scope of the key.

        Examples
        --------
        >>> Actor("u1", "Ada", "w1", Role.VIEWER).require(Permission.TRAIN)
        Traceback (most recent call last):
        palier.errors.PermissionDeniedError: train needs the role engineer; Ada is viewer; ask an admin
        """
        if permission not in permissions_of(self.role):
            raise PermissionDeniedError(
                f"{permission.value} needs the role {_LOWEST[permission].value}; {self.name} is {self.role.value}; "
                "ask an admin"
            )
        if not self.may(permission):
            raise PermissionDeniedError(f"this key has not the scope {permission.value!r}; make one that has it")

    def require_recent_sign_in(self) -> None:
        """Stop where the last proof of identity is too old for changing factors or the address."""
        if not self.recently_authenticated:
            raise ProofNeededError("confirm your password first: this change needs a fresh proof that it is you")
