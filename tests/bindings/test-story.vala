/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The sequence of operations, signals and overrides, from Vala.  */

class Echo : Sockarch.Socket {
    public override void receive_ready () {
        try {
            var data = receive_data (4096);
            if (data.length > 0)
                send (data);
        } catch (Error error) {
            GLib.error ("%s", error.message);
        }
    }
}

void run_until (ref bool done) {
    bool expired = false;
    var deadline = Timeout.add_seconds (20, () => {
        expired = true;
        return Source.CONTINUE;
    });
    while (!done && !expired)
        MainContext.default ().iteration (true);
    Source.remove (deadline);
    assert (!expired);
}

Sockarch.Socket make_listener () throws Error {
    var listener = new Sockarch.Socket ();
    listener.create (0, SocketType.STREAM, "127.0.0.1");
    listener.listen ();
    return listener;
}

void test_sequence () {
    try {
        var listener = make_listener ();
        var client = new Sockarch.Socket ();
        client.connect_to_host ("127.0.0.1", listener.get_local_port ());
        var peer = listener.accept ();

        var store = new Sockarch.Archive (new Sockarch.SocketFile (client), Sockarch.ArchiveMode.STORE);
        store.write_uint32 (7);
        store.write_string ("déjà vu");
        store.flush ();

        var load = new Sockarch.Archive (new Sockarch.SocketFile (peer), Sockarch.ArchiveMode.LOAD);
        assert (load.read_uint32 () == 7);
        assert (load.read_string () == "déjà vu");
    } catch (Error error) {
        GLib.error ("%s", error.message);
    }
}

void test_signals () {
    bool done = false;

    try {
        var listener = make_listener ();
        listener.wait_policy = Sockarch.WaitPolicy.NEVER;
        listener.accept_type = typeof (Echo);
        listener.keep_accepted = true;
        listener.accept_ready.connect ((server) => {
            try {
                server.accept ();
            } catch (Error error) {
                GLib.error ("%s", error.message);
            }
        });

        var client = new Sockarch.Socket ();
        client.connect_to_host ("127.0.0.1", listener.get_local_port ());
        client.send ("echo".data);
        client.receive_ready.connect ((socket) => {
            try {
                assert ((string) socket.receive_bytes (100).get_data () != "");
                done = true;
            } catch (Error error) {
                GLib.error ("%s", error.message);
            }
        });
        run_until (ref done);
    } catch (Error error) {
        GLib.error ("%s", error.message);
    }
}

async void converse () throws Error {
    var listener = make_listener ();
    var client = new Sockarch.Socket ();
    yield client.connect_to_host_async ("127.0.0.1", listener.get_local_port (), null);
    var peer = yield listener.accept_async (null);
    yield peer.send_async ("async".data, null);
    var data = yield client.receive_async (100, null);
    assert (data.length == 5);
}

void test_async () {
    bool done = false;

    converse.begin ((source, result) => {
        try {
            converse.end (result);
            done = true;
        } catch (Error error) {
            GLib.error ("%s", error.message);
        }
    });
    run_until (ref done);
}

void test_error () {
    try {
        var archive = new Sockarch.Archive.store_bytes ();
        archive.read_uint8 ();
        assert_not_reached ();
    } catch (Sockarch.ArchiveError.WRITE_ONLY error) {
        assert (error.message != "");
    } catch (Error error) {
        GLib.error ("another error: %s", error.message);
    }
}

int main (string[] args) {
    Test.init (ref args);
    Test.add_func ("/vala/sequence", test_sequence);
    Test.add_func ("/vala/signals", test_signals);
    Test.add_func ("/vala/async", test_async);
    Test.add_func ("/vala/error", test_error);
    return Test.run ();
}
