package host_test

// A difference is something that programs on simulated machines see and those with package net do not.
type difference struct {
	body, arms, what string
	here             string // what they see
	why              string
}

const (
	everywhere = "host|device|host itself|device itself"
	devicesToo = "device|device itself"

	whyReachable = "the address that stands for all is no use to other machines: Addr and LocalAddr have one that they can dial"
	whyOnePort   = "NetX Duo listens at ports, not addresses, and is 127.0.0.1 only"
	whyNoICMP    = "NetX Duo tells a UDP socket nothing of ICMP errors"
	whyFragments = "an instance of NetX Duo sends no fragments unless told to"
)

// differences are all there are, by design.
var differences = []difference{
	{"listener addresses", everywhere, "listener :0", "*net.TCPAddr machine:P1, tcp", whyReachable},
	{"listener addresses", everywhere, "closed listener :0", "*net.TCPAddr machine:P1", whyReachable},
	{"listener addresses", everywhere, "port :0", "*net.UDPAddr machine:P2, udp", whyReachable},
	{"listener addresses", everywhere, "closed port :0", "*net.UDPAddr machine:P2", whyReachable},
	{"listener addresses", everywhere, "listener 0.0.0.0:0", "*net.TCPAddr machine:P1, tcp", whyReachable},
	{"listener addresses", everywhere, "closed listener 0.0.0.0:0", "*net.TCPAddr machine:P1", whyReachable},
	{"listener addresses", everywhere, "port 0.0.0.0:0", "*net.UDPAddr machine:P2, udp", whyReachable},
	{"listener addresses", everywhere, "closed port 0.0.0.0:0", "*net.UDPAddr machine:P2", whyReachable},

	{
		"listen on two addresses", devicesToo, "another address of loopback",
		`false, "listen tcp4 127.0.0.2:P1: bind: address already in use" OpError{listen tcp4 none *net.TCPAddr(127.0.0.2:P1)} ` +
			`> *os.SyscallError > syscall.Errno is [EADDRINUSE] timeout false`, whyOnePort,
	},
	{
		"listen on two addresses", devicesToo, "dial another address of loopback",
		`false, "dial tcp4 127.0.0.2:P1: connect: connection timed out" OpError{dial tcp4 none *net.TCPAddr(127.0.0.2:P1)} ` +
			`> *os.SyscallError > syscall.Errno is [ETIMEDOUT] timeout true`, whyOnePort,
	},

	{
		"UDP to nobody", devicesToo, "read",
		`0, "read udp4 machine:P1->machine:P2: i/o timeout" OpError{read udp4 *net.UDPAddr(machine:P1) *net.UDPAddr(machine:P2)} ` +
			`is [os.ErrDeadlineExceeded] timeout true`, whyNoICMP,
	},
	{"UDP to nobody", devicesToo, "write behind the refusal", "1, <nil>", whyNoICMP},

	{
		"long datagrams", devicesToo, "eight thousand",
		`0, "write udp4 machine:P1->machine:P2: write: message too long" OpError{write udp4 *net.UDPAddr(machine:P1) ` +
			`*net.UDPAddr(machine:P2)} > *os.SyscallError > syscall.Errno is [EMSGSIZE] timeout false`, whyFragments,
	},
	{
		"long datagrams", devicesToo, "received",
		`0, "read udp4 machine:P2: i/o timeout" OpError{read udp4 *net.UDPAddr(machine:P2) none} is [os.ErrDeadlineExceeded] timeout true`,
		whyFragments,
	},
}
