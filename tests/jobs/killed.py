"""Run a job in this process and kill the process in the middle of it: started by the contract test."""

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.jobs.workplace import Context, open_workplace


@dataclass(slots=True)
class Fatal(Context):
    """A context whose check is the end."""

    def check(self) -> None:
        self.checks += 1
        if self.stop_at is not None and self.checks >= self.stop_at:
            os.kill(os.getpid(), signal.SIGKILL)


def main(root: str, job_id: str, stop_at: str) -> None:
    """Claim the job and run it until the check of that number."""
    w = open_workplace(Path(root))
    job = w.claimed(w.get("jobs", job_id))
    w.finish(Fatal(job, w.ports, w.files.attempt_folder(job), stop_at=int(stop_at)))


if __name__ == "__main__":
    main(*sys.argv[1:])
