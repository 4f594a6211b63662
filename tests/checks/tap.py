# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the checks have in common: results in TAP, and the list of the project's files."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Iterable, List

ROOT = Path(__file__).resolve().parents[2]


class Report:
    """Collects results and prints them in TAP as they come."""

    def __init__(self) -> None:
        self.count = 0
        self.failed = False

    def result(self, name: str, complaints: Iterable[object] = ()) -> None:
        """Report a check that has passed unless there is a complaint."""
        lines = [line for complaint in complaints for line in str(complaint).splitlines()]
        self.count += 1
        self.failed = self.failed or bool(lines)
        print(f"{'not ok' if lines else 'ok'} {self.count} {name}")
        sys.stdout.flush()
        # Not as comments of TAP: those meson does not show.
        for line in lines:
            print(line, file=sys.stderr)

    def skip(self, name: str, reason: str) -> None:
        self.count += 1
        print(f"ok {self.count} {name} # SKIP {reason}")

    def end(self) -> None:
        """Print the plan, and end the program."""
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)


def project_files() -> List[Path]:
    """Give the project's files, relative to its root: those git knows, or all where there is no checkout."""
    git = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(git, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
        names = [name for name in os.fsdecode(listed).split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = list(walk())
    return sorted(Path(name) for name in set(names) if (ROOT / name).is_file())


def walk() -> Iterable[str]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not name.startswith((".git", "_build", "__pycache__"))]
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), ROOT)


def read(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def run(*command: object, **options: object) -> subprocess.CompletedProcess:
    """Run a program from the project's root, with its output as text."""
    words = [str(word) for word in command]
    options = {"cwd": ROOT, "input": "", **options}
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False, **options)
