package netx_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"netxsim/ipstack"
	. "netxsim/netx"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/test/inventory"
)

// recorded returns the services of the inventory that are in the table.
func recorded(t *testing.T) []inventory.Service {
	t.Helper()
	list, err := inventory.LoadServices()
	if err != nil {
		t.Fatal(err)
	}
	threadx, err := inventory.LoadThreadX()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(append(list, threadx.Services...), func(s inventory.Service) bool { return services[s.Name] == nil })
}

// TestServicesTable finds services that the table leaves out, except those that the inventory does not have.
func TestServicesTable(t *testing.T) {
	have := map[string]bool{}
	for c := range services {
		have[goName(c)] = true
	}
	for name := range serviceComments(t) {
		if !have[name] && !slices.Contains([]string{"NxRamNetworkDriver", "NxPacketDataAdjust", "NxPacketDebugInfoGet"}, name) {
			t.Errorf("%s is not in services_test.go", name)
		}
	}
}

// A bench has one object of each kind that services take, ready for use, and bad ones beside it.
type bench struct {
	ip        NX_IP
	pool      NX_PACKET_POOL
	tcp       NX_TCP_SOCKET
	udp       NX_UDP_SOCKET
	packet    *NX_PACKET
	thread    TX_THREAD
	semaphore TX_SEMAPHORE
	mutex     TX_MUTEX
	queue     TX_QUEUE
	flags     TX_EVENT_FLAGS_GROUP
	timer     TX_TIMER
	bytes     TX_BYTE_POOL
	blocks    TX_BLOCK_POOL
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := new(bench)
	status := NxPacketPoolCreate(&b.pool, "pool", 512, make([]byte, 4096), 4096)
	status += NxIpCreate(&b.ip, "ip", IP_ADDRESS(10, 0, 0, 1), 0xFFFFFF00, &b.pool, NxRamNetworkDriver, make([]byte, 1024), 1024, 1)
	status += NxArpEnable(&b.ip, make([]byte, 1024), 1024)
	status += NxTcpEnable(&b.ip) + NxUdpEnable(&b.ip) + NxIcmpEnable(&b.ip) + NxIgmpEnable(&b.ip) + NxdIpv6Enable(&b.ip)
	status += NxTcpSocketCreate(&b.ip, &b.tcp, "tcp", NX_IP_NORMAL, NX_FRAGMENT_OKAY, NX_IP_TIME_TO_LIVE, 200, nil, nil)
	status += NxUdpSocketCreate(&b.ip, &b.udp, "udp", NX_IP_NORMAL, NX_FRAGMENT_OKAY, NX_IP_TIME_TO_LIVE, 5)
	status += NxPacketAllocate(&b.pool, &b.packet, NX_UDP_PACKET, NX_NO_WAIT)
	status += TxThreadCreate(&b.thread, "thread", func(ULONG) {}, 0, make([]byte, 512), 512, 20, 20, 0, TX_DONT_START)
	status += TxSemaphoreCreate(&b.semaphore, "semaphore", 1) + TxMutexCreate(&b.mutex, "mutex", TX_NO_INHERIT)
	status += TxQueueCreate(&b.queue, "queue", TX_1_ULONG, make([]byte, 64), 64) + TxEventFlagsCreate(&b.flags, "flags")
	status += TxTimerCreate(&b.timer, "timer", func(ULONG) {}, 0, 5, 0, TX_NO_ACTIVATE)
	status += TxBytePoolCreate(&b.bytes, "bytes", make([]byte, 512), 512)
	status += TxBlockPoolCreate(&b.blocks, "blocks", 16, make([]byte, 512), 512)
	want(t, "objects", status, 0)
	return b
}

// good is an argument of the type that no check refuses by itself.
func (b *bench) good(p inventory.Param, typ reflect.Type) reflect.Value {
	if p.Dir != "out" || strings.HasSuffix(p.Type, "**") {
		for _, object := range []any{&b.ip, &b.pool, &b.tcp, &b.udp, b.packet, &b.thread, &b.semaphore, &b.mutex, &b.queue, &b.flags, &b.timer, &b.bytes, &b.blocks} {
			if reflect.TypeOf(object) == typ {
				return reflect.ValueOf(object)
			}
		}
	}
	switch {
	case typ == reflect.TypeFor[*NXD_ADDRESS]():
		address := &NXD_ADDRESS{IpVersion: NX_IP_VERSION_V4}
		address.IpAddress.V4 = IP_ADDRESS(10, 0, 0, 1)
		return reflect.ValueOf(address)
	case typ == reflect.TypeFor[[]byte]():
		return reflect.ValueOf(make([]byte, 1024))
	case typ == reflect.TypeFor[[]ULONG]():
		return reflect.ValueOf(make([]ULONG, 16))
	case typ.Kind() == reflect.Pointer:
		return reflect.New(typ.Elem())
	case typ.Kind() == reflect.String:
		return reflect.ValueOf("name")
	case typ.Kind() == reflect.Func:
		return reflect.MakeFunc(typ, func([]reflect.Value) (results []reflect.Value) {
			for out := range typ.Outs() {
				results = append(results, reflect.Zero(out))
			}
			return results
		})
	case typ.Kind() == reflect.Uint32 && strings.Contains(p.Name, "address"):
		return reflect.ValueOf(IP_ADDRESS(10, 0, 0, 1))
	case typ.Kind() == reflect.Uint32 && strings.Contains(p.Name, "size"):
		return reflect.ValueOf(ULONG(512))
	}
	return reflect.Zero(typ)
}

// bad is an argument that checks may refuse: a null pointer, or a number beyond everything. Waits stay short.
func bad(p inventory.Param, typ reflect.Type) reflect.Value {
	switch {
	case typ.Kind() == reflect.String:
		return reflect.ValueOf(NX_NULL_STRING)
	case typ.Kind() == reflect.Uint32 && !strings.Contains(p.Name, "wait") && p.Unit != "ticks":
		return reflect.ValueOf(ULONG(0xFFFFFFFF))
	}
	return reflect.Zero(typ)
}

// skipped are services that the generic tests do not call: they end the run, put the caller to sleep or change what the
// others need.
var skipped = []string{"tx_kernel_enter", "tx_thread_sleep", "tx_thread_relinquish", "tx_time_set", "nx_ip_delete"}

// call calls a service with the arguments of which bit n of mask says whether they are bad. It returns the status, and
// what it has panicked with.
func (b *bench) call(s inventory.Service, mask int) (status UINT, panicked any) {
	defer func() { panicked = recover() }()
	f := reflect.ValueOf(services[s.Name])
	var arguments []reflect.Value
	for n, p := range s.Params {
		typ := f.Type().In(n)
		if mask>>n&1 != 0 {
			arguments = append(arguments, bad(p, typ))
		} else {
			arguments = append(arguments, b.good(p, typ))
		}
	}
	for _, result := range f.Call(arguments) {
		status, _ = result.Interface().(UINT)
	}
	return status, nil
}

// TestNothingCrashesWithoutChecks calls every service with every single argument bad, with pairs and with all, in builds
// without error checking.
func TestNothingCrashesWithoutChecks(t *testing.T) {
	for _, s := range recorded(t) {
		if slices.Contains(skipped, s.Name) || s.Family == "driver" {
			continue
		}
		inBench(t, true, func(b *bench) {
			for mask := range masks(len(s.Params)) {
				if _, panicked := b.call(s, mask); panicked != nil {
					t.Errorf("%s(%b) panics: %v", s.Name, mask, panicked)
					return
				}
			}
		})
	}
}

// masks are which of n arguments are bad: none is left out of those with one, two and all.
func masks(n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			for j := range i + 1 {
				if !yield(1<<i | 1<<j) {
					return
				}
			}
		}
		yield(1<<n - 1)
	}
}

// inBench runs f in a thread of a program with a bench of its own.
func inBench(t *testing.T, unchecked bool, f func(b *bench)) {
	t.Helper()
	program := &Program{
		Kernel: sim.New(sim.Config{}), Target: packetpool.Target{DisableErrorChecking: unchecked}, TxDisableErrorChecking: unchecked,
		Stack: ipstack.ExtendedTarget, Name: t.Name(),
	}
	var caller TX_THREAD
	program.TxApplicationDefine = func([]byte) {
		TxThreadCreate(&caller, "caller", func(ULONG) {
			f(newBench(t))
			TxThreadSuspend(&caller)
		}, 0, make([]byte, 1024), 1024, 10, 10, 0, TX_AUTO_START)
	}
	if _, err := program.Boot(nil); err != nil && !strings.Contains(err.Error(), "caller") {
		t.Error(err)
	}
}

// TestCheckOrder calls every service with single arguments bad, with pairs and with all of them, and compares with the
// order of the checks in the inventory: the status of a pair is that of the check that comes first of both, and what all
// bad arguments give is no later than what any pair gives.
func TestCheckOrder(t *testing.T) {
	compared := 0
	for _, s := range recorded(t) {
		if len(s.CheckOrder) < 2 || len(s.Params) < 2 || slices.Contains(skipped, s.Name) {
			continue
		}
		single := make([]UINT, len(s.Params))
		for n := range s.Params {
			inBench(t, false, func(b *bench) { single[n], _ = b.call(s, 1<<n) })
		}
		for i := range s.Params {
			for j := range i {
				first, ok := earlier(s, single[i], single[j])
				if !ok {
					continue
				}
				compared++
				inBench(t, false, func(b *bench) {
					if got, panicked := b.call(s, 1<<i|1<<j); got != first || panicked != nil {
						t.Errorf("%s with %s (0x%02X) and %s (0x%02X) bad: 0x%02X %v, want 0x%02X; checks: %v", s.Name,
							s.Params[i].Name, single[i], s.Params[j].Name, single[j], got, fmt.Sprint(panicked), first, s.CheckOrder)
					}
				})
			}
		}
	}
	t.Logf("%d pairs compared", compared)
	if compared < 100 {
		t.Errorf("only %d pairs compared", compared)
	}
}

// earlier is which of two statuses the checks of a service give first; not ok if they do not say so for certain.
func earlier(s inventory.Service, a, b UINT) (first UINT, ok bool) {
	places := func(value UINT) (list []int) {
		for n, code := range s.CheckOrder {
			for _, r := range s.Returns {
				if r.Code == code && r.Value == value && r.Layer == "checks" {
					list = append(list, n)
				}
			}
		}
		return list
	}
	pa, pb := places(a), places(b)
	switch {
	case len(pa) == 0 || len(pb) == 0:
		return 0, false
	case a == b:
		return a, true
	case pa[len(pa)-1] < pb[0]:
		return a, true
	case pb[len(pb)-1] < pa[0]:
		return b, true
	}
	return 0, false
}
