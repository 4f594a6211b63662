#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The client of MFC's chat sample: all you type goes to everybody. Usage: chatter.py NAME [HOST [CHANNEL]]"""

import argparse
import sys

from chat import FIRST_PORT, Connection, Message

from gi.repository import GLib, Sockarch


def main():
    parser = argparse.ArgumentParser(description="The client of MFC's chat sample")
    parser.add_argument("name")
    parser.add_argument("host", nargs="?", default="localhost")
    parser.add_argument("channel", nargs="?", type=int, default=0)
    parser.add_argument("--port", type=int, help=f"instead of {FIRST_PORT} and the channel")
    args = parser.parse_args()

    loop = GLib.MainLoop()
    socket = Sockarch.Socket(timeout=10000)
    socket.connect_to_host(args.host, args.port if args.port is not None else FIRST_PORT + args.channel)
    socket.set_wait_policy(Sockarch.WaitPolicy.NEVER)

    def on_message(connection, message):
        if message is None:
            loop.quit()
            return
        for line in message.lines:
            print(line, flush=True)

    def on_input(stream, condition):
        line = stream.readline()
        if line:
            connection.send(Message(f"{args.name}: {line.rstrip()}"))
            return GLib.SOURCE_CONTINUE
        connection.send(Message(f"{args.name}: has left", close=True))
        return GLib.SOURCE_REMOVE

    connection = Connection(socket, on_message)
    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP, on_input)
    loop.run()


if __name__ == "__main__":
    try:
        main()
    except GLib.Error as error:
        sys.exit(f"chatter.py: {error.message}")
    except KeyboardInterrupt:
        pass
