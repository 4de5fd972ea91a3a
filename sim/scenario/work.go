package scenario

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"strings"
	"time"

	"netxsim/netx/status"
	"netxsim/sim"
)

// work is a workload while it runs.
type work struct {
	*Workload
	w        *world
	client   machine
	server   machine // nil if there is none
	to       netip.AddrPort
	sessions []*session                  // all, in order of their beginning
	going    map[netip.AddrPort]*session // those with a connection, by the client's address
	socket   datagrams                   // of the client of a flow
	mail     *postOffice                 // of pop3
}

// session is one repetition of a workload.
type session struct {
	*work
	number  int // in the workload, from 0
	chance  *rand.Rand
	record  Session
	sent    int
	arrived int
	over    bool

	serverDone  bool
	serverError error
	seen        []uint64 // datagrams that have arrived, a bit each
	last        time.Duration

	emptiest *poolWatch // when the session failed: the pool with the fewest free packets, and who had them
	holders  []Holder
}

// newWork prepares a workload.
func (w *world) newWork(config *Workload) *work {
	work := &work{Workload: config, w: w, client: w.hosts[config.From], going: map[netip.AddrPort]*session{}}
	if server := w.hosts[config.To]; server != nil {
		work.server = server
		work.to = netip.AddrPortFrom(w.addressOf(work.client.host(), server.host()), uint16(config.Port))
	}
	return work
}

// start starts the threads of both sides.
func (k *work) start() error {
	if err := k.startServer(); err != nil {
		return err
	}
	for c := range k.Clients {
		name := k.Name
		if k.Clients > 1 {
			name = fmt.Sprintf("%s client %d", k.Name, c+1)
		}
		k.w.clients++
		chance := k.w.chance(name)
		err := k.w.thread(name, k.client.priority(k.Priority), false, func() { k.repeat(chance) })
		if err != nil {
			return err
		}
	}
	return nil
}

// startServer starts the answering side.
func (k *work) startServer() error {
	switch {
	case k.Kind == POP3:
		return k.serveMail()
	case k.Kind == UDP:
		return k.receiveDatagrams()
	case k.Kind != Ping && k.server != nil:
		return k.server.serve(k, k.handle)
	}
	return nil
}

// repeat is a client's thread.
func (k *work) repeat(chance *rand.Rand) {
	k.w.sleep(time.Duration(k.Start))
	if k.StartSpread > 0 {
		k.w.sleep(time.Duration(chance.Int64N(int64(k.StartSpread))))
	}
	for n := range k.Repeat {
		if n > 0 {
			k.pause(chance, k.Rest)
		}
		k.session(chance)
	}
	k.w.clientEnded()
}

// pause lets about d pass.
func (k *work) pause(chance *rand.Rand, d Duration) {
	if d > 0 && k.Spread > 0 {
		d += Duration(float64(d) * k.Spread.Share() * (2*chance.Float64() - 1))
	}
	k.w.sleep(time.Duration(d))
}

// session runs one session.
func (k *work) session(chance *rand.Rand) {
	if k.w.active == 0 {
		k.w.quiet()
	}
	k.w.active++
	x := &session{work: k, number: len(k.sessions), chance: chance}
	x.record = Session{Start: k.w.kernel.Now(), Intact: true}
	k.sessions = append(k.sessions, x)
	err := x.run()
	x.over = true
	x.record.End, x.record.Ended = max(k.w.kernel.Now(), x.last), true
	if k.Kind == UDP && x.last > 0 {
		x.record.End = x.last
	}
	if err != nil {
		x.record.Error = strings.ReplaceAll(err.Error(), "\n", "; ")
		x.noteHolders()
	}
	k.w.active--
}

// noteHolders notes who has the packets when a session fails: those of the
// emptiest pool of its hosts.
func (x *session) noteHolders() {
	for _, p := range x.w.pools {
		if p.config.Host != x.From && p.config.Host != x.To {
			continue
		}
		if x.emptiest == nil || p.pool.Available() < x.emptiest.pool.Available() {
			x.emptiest = p
		}
	}
	if x.emptiest != nil {
		x.holders = x.emptiest.holders()
	}
}

func (x *session) run() error {
	switch x.Kind {
	case POP3:
		return x.fetch()
	case UDP:
		return x.flow()
	case Ping:
		return x.pings()
	case Idle:
		if x.server == nil {
			x.w.sleep(time.Duration(x.Length))
			return nil
		}
	}
	return x.connection()
}

// broken notes that something arrived that was not sent so.
func (x *session) broken() { x.record.Intact = false }

// serverFailed notes that the server cannot serve at all.
func (k *work) serverFailed(err error) {
	for _, x := range k.sessions {
		x.serverEnds(err)
	}
}

// serverEnds notes that the server has done its part of the session.
func (x *session) serverEnds(err error) {
	if x.serverDone {
		return
	}
	x.serverDone, x.serverError = true, err
	x.w.kernel.Wake(x, nil)
}

// WaitReason says what a client waits for that has done its part.
func (x *session) WaitReason() string { return "the server of " + x.Name }

// awaitServer waits until the server has done its part.
func (x *session) awaitServer() error {
	for !x.serverDone {
		if err := x.w.kernel.Wait(x, x.w.ticks(x.Wait), errSilent); err != nil {
			return err
		}
	}
	if x.serverError != nil {
		return fmt.Errorf("server: %w", x.serverError)
	}
	return nil
}

// errSilent is a server that does not do its part.
var errSilent = errors.New("the server has not received everything in time")

// isTimeout reports whether a read ended for want of data only.
func isTimeout(err error) bool {
	return errors.Is(err, status.NoPacket) || errors.Is(err, os.ErrDeadlineExceeded)
}

// parallel runs two functions at once and returns the errors of both. The
// second one gets a thread of its own.
func (k *work) parallel(m machine, name string, first, second func() error) error {
	done, err := false, error(nil)
	key := new(int)
	thread, failed := k.w.kernel.NewThread(sim.ThreadConfig{
		Name: name, Priority: uint32(m.priority(k.Priority)), Daemon: true,
		Entry: func() {
			err = second()
			done = true
			k.w.kernel.Wake(key, nil)
		},
	})
	if failed != nil {
		return failed
	}
	firstErr := first()
	for !done {
		k.w.kernel.Wait(key, sim.WaitForever, nil)
	}
	thread.Delete()
	return errors.Join(firstErr, err)
}
