#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The server of MFC's chat sample: Windows clients can join. Usage: chatsrvr.py [CHANNEL]"""

import argparse
import sys

from chat import FIRST_PORT, Connection, Message

from gi.repository import Gio, GLib, Sockarch


class Server:
    def __init__(self, port):
        self.lines = []
        self.sent = {}  # connection → how many lines it has had
        self.listener = Sockarch.Socket(wait_policy=Sockarch.WaitPolicy.NEVER)
        self.listener.create(port, Gio.SocketType.STREAM, None)
        self.listener.listen()
        self.listener.connect("accept-ready", self.on_accept_ready)

    def on_accept_ready(self, listener):
        peer = listener.accept()
        self.sent[Connection(peer, self.on_message)] = len(self.lines)

    def on_message(self, connection, message):
        if message is not None:
            self.lines.append(message.text)
        if message is None or message.close:
            self.sent.pop(connection, None)
            connection.close()
        self.tell_everybody()

    def tell_everybody(self):
        """Everybody gets the lines he has not had."""
        for connection, sent in list(self.sent.items()):
            if sent == len(self.lines):
                continue
            try:
                connection.send(Message(lines=self.lines[sent:]))
                self.sent[connection] = len(self.lines)
            except GLib.Error as error:
                print(f"somebody is gone: {error.message}")
                self.sent.pop(connection)
                connection.close()


def main():
    parser = argparse.ArgumentParser(description="The server of MFC's chat sample")
    parser.add_argument("channel", nargs="?", type=int, default=0)
    parser.add_argument("--port", type=int, help=f"instead of {FIRST_PORT} + the channel; 0 takes a free one")
    args = parser.parse_args()

    server = Server(args.port if args.port is not None else FIRST_PORT + args.channel)
    print(f"listening on port {server.listener.get_local_port()}", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    try:
        main()
    except GLib.Error as error:
        sys.exit(f"chatsrvr.py: {error.message}; --port chooses another port")
    except KeyboardInterrupt:
        pass
