"""Notice that a folder was replaced by another of its name while it was in use."""

from dataclasses import dataclass
from pathlib import Path

from palier.errors import DatasetError

__all__ = ["SameFolder"]


@dataclass(frozen=True, slots=True)
class SameFolder:
    """A folder as it was when it was opened: its index and the samples read later must belong together."""

    path: Path
    device: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> "SameFolder":
        """Remember a folder.

        Raises
        ------
        DatasetError
            If it is not there.
        """
        try:
            found = path.stat()
        except OSError as error:
            raise DatasetError(f"{path}: cannot be opened ({error.strerror}); check the path") from error
        return cls(path, found.st_dev, found.st_ino)

    def check(self) -> None:
        """Raise DatasetError if the folder of this name is another one now."""
        if SameFolder.of(self.path) != self:
            raise DatasetError(f"{self.path}: was replaced while it was open; open it again")
