#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Install the built library into an empty folder, and use it from there as a program of somebody else would.

Arguments: `installed` or `subproject`, the build folder, and the words that run meson and the C compiler.
"""

import os
import re
import shlex
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Dict, Iterator, List

from tap import ROOT, Report, project_files, run

CONSUMER = ROOT / "tests" / "consumer"
# Made while building, and public.
GENERATED = {"sockarch/sa-enums.h", "sockarch/sa-version.h", "sockarch/sa-version-macros.h"}


def install(meson: List[str], build: str, folder: Path) -> List[str]:
    done = run(*meson, "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", folder,
               "--tags", "runtime,devel,i18n,typelib")
    return [done.stdout] if done.returncode else []


def relocate(folder: Path) -> str:
    """Point the installed pkg-config file at the folder, as distributions' tools do; give where it is."""
    path = next(folder.rglob("sockarch-1.0.pc"))
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"^prefix=", f"prefix={folder}", text, flags=re.MULTILINE), encoding="utf-8")
    return str(path.parent)


def headers(folder: Path) -> Iterator[str]:
    """Compare the installed headers with those of the tree."""
    base = next(folder.rglob("sockarch-1.0/sockarch")).parent
    found = {path.relative_to(base).as_posix() for path in base.rglob("*") if path.is_file()}
    wanted = GENERATED | {path.as_posix() for path in project_files()
                          if path.parts[0] == "sockarch" and path.suffix == ".h"
                          and not path.name.endswith("-private.h")}
    for name in sorted(wanted - found):
        yield f"{name} is not installed"
    for name in sorted(found - wanted):
        yield f"{name} is installed, and should not be"


def compile_and_run(cc: List[str], environment: Dict[str, str], folder: Path) -> Iterator[str]:
    program = folder / "consumer"
    for flags in (["--libs"], ["--cflags"], ["--cflags", "--libs"]):
        known = run("pkg-config", *flags, "sockarch-1.0", env=environment)
        if known.returncode:
            yield known.stdout
            return
    done = run(*cc, "-Wall", "-Wextra", "-Werror", "-o", program, CONSUMER / "consumer.c",
               *known.stdout.split(), env=environment)
    if done.returncode:
        yield done.stdout
        return
    library = next(folder.rglob("libsockarch-1.0.so")).parent
    done = run(program, env={**environment, "LD_LIBRARY_PATH": str(library)})
    if done.returncode:
        yield f"the program ended with {done.returncode}: {done.stdout}"


def installed(report: Report, build: str, meson: List[str], cc: List[str], folder: Path) -> None:
    root = folder / "root"
    report.result("meson install into an empty folder", install(meson, build, root))
    if report.failed:
        return
    environment = {**os.environ, "PKG_CONFIG_PATH": relocate(root)}
    report.result("the public headers are installed, and no others", headers(root))
    report.result("an external program is built with pkg-config alone, and runs",
                  compile_and_run(cc, environment, root))


def subproject(report: Report, meson: List[str], folder: Path) -> None:
    project = folder / "consumer"
    shutil.copytree(CONSUMER, project)
    for path in project_files():
        target = project / "subprojects" / "sockarch" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, target)
    # Unoptimised and for C only: this is about meson files, not about code.
    steps = (["setup", "--wrap-mode=forcefallback", "-Doptimization=0", "-Dsockarch:introspection=disabled",
              project / "build", project],
             ["compile", "-C", project / "build", "-j", "2"],
             ["test", "-C", project / "build", "--no-rebuild"])
    for step in steps:
        done = run(*meson, *step)
        report.result(f"meson {step[0]} with sockarch as a subproject",
                      [done.stdout] if done.returncode else [])
        if done.returncode:
            return


def main() -> None:
    what, build, meson, cc = sys.argv[1:5]
    report = Report()
    with tempfile.TemporaryDirectory(prefix="sockarch-") as folder:
        if what == "installed":
            installed(report, build, shlex.split(meson), shlex.split(cc), Path(folder))
        else:
            subproject(report, shlex.split(meson), Path(folder))
    report.end()


if __name__ == "__main__":
    main()
