#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Check that the samples of the guides compile, and that what the guides name is there.

Arguments: the folder of the built pkg-config files, then the C compiler, its words in one argument.
"""

import html
import os
import re
import shlex
import sys
from pathlib import Path
from typing import Iterator, List, Tuple

from tap import Report, project_files, read, run

LISTING = re.compile(r"<programlisting([^>]*)>(.*?)</programlisting>", re.DOTALL)
LANGUAGES = {"c", "c++", "python", "text"}  # C++ is MFC's side of an idiom

# What the samples take for granted.
PRELUDE = """#include <sockarch/sockarch.h>
typedef struct _Node Node;
struct _Node { GObject parent; guint16 id; char *name; Node *next; };
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Node, g_object_unref)
#define NODE(object) ((Node *) (void *) (object))
#define NODE_TYPE G_TYPE_OBJECT
typedef struct { GObject parent; guint32 id; char *text; } Note;
#define NOTE(object) ((Note *) (void *) (object))
void read_message (SaArchive *in, gpointer user_data);
void on_receive_ready (SaSocket *socket, gpointer user_data);
"""
ARGUMENTS = ("SaSocket *peer, SaSocketFile *file, GInputStream *stream, SaArchive *in, "
             "SaClassRegistry *registry")


def listings(path: Path) -> Iterator[Tuple[str, str]]:
    """Each listing of a guide, with its language."""
    for attributes, text in LISTING.findall(read(path)):
        language = re.search(r'language="([^"]*)"', attributes)
        if "<![CDATA[" in text:
            text = text.replace("<![CDATA[", "").replace("]]>", "")
        else:
            text = html.unescape(text)
        yield language.group(1) if language else "", text


def as_program(sample: str) -> str:
    """A sample is either functions, or what stands in one."""
    if re.search(r"^\{", sample, re.MULTILINE):
        return PRELUDE + sample
    error = "GError *error = NULL;" if "&error" in sample else ""
    last = "GError **" if not error else "GError **unused"
    name = "error" if not error else ""
    return (
        f"{PRELUDE}gboolean sample ({ARGUMENTS}, {last}{name});\n"
        f"gboolean\nsample ({ARGUMENTS}, {last}{name})\n{{\n{error}\n{{\n{sample}\n}}\nreturn TRUE;\n}}\n"
    )


def pkg_config_flags(folder: str) -> List[str]:
    path = os.pathsep.join(filter(None, (folder, os.environ.get("PKG_CONFIG_PATH"))))
    done = run("pkg-config", "--cflags", "sockarch-1.0", env={**os.environ, "PKG_CONFIG_PATH": path})
    if done.returncode:
        sys.exit(f"Bail out! {done.stdout}")
    return shlex.split(done.stdout)


def missing_names(text: str, headers: str, sources: str) -> Iterator[str]:
    for name in sorted(set(re.findall(r"\b(sa_[a-z0-9_]+)\(\)", text))):
        if not re.search(rf"\b{name} \(", headers):
            yield f"{name}() is not there"
    for owner, colons, name in sorted(set(re.findall(r"#(Sa\w+)(::?)([a-z][a-z0-9-]*)", text))):
        if f" * {owner}{colons}{name}:" not in sources:
            yield f"{owner}{colons}{name} is not there"
    for name in sorted(set(re.findall(r"%(SA_\w+)", text))):
        if name not in headers:
            yield f"{name} is not there"


def main(folder: str, compiler: str) -> None:
    report = Report()
    flags = ["-Wall", "-Wextra", "-Werror", "-Wno-unused", "-Wno-unused-parameter", *pkg_config_flags(folder)]
    files = [path for path in project_files() if path.parts[0] in ("sockarch", "doc")]
    headers = "\n".join(read(path) for path in files if path.suffix == ".h" and "private" not in path.name)
    sources = "\n".join(read(path) for path in files if path.suffix in (".c", ".h"))

    for guide in (path for path in files if path.match("doc/guide-*.xml")):
        complaints = []
        for language, sample in listings(guide):
            if language not in LANGUAGES:
                complaints.append(f"{guide.name}: a listing without language:\n{sample}")
            if language != "c":
                continue
            command = [*shlex.split(compiler), "-x", "c", "-fsyntax-only", *flags, "-"]
            done = run(*command, input=as_program(sample))
            if done.returncode:
                complaints.append(f"{guide.name}: does not compile:\n{sample}\n{done.stdout}")
        report.result(f"{guide.name}: the samples compile", complaints)
        report.result(f"{guide.name}: what it names is there",
                      missing_names(read(guide), headers, sources))
    report.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
