package pop3client_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"testing"

	"go.uber.org/goleak"

	"netxsim/ipstack"
	"netxsim/ipstack/host"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/mailbox"
	"netxsim/sim/pop3server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A network is a target with a pool of its own and a host with a POP3 server,
// on one wire.
type network struct {
	kernel *sim.Kernel
	target *ipstack.IP
	pool   *packetpool.Pool
	host   *host.Host
	wire   *link.Wire
}

// newNetwork builds a network in which mrose has box, password tanstaaf.
func newNetwork(seed uint64, wire link.Config, packets int, box *mailbox.Mailbox) (*network, error) {
	n, err := newHosts(seed, wire, packets)
	if err != nil {
		return nil, err
	}
	return n, n.serve(pop3server.Config{
		Users: []pop3server.User{{Name: "mrose", Password: "tanstaaf", Mailbox: box}},
	})
}

// newHosts builds a network without a server.
func newHosts(seed uint64, wire link.Config, packets int) (*network, error) {
	n := &network{kernel: sim.New(sim.Config{Seed: seed})}
	segment := link.New(n.kernel, wire)
	var err error
	n.pool, n.target, err = newTarget(n.kernel, segment, 61, 1536, packets)
	if err != nil {
		return nil, err
	}
	n.wire, n.host = segment, host.New(n.kernel, host.Config{
		Name:            "server",
		Address:         netip.MustParsePrefix("192.2.2.89/24"),
		Wire:            segment,
		HardwareAddress: [6]byte{2, 0, 0, 0, 0, 2},
	})
	return n, nil
}

// newTarget makes the instance 192.2.2.last with a pool of its own.
func newTarget(k *sim.Kernel, wire *link.Wire, last byte, payload uint32, packets int) (*packetpool.Pool, *ipstack.IP, error) {
	pool, err := packetpool.New(k, packetpool.Config{
		Name:    "client",
		Payload: payload,
		Target:  packetpool.ILP32,
		Size:    packetpool.SizeFor(packetpool.ILP32, payload, packets),
	})
	if err != nil {
		return nil, nil, err
	}
	ip, err := ipstack.New(k, ipstack.Config{
		Name:     "target",
		Address:  netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 2, 2, last}), 24),
		Pool:     pool,
		Driver:   ipstack.Ethernet(wire, ipstack.HardwareAddress{2, 0, 0, 0, 0, last}),
		Priority: 1,
	})
	if err != nil {
		return nil, nil, err
	}
	return pool, ip, errors.Join(ip.EnableARP(8), ip.EnableTCP())
}

// serve starts the server, with TLS from the first byte on port 995 too if it
// has a certificate.
func (n *network) serve(config pop3server.Config) error {
	config.Go = n.host.Go
	server, err := pop3server.New(config)
	if err != nil {
		return err
	}
	for _, port := range []uint16{110, 995} {
		listener, err := n.host.Listen("tcp", fmt.Sprint(":", port))
		if err != nil {
			return err
		}
		if port == 995 {
			if config.TLS == nil {
				break
			}
			listener = tls.NewListener(listener, config.TLS)
		}
		n.host.Go(func() { server.Serve(listener) })
	}
	return nil
}

// run runs program in a thread of the target until it ends.
func (n *network) run(program func() error) error {
	var result error
	_, err := n.kernel.NewThread(sim.ThreadConfig{Name: "client", Priority: 16, Entry: func() { result = program() }})
	if err != nil {
		return err
	}
	if _, err := n.kernel.Run(func() {}); err != nil {
		return err
	}
	return result
}
