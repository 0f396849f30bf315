"""Progress of work on many records: a bar with rate and time left."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["dataset_progress"]


@contextmanager
def dataset_progress(total: int, *, doing: str) -> Iterator[Callable[[int, int], None] | None]:
    """Yield a callback of records done and their total; nothing without a terminal on standard error."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
    from rich.progress import TimeRemainingColumn as Left
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text("" if task.speed is None else f"{task.speed:.3g}/s")

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), Left())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=total)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield advance
