package netstack

import (
	"fmt"
	"math"
	"sync"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/arp"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/icmp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"

	"netxsim/sim"
)

// Config describes a [Stack].
type Config struct {
	// Kernel gives the stack its time and its randomness.
	Kernel *sim.Kernel
	// Name tells the stack's random streams from those of other stacks.
	Name string
	// IPv6 adds IPv6 with neighbour discovery, but without addresses of its own
	// making: no duplicate address detection, and no router is heard.
	IPv6 bool
	// Run runs what a timer has to do, and settles the stack after it, in the
	// owner's context. Nil means at once, in the context of the kernel's event.
	Run func(func())
}

// A Ready is told that something changed on it: an endpoint to read from, to
// write to, or to look at. It is called while the stack settles and must not
// touch the stack.
type Ready interface{ Ready() }

// A Stack is a gVisor stack that keeps the kernel's time.
type Stack struct {
	*stack.Stack
	kernel *sim.Kernel
	tcp    stack.TransportProtocol // the one that works in goroutines

	mu    sync.Mutex // the processors' goroutines write what follows
	sent  []sent
	ready []Ready

	// The slices handed on last time, to be filled next time.
	oldSent  []sent
	oldReady []Ready
}

type sent struct {
	nic *NIC
	pkt *stack.PacketBuffer
}

// New creates a stack with IPv4, ARP, ICMP, UDP and TCP, IPv6 if it is wanted, and no interfaces.
// [Stack.Destroy] must be called in the end.
func New(config Config) *Stack {
	s := &Stack{kernel: config.Kernel}
	run := config.Run
	if run == nil {
		run = func(f func()) {
			f()
			s.Settle()
		}
	}
	networks := []stack.NetworkProtocolFactory{ipv4.NewProtocol, arp.NewProtocol}
	transports := []stack.TransportProtocolFactory{tcp.NewProtocol, udp.NewProtocol, icmp.NewProtocol4}
	if config.IPv6 {
		networks, transports = append(networks, ipv6.NewProtocol), append(transports, icmp.NewProtocol6)
	}
	s.Stack = newStack(stack.Options{
		NetworkProtocols:   networks,
		TransportProtocols: transports,
		Clock:              &clock{config.Kernel, run},
		RandSource:         &random{stream: config.Kernel.Rand("stack " + config.Name)},
		SecureRNG:          &random{stream: config.Kernel.Rand("stack secrets " + config.Name)},
	})
	s.tcp = s.TransportProtocolInstance(tcp.ProtocolNumber)
	// NetX answers every ping and every bad port.
	s.SetICMPLimit(math.MaxFloat64)
	return s
}

// AddNIC adds an interface.
func (s *Stack) AddNIC(config NICConfig) *NIC {
	n := &NIC{config: config, owner: s}
	if err := s.CreateNIC(config.ID, n); err != nil {
		panic(fmt.Sprintf("netstack: interface %d: %v", config.ID, err))
	}
	return n
}

// SetTCP sets options of the TCP protocol. An option that gVisor refuses is a
// mistake in the program.
func (s *Stack) SetTCP(options ...tcpip.SettableTransportProtocolOption) {
	for _, option := range options {
		if err := s.SetTransportProtocolOption(tcp.ProtocolNumber, option); err != nil {
			panic(fmt.Sprintf("netstack: TCP option %T: %v", option, err))
		}
	}
}

// Notify has r told when the stack settles next. It is for the callbacks that
// gVisor makes from its goroutines.
func (s *Stack) Notify(r Ready) {
	s.mu.Lock()
	s.ready = append(s.ready, r)
	s.mu.Unlock()
}

// Settle waits until the stack has nothing left to do, then hands on the
// packets it sent and tells who became ready. It does not suspend the calling
// thread, and no other thread runs before it returns.
func (s *Stack) Settle() {
	// Of what Stack.Pause does, this is all that has an effect.
	s.tcp.Pause()
	s.tcp.Resume()
	s.mu.Lock()
	packets, ready := s.sent, s.ready
	s.sent, s.ready = s.oldSent[:0], s.oldReady[:0]
	s.mu.Unlock()

	s.kernel.HoldPreemption()
	for i, p := range packets {
		p.nic.config.Output(p.pkt)
		p.pkt.DecRef()
		packets[i] = sent{}
	}
	for i, r := range ready {
		r.Ready()
		ready[i] = nil
	}
	s.oldSent, s.oldReady = packets, ready
	s.kernel.AllowPreemption()
}
