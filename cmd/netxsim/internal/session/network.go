package session

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"netxsim/ipstack"
	"netxsim/ipstack/host"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/mailbox"
	"netxsim/sim/pop3server"
)

// Who and where everybody is.
const (
	user     = "mrose"
	password = "tanstaaf"

	clientPriority = 16
	ipPriority     = 1
	arpEntries     = 8
)

var (
	clientAddress = netip.MustParsePrefix("192.2.2.61/24")
	serverAddress = netip.MustParsePrefix("192.2.2.89/24")

	serverHardware = [6]byte{0x00, 0x11, 0x22, 0x33, 0x44, 0x57}
)

// network is the simulated world of a session: a NetX client and an ordinary
// POP3 server on one wire.
type network struct {
	kernel *sim.Kernel
	wire   *link.Wire
	pool   *packetpool.Pool
	client *ipstack.IP
	log    *zap.Logger

	serverError error
}

func newNetwork(s Streams, o Options, box *mailbox.Mailbox, observe observer) (*network, error) {
	n := &network{}
	n.open(s, o, observe)
	if err := n.addClient(o); err != nil {
		return nil, err
	}
	if o.Server != nil {
		n.addUplink(o.Server)
		return n, nil
	}
	return n, n.addServer(s, o, box)
}

// open makes the kernel and the wire.
func (n *network) open(s Streams, o Options, observe observer) {
	config := sim.Config{Seed: o.Seed}
	if o.Server != nil {
		config.Clock = sim.RealTime()
	}
	n.kernel = sim.New(config)
	n.log = newLog(s.Err, o.Log, n.kernel)
	n.wire = link.New(n.kernel, link.Config{
		Name:      "ethernet",
		Latency:   o.Latency,
		Bandwidth: int64(o.Bandwidth),
		Loss:      o.Loss,
	})
	if observe != nil {
		n.wire.Observe(observe)
	}
}

// addClient makes the NetX target: a pool and an instance on it.
func (n *network) addClient(o Options) (err error) {
	target := packetpool.ILP32
	if o.ABI == LP64 {
		target = packetpool.LP64
	}
	n.pool, err = packetpool.New(n.kernel, packetpool.Config{
		Name:    "client",
		Payload: o.Pool.Payload,
		Size:    packetpool.SizeFor(target, o.Pool.Payload, int(o.Pool.Packets)),
		Target:  target,
	})
	if err != nil {
		return fmt.Errorf("a pool of %d packets of %d bytes: %w", o.Pool.Packets, o.Pool.Payload, err)
	}
	logPool(n.log, n.pool)
	n.client, err = ipstack.New(n.kernel, ipstack.Config{
		Name:     "client",
		Address:  clientAddress,
		Pool:     n.pool,
		Driver:   ipstack.Ethernet(n.wire, ipstack.HardwareAddress{0x00, 0x11, 0x22, 0x33, 0x44, 0x56}),
		Priority: ipPriority,
		Log:      n.log,
	})
	if err != nil {
		return err
	}
	for _, enable := range []func() error{
		func() error { return n.client.EnableARP(arpEntries) },
		n.client.EnableICMP,
		n.client.EnableTCP,
	} {
		if err := enable(); err != nil {
			return err
		}
	}
	return nil
}

// addServer makes the other end: a host with a POP3 server.
func (n *network) addServer(s Streams, o Options, box *mailbox.Mailbox) error {
	server := host.New(n.kernel, host.Config{
		Name:            "server",
		Address:         serverAddress,
		Wire:            n.wire,
		HardwareAddress: serverHardware,
	})
	config := pop3server.Config{
		Users: []pop3server.User{{Name: user, Password: password, Mailbox: box}},
		Rand:  rand.NewPCG(o.Seed, 0x706f7033),
		Go:    server.Go,
		Log:   n.log,
	}
	if o.ShowTalk {
		config.Trace = func(l pop3server.Line) {
			fmt.Fprintf(s.Out, "%11.6f  %s\n", n.kernel.Now().Seconds(), l)
		}
	}
	pop3, err := pop3server.New(config)
	if err != nil {
		return err
	}
	server.Go(func() {
		l, err := server.Listen("tcp", ":pop3")
		if err != nil {
			n.serverError = err
			return
		}
		n.serverError = pop3.Serve(l)
	})
	return nil
}

// startClient starts the application thread of the target.
func (n *network) startClient(entry func()) (*sim.Thread, error) {
	return n.kernel.NewThread(sim.ThreadConfig{Name: "application", Priority: clientPriority, Entry: entry})
}

// newLog returns a logger for w whose clock is the simulation's.
func newLog(w io.Writer, level zapcore.Level, kernel *sim.Kernel) *zap.Logger {
	if level == zapcore.InvalidLevel {
		return zap.NewNop()
	}
	encoder := zapcore.NewConsoleEncoder(zapcore.EncoderConfig{
		LevelKey:         "level",
		MessageKey:       "message",
		TimeKey:          "time",
		EncodeLevel:      zapcore.LowercaseLevelEncoder,
		EncodeTime:       zapcore.TimeEncoderOfLayout("15:04:05.000000"),
		EncodeDuration:   zapcore.StringDurationEncoder,
		ConsoleSeparator: "  ",
	})
	core := zapcore.NewCore(encoder, zapcore.AddSync(w), level)
	return zap.New(core, zap.WithClock(virtualClock{kernel}))
}
