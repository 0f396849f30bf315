"""Files below the data directory: content-addressed ones, and the artefacts of jobs."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from anyio import to_thread

from palier.app.entities import Job
from palier.app.ports import StoredFile
from palier.errors import NotFoundError, OutputError, ParameterError, TooLargeError

__all__ = ["LocalFiles"]

#: Bytes gathered before they are hashed and written in one go, off the event loop.
_BATCH_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LocalFiles:
    """See `palier.app.ports.FileStore`.

    Below the root lie ``files/<2>/<sha256>``, ``incoming/`` and ``artefacts/<job>/<attempt>/``.
    """

    root: Path

    async def receive(self, chunks: AsyncIterator[bytes], *, limit_bytes: int) -> StoredFile:
        """Write an upload to a temporary place while hashing it, and keep it under its digest."""
        upload = await to_thread.run_sync(_Upload, self._folder("incoming"))
        try:
            batch: list[bytes] = []
            waiting = size = 0
            async for chunk in chunks:
                size += len(chunk)
                if size > limit_bytes:
                    raise TooLargeError(
                        f"the file is larger than {limit_bytes:,} bytes, the limit of this installation; "
                        "cut it, or ask the operator to raise PALIER_UPLOAD_LIMIT_BYTES"
                    )
                batch.append(chunk)
                waiting += len(chunk)
                if waiting >= _BATCH_BYTES:
                    await to_thread.run_sync(upload.write, b"".join(batch))
                    batch, waiting = [], 0
            await to_thread.run_sync(upload.write, b"".join(batch))
            if size == 0:
                raise ParameterError("the file is empty; choose a file with samples")
            digest = await to_thread.run_sync(upload.finish)
            await to_thread.run_sync(self._place, upload.path, digest)
            return StoredFile(digest, size)
        finally:
            upload.discard()

    def keep(self, path: Path) -> StoredFile:
        """Move a finished file into the content-addressed part."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = path.stat().st_size
        self._place(path, digest)
        return StoredFile(digest, size)

    def path(self, sha256: str) -> Path:
        """Return where a content-addressed file lies."""
        path = self._address(sha256)
        if not path.is_file():
            raise NotFoundError(f"the file {sha256[:12]}… is gone from the data directory; upload it again")
        return path

    def drop(self, sha256: str) -> None:
        """Delete a content-addressed file."""
        self._address(sha256).unlink(missing_ok=True)

    def attempt_folder(self, job: Job) -> Path:
        """Make and return the folder of a job's attempt, empty."""
        folder = self.root.absolute() / "artefacts" / job.id / str(job.attempt)
        with _disk():
            if folder.exists():
                shutil.rmtree(folder)
            folder.mkdir(parents=True)
        return folder

    def resolve(self, below: str) -> Path:
        """Return the absolute path of something below the data directory."""
        root = self.root.absolute()
        path = Path(os.path.normpath(root / below))
        if not path.is_relative_to(root) or path == root:
            raise ParameterError("a path outside the data directory was asked for")
        return path

    def relative(self, path: Path) -> str:
        """Return the path below the data directory."""
        return path.absolute().relative_to(self.root.absolute()).as_posix()

    def drop_folder(self, below: str) -> None:
        """Delete an artefact folder, and its job's folder where that is then empty."""
        folder = self.resolve(below)
        if not folder.is_relative_to(self.root.absolute() / "artefacts"):
            raise ParameterError("only artefacts can be deleted as folders")
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            folder.parent.rmdir()

    def free_bytes(self) -> int:
        """Return the free space."""
        self.root.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self.root).free

    def orphans(self, known: Iterable[str], *, older_than: datetime) -> list[str]:
        """Return attempt folders and temporary files that no row names and that are older."""
        named = tuple(known)
        attempts = {"/".join(Path(name).parts[:3]) for name in named if name.startswith("artefacts/")}
        root = self.root.absolute()
        found = [p for p in root.glob("artefacts/*/*") if p.is_dir() and self.relative(p) not in attempts]
        found += list(root.glob("incoming/*"))
        limit = older_than.astimezone(UTC).timestamp()
        return sorted(self.relative(p) for p in found if _changed(p) < limit)

    def _address(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ParameterError("a digest is 64 hexadecimal digits")
        return self.root.absolute() / "files" / sha256[:2] / sha256

    def _folder(self, name: str) -> Path:
        folder = self.root.absolute() / name
        with _disk():
            folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _place(self, path: Path, digest: str) -> None:
        target = self._address(digest)
        with _disk():
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
            _sync_folder(target.parent)


class _Upload:
    """One file on its way in."""

    def __init__(self, folder: Path) -> None:
        with _disk():
            handle, name = tempfile.mkstemp(dir=folder, prefix="upload-")
        self.path = Path(name)
        self._file: BinaryIO = os.fdopen(handle, "wb")
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._hash.update(data)
        with _disk():
            self._file.write(data)

    def finish(self) -> str:
        with _disk():
            self._file.flush()
            os.fsync(self._file.fileno())
        return self._hash.hexdigest()

    def discard(self) -> None:
        """Close, and delete what was not placed."""
        with suppress(OSError):
            self._file.close()
        self.path.unlink(missing_ok=True)


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"the server cannot store this: {os.strerror(error.errno or 0)}; nothing was kept. Tell the operator"
        ) from error


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # gone meanwhile
        return float("inf")


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power failure."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
