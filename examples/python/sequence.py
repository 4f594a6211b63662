# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the two sides of the conversation agree on, and the rows of the page's table."""

SCALARS = [
    ("boolean", True),
    ("boolean32", True),
    ("int8", -8),
    ("uint8", 200),
    ("int16", -12345),
    ("uint16", 54321),
    ("int32", -123456789),
    ("uint32", 3123456789),
    ("int64", -1234567890123456),
    ("uint64", 9007199254740991),
    ("float", 1.5),
    ("double", 3.141592653589793),
]
NARROW = "Café crème à 10 €"
WIDE = "Ελληνικά, 日本語, 😀"


class Row:
    SOCKET, CREATE, LISTEN, CONNECT, ACCEPT, FILE, ARCHIVES = 10, 20, 30, 40, 50, 60, 70
    SCALARS, NARROW, WIDE, ANSWER, TEXT, CHECKSUM, END = 100, 150, 151, 200, 300, 310, 400


def show(row, text):
    """Say what was done; the row tells where it stands in the two columns."""
    print(f"{row}\t{text}", flush=True)


def literal(value):
    return str(int(value)) if isinstance(value, bool) else str(value)
