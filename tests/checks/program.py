#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Run one of the usual checkers: reuse, shellcheck, codespell, or gi-docgen with its GIR file as argument."""

import shutil
import sys
from typing import List

from tap import ROOT, Report, project_files, run


def shell_scripts() -> List[str]:
    found = []
    for path in project_files():
        with open(ROOT / path, "rb") as file:
            first = file.readline(64)
        if first.startswith(b"#!") and first.split(b"/")[-1].strip() in (b"sh", b"bash", b"env bash"):
            found.append(path.as_posix())
    return found


def command(name: str) -> List[str]:
    if name == "reuse":
        return ["reuse", "--root", str(ROOT), "lint"]
    if name == "shellcheck":
        return ["shellcheck", *shell_scripts()]
    if name == "codespell":
        return ["codespell", "--config", ".codespellrc", *[path.as_posix() for path in project_files()]]
    if name == "gi-docgen":
        return ["gi-docgen", "check", "--fatal-warnings", "--config", "doc/sockarch.toml", *sys.argv[2:]]
    raise ValueError(name)


def main() -> None:
    name = sys.argv[1]
    report = Report()
    if shutil.which(name) is None:
        report.skip(name, f"{name} is not installed")
        report.end()
    if name == "reuse" and not (ROOT / ".git").exists():
        report.skip(name, "without a checkout nothing tells the sources from what is built")
        report.end()
    done = run(*command(name))
    report.result(name, [f"{name} ended with {done.returncode}", done.stdout] if done.returncode else [])
    report.end()


if __name__ == "__main__":
    main()
