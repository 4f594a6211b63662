#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Check how the public headers compile: as C and as C++, around headers with like names, and not alone.

Arguments: the folder of the built pkg-config files, then the C compiler, its words in one argument, and the
C++ compiler or nothing.
"""

import os
import shlex
import sys
from pathlib import Path
from typing import Iterable, List

from tap import Report, project_files, run

UMBRELLA = "sockarch/sockarch.h"
# Both define names that begin with sa_ and SA_.
LIKE_NAMES = ("signal.h", "sys/socket.h")
WARNINGS = ("-Wall", "-Wextra", "-pedantic-errors", "-Werror", "-Wno-unused-parameter")
VERSION_TEST = """#if !SA_CHECK_VERSION (1, 0, 0) || SA_CHECK_VERSION (SA_MAJOR_VERSION + 1, 0, 0)
#error "SA_CHECK_VERSION is wrong"
#endif
"""


class Compiler:
    def __init__(self, command: str, language: str, flags: List[str]) -> None:
        self.command = [*shlex.split(command), "-x", language, "-fsyntax-only", *flags]

    def complaint(self, headers: Iterable[str], *options: str, after: str = "") -> str:
        """Compile a file that includes the headers, and give what the compiler says when it fails."""
        text = "".join(f"#include <{header}>\n" for header in headers) + after
        done = run(*self.command, *options, "-", input=text)
        return done.stdout or "failed" if done.returncode else ""


def flags(folder: str) -> List[str]:
    path = os.pathsep.join(filter(None, (folder, os.environ.get("PKG_CONFIG_PATH"))))
    done = run("pkg-config", "--cflags", "sockarch-1.0", env={**os.environ, "PKG_CONFIG_PATH": path})
    if done.returncode:
        sys.exit(f"Bail out! {done.stdout}")
    # Warnings are for this project's headers, not for GLib's.
    ours = str(Path(folder).resolve().parent)
    words = done.stdout.split()
    return [word if ours in word else word.replace("-I", "-isystem", 1) for word in words]


def leaf_complaint(compiler: Compiler, header: str) -> List[str]:
    said = compiler.complaint([header])
    if "Only <sockarch/sockarch.h> can be included directly" in said:
        return []
    return [f"{header} can be included without the umbrella", said]


def main() -> None:
    folder, cc, cxx = sys.argv[1:4]
    report = Report()
    compilers = [(name, Compiler(cc, "c", [*flags(folder), f"-std={name}"])) for name in ("gnu11", "c11")]
    if cxx:
        compilers.append(("c++17", Compiler(cxx, "c++", [*flags(folder), "-std=c++17"])))
    else:
        report.skip("c++17", "there is no C++ compiler")
    for name, compiler in compilers:
        around = [*LIKE_NAMES, UMBRELLA, *LIKE_NAMES]
        report.result(f"{name}: first", [compiler.complaint([UMBRELLA, *LIKE_NAMES], *WARNINGS)])
        report.result(f"{name}: between headers with like names", [compiler.complaint(around, *WARNINGS)])
        report.result(f"{name}: without inline functions",
                      [compiler.complaint([UMBRELLA], *WARNINGS, "-DSA_NO_INLINE")])
        report.result(f"{name}: version macros",
                      [compiler.complaint([UMBRELLA], *WARNINGS, after=VERSION_TEST)])
    leaves = [path.as_posix() for path in project_files()
              if path.parts[0] == "sockarch" and path.suffix == ".h" and not path.name.endswith("-private.h")
              and path.as_posix() != UMBRELLA]
    for header in [*leaves, "sockarch/sa-enums.h", "sockarch/sa-version.h"]:
        report.result(f"{header} refuses to be included directly", leaf_complaint(compilers[0][1], header))
    report.end()


if __name__ == "__main__":
    main()
