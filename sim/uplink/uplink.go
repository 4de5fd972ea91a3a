package uplink

import (
	"context"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"netxsim/ipstack/host"
	"netxsim/sim"
)

// Config describes an [Uplink].
type Config struct {
	// Host is the simulated host that stands for the outside. Required. Its
	// callers have to be host.Baton; it may have programs of its own.
	Host *host.Host
	// Dial opens the machine's end of what is forwarded; network is "tcp" or "udp". TCP connections
	// need CloseWrite and SetLinger, as those of package net have. The context
	// ends with the run, and with a flow of UDP. Nil means a net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// FlowTimeout is how long a flow of UDP stays when no datagram passes, in the run's time. 0 means
	// DefaultFlowTimeout; less than two minutes cuts flows that other NATs would leave (RFC 4787, section 4.3).
	FlowTimeout time.Duration
	// Flows is how many flows of UDP there may be, both ways together. For one more the one that was idle longest is
	// closed. 0 means DefaultFlows.
	Flows int
	// Log gets each connection and flow at debug level, and at warn level those that
	// could not be continued. Nil means no log.
	Log *zap.Logger
}

// Defaults of a [Config].
const (
	DefaultFlowTimeout = 5 * time.Minute // RFC 4787, REQ-5
	DefaultFlows       = 1024
)

// An Uplink is a host on a simulated wire that continues connections on the
// machine's sockets. Unless said otherwise its methods are for the holder of
// the kernel's baton, and for the time before the run.
type Uplink struct {
	kernel   *sim.Kernel
	host     *host.Host
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
	log      *zap.Logger
	forwards []forward
	outside  outside

	udpForwards []forward
	outflows    map[ends]*outflow
	flows       flows
}

// New makes host an uplink until the end of the kernel's run. It takes the
// host's gate.
func New(kernel *sim.Kernel, config Config) *Uplink {
	u := &Uplink{kernel: kernel, host: config.Host, dial: config.Dial, log: config.Log, outflows: map[ends]*outflow{}}
	if u.dial == nil {
		u.dial = new(net.Dialer).DialContext
	}
	if u.log == nil {
		u.log = zap.NewNop()
	}
	u.outside.init()
	u.flows.init(kernel, config, u.log)
	u.host.Gate(u.take)
	kernel.OnEnd(u.outside.end)
	return u
}

// start runs a program on the host.
func (u *Uplink) start(f func()) { u.kernel.Go(u.host.Name(), f) }

// outside is what an uplink has on the machine: goroutines and open sockets.
// Its methods may be called from any goroutine.
type outside struct {
	ctx    context.Context // done when the run is over
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu    sync.Mutex
	open  []io.Closer
	ended bool
}

func (o *outside) init() { o.ctx, o.cancel = context.WithCancel(context.Background()) }

// start runs f in a goroutine, unless the run is over.
func (o *outside) start(f func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.ended {
		o.wg.Go(f)
	}
}

// add has c closed at the end of the run.
func (o *outside) add(c io.Closer) {
	o.mu.Lock()
	ended := o.ended
	if !ended {
		o.open = append(o.open, c)
	}
	o.mu.Unlock()
	if ended {
		_ = c.Close()
	}
}

// close closes c, and forgets it.
func (o *outside) close(c io.Closer) {
	o.mu.Lock()
	o.open = slices.DeleteFunc(o.open, func(have io.Closer) bool { return have == c })
	o.mu.Unlock()
	_ = c.Close()
}

// end closes what is open and waits for the goroutines.
func (o *outside) end() {
	o.mu.Lock()
	open := o.open
	o.open, o.ended = nil, true
	o.mu.Unlock()
	o.cancel()
	for _, c := range open {
		_ = c.Close()
	}
	o.wg.Wait()
}
