# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two hosts with a bad line between them: network namespaces, a veth pair, and netem's loss, delay and
reordering; where the kernel has no netem, a relay of our own between two tun devices does the same. The
namespaces have no names and end with the processes that hold them, whatever happens."""

import json
import os
import shutil
import subprocess
import sys
import unittest

DEADLINE = 60  # seconds

SERVER = "10.77.0.1"
CLIENT = "10.77.0.2"
N_MESSAGES = 30

PROLOGUE = """
import json, sys
import gi
gi.require_version("Sockarch", "1.0")
from gi.repository import Gio, GLib, Sockarch

def open_archives(sock):
    stream = Sockarch.SocketFile.new(sock)
    return (Sockarch.Archive.new(stream, Sockarch.ArchiveMode.LOAD),
            Sockarch.Archive.new(stream, Sockarch.ArchiveMode.STORE))

def is_end(error):
    return error.matches(Sockarch.archive_error_quark(), Sockarch.ArchiveError.END_OF_FILE)

argument = json.loads(sys.argv[1])
"""

# Gives each message back, until the client ends; then says how many there were.
SERVER_SCRIPT = """
listener = Sockarch.Socket(timeout=60000)
listener.create(0, Gio.SocketType.STREAM, argument["host"])
listener.listen()
print(listener.get_local_port(), flush=True)
peer = listener.accept()
peer.props.wait_policy = Sockarch.WaitPolicy.DISPATCH
source, target = open_archives(peer)
count = 0
while True:
    try:
        number = source.read_uint32()
    except GLib.Error as error:
        if is_end(error):
            break
        raise
    text = source.read_string()
    blob = source.read_blob()
    target.write_uint32(number)
    target.write_string(text)
    target.write_blob(blob)
    target.flush()
    count += 1
print(count, flush=True)
"""

# With a "pause" it waits for a line from us in the middle.
CLIENT_SCRIPT = """
sock = Sockarch.Socket(timeout=60000)
sock.connect_to_host(argument["host"], argument["port"])
source, target = open_archives(sock)
for number in range(argument["messages"]):
    if number == argument.get("pause"):
        print("paused", flush=True)
        sys.stdin.readline()
    blob = GLib.Bytes.new(bytes((number + i) % 251 for i in range(number * 500)))
    target.write_uint32(number)
    target.write_string(f"message {number}")
    target.write_blob(blob)
    target.flush()
    assert source.read_uint32() == number
    assert source.read_string() == f"message {number}"
    assert source.read_blob().get_data() == blob.get_data()
sock.close()
print("done", flush=True)
"""

# The line is dead: what was sent is never acknowledged.
DEAD_SCRIPT = """
sock = Sockarch.Socket(timeout=60000, user_timeout=1000)
sock.connect_to_host(argument["host"], argument["port"])
print("paused", flush=True)
sys.stdin.readline()
sock.send(b"into the void")
try:
    sock.receive(1)
except GLib.Error as error:
    print("timed out" if error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT) else error.message)
"""

UNREACHABLE_SCRIPT = """
sock = Sockarch.Socket(timeout=1000)
try:
    sock.connect_to_host(argument["host"], argument["port"])
except GLib.Error as error:
    print("timed out" if error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT) else error.message)
"""

# Stands between two namespaces, and does to packets what it was told. It ends with its input.
RELAY_SCRIPT = """
import ctypes, fcntl, heapq, json, os, random, select, struct, sys, time

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454ca
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000

argument = json.loads(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
chance = random.Random(77).random
namespaces = [os.open(f"/proc/{pid}/ns/net", os.O_RDONLY) for pid in argument["pids"]]
ends = []
for namespace in namespaces:
    if libc.setns(namespace, CLONE_NEWNET) < 0:
        sys.exit("setns: " + os.strerror(ctypes.get_errno()))
    end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH22x", b"bad0", IFF_TUN | IFF_NO_PI))
    ends.append(end)
print("ready", flush=True)

waiting = []  # (when, number, where to, packet)
number = 0
while True:
    timeout = max(0, waiting[0][0] - time.monotonic()) if waiting else None
    readable, _, _ = select.select([0] + ends, [], [], timeout)
    if 0 in readable:
        break
    for end in readable:
        packet = os.read(end, 65536)
        if chance() < argument.get("loss", 0):
            continue
        if chance() < argument.get("corrupt", 0):
            packet = packet[:-1] + bytes([packet[-1] ^ 0x55])
        for _ in range(2 if chance() < argument.get("duplicate", 0) else 1):
            # Each has a delay of its own, so they overtake one another.
            when = time.monotonic() + argument.get("delay", 0) * (0.5 + chance())
            number += 1
            heapq.heappush(waiting, (when, number, ends[1 - ends.index(end)], packet))
    while waiting and waiting[0][0] <= time.monotonic():
        _, _, to, packet = heapq.heappop(waiting)
        try:
            os.write(to, packet)
        except OSError:
            pass
"""


def run(*command):
    """The error that the command printed, or None if it worked."""
    result = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return None if result.returncode == 0 else f"{' '.join(command)}: {result.stderr.strip()}"


class Host:
    """A network namespace, which lives until its process has read the end of its input."""

    def __init__(self, beside=None):
        hold = ["sh", "-c", "echo ready; exec cat"]
        if beside is not None:
            command = beside.prefix() + ["unshare", "--net"] + hold
        elif os.geteuid() == 0:
            command = ["unshare", "--net"] + hold
        else:
            command = ["unshare", "--user", "--map-root-user", "--net"] + hold
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        if self.process.stdout.readline() != "ready\n":
            reason = self.process.communicate()[1].strip()
            raise unittest.SkipTest(f"no network namespaces here: {reason}")

    def prefix(self):
        enter = ["nsenter", "--target", str(self.pid()), "--net"]
        return enter if os.geteuid() == 0 else enter + ["--user", "--preserve-credentials"]

    def pid(self):
        return self.process.pid

    def run(self, *command):
        return run(*self.prefix(), *command)

    def close(self):
        self.process.communicate()


class TwoHosts(unittest.TestCase):
    def setUp(self):
        for tool in ("unshare", "nsenter", "ip", "tc"):
            if shutil.which(tool) is None:
                self.skipTest(f"{tool} is not installed")
        self.server = Host()
        self.addCleanup(self.server.close)
        self.client = Host(beside=self.server)
        self.addCleanup(self.client.close)
        self.must(
            self.server.run(
                "ip", "link", "add", "line0", "type", "veth",
                "peer", "name", "line1", "netns", str(self.client.pid()),
            )
        )
        for host, address, device in ((self.server, SERVER, "line0"), (self.client, CLIENT, "line1")):
            self.must(host.run("ip", "address", "add", f"{address}/24", "dev", device))
            self.must(host.run("ip", "link", "set", "lo", "up"))
            self.must(host.run("ip", "link", "set", device, "up"))

    def must(self, problem):
        if problem is not None:
            self.skipTest(f"no line between namespaces here: {problem}")

    def make_bad(self, *netem, **relay):
        for host, device in ((self.server, "line0"), (self.client, "line1")):
            problem = host.run("tc", "qdisc", "add", "dev", device, "root", "netem", *netem)
            if problem is not None:
                print(f"# a relay stands in, for the kernel has no netem: {problem}", flush=True)
                self.make_relay(**relay)
                return

    def make_relay(self, **argument):
        self.must(self.server.run("ip", "link", "delete", "line0"))
        pids = [self.server.pid(), self.client.pid()]
        relay = self.start(self.server, RELAY_SCRIPT, prologue="", pids=pids, **argument)
        if relay.stdout.readline() != "ready\n":
            reason = relay.communicate()[1].strip().splitlines()
            self.skipTest(f"neither netem nor a relay can be had: {reason[-1] if reason else 'no reason'}")
        for host, address in ((self.server, SERVER), (self.client, CLIENT)):
            self.must(host.run("ip", "address", "add", f"{address}/24", "dev", "bad0"))
            self.must(host.run("ip", "link", "set", "bad0", "up"))

    def start(self, where, script, prologue=PROLOGUE, **argument):
        process = subprocess.Popen(
            where.prefix() + [sys.executable, "-c", prologue + script, json.dumps(argument)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        self.addCleanup(self.stop, process)
        return process

    def stop(self, process):
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()

    def read_line(self, process):
        line = process.stdout.readline().strip()
        if not line:
            raise AssertionError(process.communicate(timeout=DEADLINE)[1])
        return line

    def converse(self, **argument):
        server = self.start(self.server, SERVER_SCRIPT, host=SERVER)
        port = int(self.read_line(server))
        client = self.start(
            self.client, CLIENT_SCRIPT, host=SERVER, port=port, messages=N_MESSAGES, **argument
        )
        if "pause" in argument:
            self.assertEqual(self.read_line(client), "paused")
            self.must(self.client.run("ip", "link", "set", "line1", "down"))
            client.stdin.write("go on\n")
            client.stdin.flush()
            # It speaks into the void now; what it says is sent again.
            try:
                client.wait(0.5)
                self.fail("the client ended without a line")
            except subprocess.TimeoutExpired:
                pass
            self.must(self.client.run("ip", "link", "set", "line1", "up"))
        self.assertEqual(self.read_line(client), "done")
        self.assertEqual(int(self.read_line(server)), N_MESSAGES)
        self.assertEqual(client.wait(DEADLINE), 0)
        self.assertEqual(server.wait(DEADLINE), 0)

    def test_good_line(self):
        self.converse()

    def test_broken_line(self):
        """The line goes away in the middle and comes back: nobody notices but for the time."""
        self.converse(pause=N_MESSAGES // 2)

    def test_loss(self):
        self.make_bad("loss", "5%", loss=0.05)
        self.converse()

    def test_delay_and_reordering(self):
        self.make_bad("delay", "10ms", "5ms", "reorder", "25%", "50%", delay=0.010)
        self.converse()

    def test_everything(self):
        self.make_bad(
            "delay", "5ms", "3ms", "loss", "2%", "duplicate", "2%", "corrupt", "1%", "reorder", "20%",
            delay=0.005, loss=0.02, duplicate=0.02, corrupt=0.01,
        )
        self.converse()

    def test_dead_line(self):
        """TCP_USER_TIMEOUT ends a connection whose other host is gone."""
        server = self.start(self.server, SERVER_SCRIPT, host=SERVER)
        port = int(self.read_line(server))
        client = self.start(self.client, DEAD_SCRIPT, host=SERVER, port=port)
        self.assertEqual(self.read_line(client), "paused")
        self.must(self.server.run("ip", "link", "set", "line0", "down"))
        client.stdin.write("go on\n")
        client.stdin.flush()
        self.assertEqual(self.read_line(client), "timed out")

    def test_nobody_there(self):
        """Packets to an address that drops them: the timeout of the socket ends the connect."""
        self.must(self.client.run("ip", "neighbour", "add", "10.77.0.99", "lladdr", "02:00:00:00:00:99",
                                  "dev", "line1"))
        client = self.start(self.client, UNREACHABLE_SCRIPT, host="10.77.0.99", port=9)
        self.assertEqual(self.read_line(client), "timed out")
