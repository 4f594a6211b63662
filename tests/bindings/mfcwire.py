#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A second implementation of the wire format, written from the chapter "Wire format" of the manual and from
nothing else, to prove that the chapter is exact. It must not import sockarch.

Classes are functions: body (wire, schema, value), called with a Reader, which returns what it read, or with a
Writer and the value to write."""

import datetime
import re
import struct
from typing import Any, Callable, Optional

TIME_MARKER = 0x8000000A
NUMBERS = {"i8": "b", "u8": "B", "i16": "h", "u16": "H", "i32": "i", "u32": "I", "i64": "q", "u64": "Q",
           "f32": "f", "f64": "d"}
# Of a COleVariant: the type, and the number that follows it. VT_BOOL, VT_BSTR are apart.
VARIANTS = {0: None, 1: None, 2: "i16", 3: "i32", 4: "f32", 5: "f64", 6: "i64", 7: "f64", 10: "i32", 16: "i8",
            17: "u8", 18: "u16", 19: "u32", 20: "i64", 21: "u64", 22: "i32", 23: "u32"}
VT_BSTR, VT_BOOL = 8, 11
OLE_ZERO = datetime.datetime(1899, 12, 30)
CLASS_NAME = re.compile(rb"[A-Za-z_][A-Za-z0-9_]{0,62}")


class Bad(Exception):
    """The bytes are none of this format."""


class NeedMore(Exception):
    """The bytes end inside a value."""


class Thing:
    """An object: its class, and whatever its body put into it."""

    def __init__(self, klass: str, **fields: Any) -> None:
        self.klass = klass
        self.__dict__.update(fields)


Body = Callable[..., Any]


def ole_date(days: float) -> datetime.datetime:
    """Before the zero day the fraction counts forward all the same."""
    whole = int(days)
    return OLE_ZERO + datetime.timedelta(days=whole) + datetime.timedelta(days=abs(days - whole))


def ole_days(date: datetime.datetime) -> float:
    difference = date - OLE_ZERO
    fraction = datetime.timedelta(seconds=difference.seconds, microseconds=difference.microseconds)
    part = fraction / datetime.timedelta(days=1)
    return difference.days + part if difference.days >= 0 else difference.days - part


class Reader:
    def __init__(self, data: bytes, classes: Optional[dict[str, tuple[range, Body]]] = None, order: str = "<",
                 code_page: str = "cp1252") -> None:
        self.data, self.position, self.order, self.code_page = data, 0, order, code_page
        self.classes = classes or {}
        # Number 0 is NULL.
        self.table: list[Any] = [None]

    def raw(self, count: int) -> bytes:
        if self.position + count > len(self.data):
            raise NeedMore
        self.position += count
        return self.data[self.position - count : self.position]

    def number(self, kind: str) -> Any:
        letter = NUMBERS[kind]
        return struct.unpack(self.order + letter, self.raw(struct.calcsize("<" + letter)))[0]

    def bool1(self) -> bool:
        return self.number("u8") != 0

    def bool4(self) -> bool:
        return self.number("u32") != 0

    def count(self) -> int:
        value = self.number("u16")
        if value == 0xFFFF:
            value = self.number("u32")
            if value == 0xFFFFFFFF:
                value = self.number("u64")
        return value

    def string_bytes(self) -> tuple[bool, bytes]:
        """Whether the string is wide, and its characters."""
        wide = False
        length = self.number("u8")
        if length == 0xFF:
            length = self.number("u16")
            if length == 0xFFFE:
                wide = True
                length = self.number("u8")
                if length == 0xFF:
                    length = self.number("u16")
                    if length == 0xFFFE:
                        raise Bad("marked as wide twice")
                    length = self.longer(length)
            else:
                length = self.longer(length)
        return wide, self.raw(length * (2 if wide else 1))

    def longer(self, length: int) -> int:
        if length == 0xFFFF:
            length = self.number("u32")
            if length == 0xFFFFFFFF:
                length = self.number("u64")
        return length

    def text(self, wide: bool, data: bytes) -> str:
        if wide:
            return data.decode("utf-16-le" if self.order == "<" else "utf-16-be")
        return data.decode(self.code_page)

    def string(self) -> str:
        return self.text(*self.string_bytes())

    def counted(self, wide: bool) -> str:
        return self.text(wide, self.raw(self.number("u32") * (2 if wide else 1)))

    def line(self, wide: bool) -> Optional[str]:
        step = 2 if wide else 1
        start, end = self.position, self.position
        while end < len(self.data) and self.text(wide, self.data[end : end + step]) != "\n":
            end += step
        if start == len(self.data):
            return None
        self.position = min(end + step, len(self.data))
        line = self.text(wide, self.data[start:end])
        return line[:-1] if line.endswith("\r") else line

    def time(self) -> int:
        value = self.number("u32")
        if value == TIME_MARKER:
            return self.number("i64")
        return value - 2**32 if value & 0x80000000 else value

    def ole(self, what: str) -> Any:
        status = self.number("i32")
        if status not in (0, 1, 2):
            raise Bad("status")
        if what == "currency":
            high, low = self.number("i32"), self.number("u32")
            value: Any = high * 2**32 + low
        else:
            value = self.number("f64")
            if what == "date" and status == 0:
                value = ole_date(value)
        return value if status == 0 else status

    def variant(self) -> tuple[int, Any]:
        kind = self.number("u16")
        if kind == VT_BOOL:
            return kind, self.number("i16") != 0
        if kind == VT_BSTR:
            return kind, self.text(True, self.raw(self.number("u32")))
        if kind not in VARIANTS:
            raise Bad("variant")
        number = VARIANTS[kind]
        return kind, self.number(number) if number else None

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.number("u8")
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
            if shift > 63:
                raise Bad("varint")
        if value >= 2**64:
            raise Bad("varint")
        return value

    def blob(self) -> bytes:
        return self.raw(self.varint())

    # Objects

    def entry(self, number: int, is_class: bool) -> Any:
        if number >= len(self.table) or isinstance(self.table[number], tuple) != is_class:
            raise Bad("number")
        return self.table[number]

    def tag(self) -> tuple[str, Any]:
        """What the tag says, and the class or object."""
        word = self.number("u16")
        if word == 0:
            return "null", None
        if word == 0xFFFF:
            schema, length = self.number("u16"), self.number("u16")
            name = self.raw(length)
            if not CLASS_NAME.fullmatch(name):
                raise Bad("name")
            klass = (name.decode(), schema)
            if klass[0] not in self.classes or schema not in self.classes[klass[0]][0]:
                raise Bad("class")
            self.table.append(klass)
            return "class", klass
        number, is_class = word & 0x7FFF, bool(word & 0x8000)
        if word == 0x7FFF:
            big = self.number("u32")
            number, is_class = big & 0x7FFFFFFF, bool(big & 0x80000000)
        if number == 0:
            raise Bad("number 0")
        return ("class" if is_class else "object"), self.entry(number, is_class)

    def klass(self) -> tuple[str, int]:
        kind, klass = self.tag()
        if kind != "class":
            raise Bad("no class")
        return klass

    def map(self, thing: Any) -> None:
        self.table.append(thing)

    def pointer(self) -> Any:
        kind, what = self.tag()
        if kind != "class":
            return what
        name, schema = what
        thing = Thing(name)
        self.table.append(thing)
        self.classes[name][1](self, schema, thing)
        return thing

    def array(self, item: Callable[[], Any]) -> list[Any]:
        return [item() for _ in range(self.count())]

    def pairs(self, key: Callable[[], Any], value: Callable[[], Any]) -> list[tuple[Any, Any]]:
        return [(key(), value()) for _ in range(self.count())]


class Writer:
    def __init__(self, classes: Optional[dict[str, tuple[range, Body]]] = None, order: str = "<",
                 code_page: str = "cp1252", wide: bool = True) -> None:
        self.data = bytearray()
        self.order, self.code_page, self.wide = order, code_page, wide
        self.classes = classes or {}
        # Classes by name, objects by identity; and the objects, so that none of them ends meanwhile.
        self.numbers: dict[Any, int] = {}
        self.held: list[Any] = []
        self.next = 1

    def number(self, kind: str, value: Any) -> None:
        self.data += struct.pack(self.order + NUMBERS[kind], value)

    def count(self, value: int) -> None:
        if value < 0xFFFF:
            self.number("u16", value)
        else:
            self.number("u16", 0xFFFF)
            self.number("u32", value)

    def string_bytes(self, wide: bool, characters: bytes) -> None:
        length = len(characters) // (2 if wide else 1)
        if wide:
            self.number("u8", 0xFF)
            self.number("u16", 0xFFFE)
        if length < 0xFF:
            self.number("u8", length)
        elif length < 0xFFFE:
            self.number("u8", 0xFF)
            self.number("u16", length)
        else:
            self.number("u8", 0xFF)
            self.number("u16", 0xFFFF)
            self.number("u32", length)
        self.data += characters

    def encode(self, wide: bool, text: str) -> bytes:
        if wide:
            return text.encode("utf-16-le" if self.order == "<" else "utf-16-be")
        return text.encode(self.code_page)

    def string(self, text: str, wide: Optional[bool] = None) -> None:
        wide = self.wide if wide is None else wide
        self.string_bytes(wide, self.encode(wide, text))

    def counted(self, wide: bool, text: str) -> None:
        characters = self.encode(wide, text)
        self.number("u32", len(characters) // (2 if wide else 1))
        self.data += characters

    def time(self, seconds: int) -> None:
        self.number("u32", TIME_MARKER)
        self.number("i64", seconds)

    def ole(self, what: str, value: Any, status: int = 0) -> None:
        self.number("i32", status)
        if what == "currency":
            self.number("i32", value >> 32)
            self.number("u32", value & 0xFFFFFFFF)
        else:
            self.number("f64", ole_days(value) if what == "date" else value)

    def variant(self, kind: int, value: Any) -> None:
        self.number("u16", kind)
        if kind == VT_BOOL:
            self.number("i16", -1 if value else 0)
        elif kind == VT_BSTR:
            characters = self.encode(True, value)
            self.number("u32", len(characters))
            self.data += characters
        elif VARIANTS[kind]:
            self.number(VARIANTS[kind], value)

    def varint(self, value: int) -> None:
        while value >= 0x80:
            self.number("u8", value & 0x7F | 0x80)
            value >>= 7
        self.number("u8", value)

    def blob(self, data: bytes) -> None:
        self.varint(len(data))
        self.data += data

    # Objects

    def enter(self, key: Any) -> None:
        self.numbers[key] = self.next
        self.next += 1

    def klass(self, name: str, schema: int) -> None:
        number = self.numbers.get(name)
        if number is None:
            self.number("u16", 0xFFFF)
            self.number("u16", schema)
            self.number("u16", len(name))
            self.data += name.encode("ascii")
            self.enter(name)
        elif number < 0x7FFF:
            self.number("u16", 0x8000 | number)
        else:
            self.number("u16", 0x7FFF)
            self.number("u32", 0x80000000 | number)

    def map(self, thing: Any) -> None:
        self.held.append(thing)
        self.enter(id(thing))

    def pointer(self, thing: Optional[Thing]) -> None:
        if thing is None:
            self.number("u16", 0)
            return
        number = self.numbers.get(id(thing))
        if number is None:
            schemas, body = self.classes[thing.klass]
            self.klass(thing.klass, schemas[-1])
            self.map(thing)
            body(self, schemas[-1], thing)
        elif number < 0x7FFF:
            self.number("u16", number)
        else:
            self.number("u16", 0x7FFF)
            self.number("u32", number)

    def array(self, items: list[Any], item: Callable[[Any], None]) -> None:
        self.count(len(items))
        for each in items:
            item(each)
