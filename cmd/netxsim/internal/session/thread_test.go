package session

import (
	"bytes"
	"context"
	"net"
	"testing"

	"netxsim/ipstack/host"
	"netxsim/sim"
	"netxsim/sim/mailbox"
	"netxsim/sim/pop3server"
)

// TestServerOnThreads runs the POP3 server as RTOS threads in place of an
// ordinary program: one that accepts, one for each session.
func TestServerOnThreads(t *testing.T) {
	n := &network{}
	n.open(Streams{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}, options(), nil)
	if err := n.addClient(options()); err != nil {
		t.Fatal(err)
	}
	thread := func(f func()) {
		if _, err := n.kernel.NewThread(sim.ThreadConfig{Name: "server", Priority: 20, Daemon: true, Entry: f}); err != nil {
			t.Error(err)
		}
	}
	box := mailbox.Generate(1, 5)
	mail := sourcesOf(t, box)
	server := host.New(n.kernel, host.Config{Name: "server", Address: serverAddress, Wire: n.wire, HardwareAddress: [6]byte{5: 1}})
	pop3, err := pop3server.New(pop3server.Config{
		Users: []pop3server.User{{Name: user, Password: password, Mailbox: box}},
		Go:    thread,
	})
	if err != nil {
		t.Fatal(err)
	}
	thread(func() {
		var l net.Listener
		if l, err = server.Listen("tcp", ":pop3"); err == nil {
			err = pop3.Serve(l)
		}
	})
	f := &fetcher{ctx: context.Background(), network: n, options: options(), mail: mail}
	if _, err := n.startClient(f.run); err != nil {
		t.Fatal(err)
	}
	if _, err := n.kernel.Run(nil); err != nil {
		t.Fatal(err)
	}
	for _, m := range f.fetched {
		if m.check != intact {
			t.Errorf("message %d: %v", m.number, m.check)
		}
	}
	if f.err != nil || len(f.fetched) != len(mail) {
		t.Errorf("%d of %d messages, %v (server: %v)", len(f.fetched), len(mail), f.err, err)
	}
}
