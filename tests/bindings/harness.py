#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Run the unittest cases of one file, and answer in TAP, so that each case counts as one result."""

import importlib.util
import os
import sys
import unittest
from types import ModuleType
from typing import Any

import gi

gi.require_version("Sockarch", "1.0")


class TapResult(unittest.TestResult):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.uncaught = False
        sys.excepthook = self.exception_in_callback

    def say(self, outcome: str, test: unittest.TestCase, comment: str = "", details: str = "") -> None:
        self.count += 1
        print(f"{outcome} {self.count} {test.id().split('.', 1)[-1]}{comment}")
        sys.stdout.flush()
        # Not as a comment of TAP: those meson does not show.
        if details:
            print(details, file=sys.stderr)

    def exception_in_callback(self, kind: type, value: BaseException, trace: Any) -> None:
        # PyGObject prints what a handler raises and goes on; in a test that nobody expected it is a failure.
        self.uncaught = True
        sys.__excepthook__(kind, value, trace)

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self.uncaught = False

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        if self.uncaught and not getattr(test, "expects_uncaught", False):
            self.failures.append((test, "exception in a callback"))
            self.say("not ok", test, details="a callback raised an exception: see the standard error")
        else:
            self.say("ok", test)

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addFailure(test, err)
        self.say("not ok", test, details=self.failures[-1][1])

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        super().addError(test, err)
        self.say("not ok", test, details=self.errors[-1][1])

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            problems = self.failures if issubclass(err[0], test.failureException) else self.errors
            self.say("not ok", subtest, details=problems[-1][1])

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self.say("ok", test, f" # SKIP {reason}")

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addExpectedFailure(test, err)
        self.say("not ok", test, " # TODO expected")

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        super().addUnexpectedSuccess(test)
        self.say("not ok", test, details="this was expected to fail")


def load(path: str) -> ModuleType:
    name = os.path.splitext(os.path.basename(path))[0]
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def main() -> int:
    result = TapResult()
    unittest.defaultTestLoader.loadTestsFromModule(load(sys.argv[1])).run(result)
    print(f"1..{result.count}")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
