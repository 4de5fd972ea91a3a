package netx_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/ipstack"
	"netxsim/netx"
	"netxsim/sim"
)

// TestSocketChecks calls services with pointers that C's checking layer
// refuses, and callbacks that the build does not have.
func TestSocketChecks(t *testing.T) {
	program := netx.Program{Kernel: sim.New(sim.Config{})}
	var got, extended []netx.UINT
	refused := func() []netx.UINT {
		blank, nothing := new(netx.NX_TCP_SOCKET), func(*netx.NX_TCP_SOCKET) {}
		var packet *netx.NX_PACKET
		return []netx.UINT{
			netx.NxTcpSocketDelete(nil),
			netx.NxTcpSocketSend(blank, nil, netx.NX_NO_WAIT),
			netx.NxTcpSocketReceive(blank, &packet, netx.NX_NO_WAIT),
			netx.NxTcpServerSocketListen(nil, 80, blank, 5, nil),
			netx.NxTcpSocketWindowUpdateNotifySet(blank, nil),
			netx.NxTcpSocketEstablishNotify(blank, nothing),
			netx.NxTcpSocketQueueDepthNotifySet(blank, nothing),
		}
	}
	if _, err := program.Run(func() { got = refused() }); err != nil {
		t.Fatal(err)
	}
	full := netx.Program{Kernel: sim.New(sim.Config{}), Stack: ipstack.ExtendedTarget}
	if _, err := full.Run(func() { extended = refused() }); err != nil {
		t.Fatal(err)
	}
	const null, unsupported = netx.NX_PTR_ERROR, netx.NX_NOT_SUPPORTED
	if diff := cmp.Diff([]netx.UINT{null, null, null, null, null, unsupported, unsupported}, got); diff != "" {
		t.Errorf("default build (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]netx.UINT{null, null, null, null, null, null, null}, extended); diff != "" {
		t.Errorf("extended build (-want +got):\n%s", diff)
	}
}
