# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The message of MFC's CHATTER and CHATSRVR samples, and a connection that passes such messages."""

import gi

gi.require_version("Sockarch", "1.0")
from gi.repository import GLib, Sockarch

FIRST_PORT = 700  # a channel is a port counted from here


class Message:
    """One function for both directions, as the samples' CMsg::Serialize."""

    def __init__(self, text="", lines=(), close=False):
        self.close, self.text, self.lines = close, text, list(lines)

    def exchange(self, archive):
        self.close = bool(archive.exchange_uint16(int(self.close)))
        self.text = archive.exchange_string(self.text)
        self.lines = archive.exchange_string_array(self.lines)


class Connection:
    """A file and two archives over a socket; each whole message goes to on_message, None at the end."""

    def __init__(self, socket, on_message):
        file = Sockarch.SocketFile.new(socket)
        self.socket, self.on_message = socket, on_message
        self.outgoing = Sockarch.Archive.new(file, Sockarch.ArchiveMode.STORE)
        self.outgoing.set_string_form(Sockarch.StringForm.NARROW)
        self.incoming = Sockarch.Archive.new(file, Sockarch.ArchiveMode.LOAD)
        self.incoming.set_read_ahead(True)
        self.incoming.connect("load-ready", self.on_load_ready)

    def on_load_ready(self, archive):
        message = Message()
        archive.begin_transaction()
        try:
            message.exchange(archive)
        except GLib.Error as error:
            archive.rollback_transaction()
            if not error.matches(Sockarch.archive_error_quark(), Sockarch.ArchiveError.NEED_MORE):
                self.close()
                self.on_message(self, None)
            return
        archive.commit_transaction()
        self.on_message(self, message)

    def send(self, message):
        message.exchange(self.outgoing)
        self.outgoing.flush()

    def close(self):
        self.incoming.abort()
        self.outgoing.abort()
        self.socket.close()
