package scenario

import (
	"fmt"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strings"

	"netxsim/packetpool"
	"netxsim/pop3client"
)

// Check fills in the defaults of a scenario made or changed in Go, and returns
// an [*Error] for everything that is wrong with it, joined; nil if it can be
// run.
func (s *Scenario) Check() error {
	p := newProblems("")
	s.check(p)
	return p.err()
}

func (s *Scenario) check(p *problems) {
	checkGroup("", reflect.ValueOf(s).Elem(), p)
	c := &checker{scenario: s, problems: p, hosts: map[string]*Host{}, wires: map[string]int{}}
	c.checkWires()
	c.checkHosts()
	c.checkWorkloads()
}

// checkGroup fills in the defaults of a struct, and of those in it, and checks
// the range of every value.
func checkGroup(path string, v reflect.Value, p *problems) {
	fields := fieldsOf(v.Type())
	for i := range fields {
		f := &fields[i]
		value := v.Field(f.index)
		at := join(path, f.name)
		if !f.applies(v) {
			if !value.IsZero() {
				p.add(at, "one of kind %s has no such key", v.FieldByName("Kind").String())
			}
			continue
		}
		checkField(at, f, value, p)
	}
}

func checkField(path string, f *field, v reflect.Value, p *problems) {
	if v.IsZero() && f.standard != "" {
		if err := setText(v, f.standard); err != nil {
			panic(fmt.Sprintf("scenario: default of %s: %v", f.name, err))
		}
	}
	switch {
	case f.required && (v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0):
		p.add(path, "is missing")
	case isGroup(v.Type()):
		checkGroup(path, v, p)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			checkElement(fmt.Sprintf("%s[%d]", path, i), f, v.Index(i), p)
		}
	case !v.IsZero() && v.CanInterface():
		if err := f.checkValue(v); err != nil {
			p.add(path, "%v", err)
		}
	}
}

func checkElement(path string, f *field, v reflect.Value, p *problems) {
	if isGroup(v.Type()) {
		checkGroup(path, v, p)
	} else if err := f.checkValue(v); err != nil {
		p.add(path, "%v", err)
	}
}

// checker checks what one part of a scenario says about another.
type checker struct {
	scenario  *Scenario
	problems  *problems
	hosts     map[string]*Host
	wires     map[string]int
	addresses []netip.Addr
}

// name checks that a name is one, and not taken among those seen.
func (c *checker) name(path, name string, seen map[string]bool) {
	switch {
	case seen[name]:
		c.problems.add(path, "the name %q is taken already", name)
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }):
		c.problems.add(path, "the name has control characters in it")
	}
	seen[name] = true
}

func (c *checker) checkWires() {
	seen := map[string]bool{}
	for i := range c.scenario.Wires {
		w := &c.scenario.Wires[i]
		path := fmt.Sprintf("wires[%d]", i)
		if w.Name != "" {
			c.name(path+".name", w.Name, seen)
			c.wires[w.Name] = i
		}
		if w.Queue > 0 && w.Rate == 0 {
			c.problems.add(path+".queue", "nothing ever waits: give the wire a rate")
		}
		if w.Bottleneck.Queue > 0 && w.Bottleneck.Rate == 0 {
			c.problems.add(path+".bottleneck.rate", "is missing")
		}
		if w.Burst.Enter > 0 && w.Burst.Leave == 0 {
			c.problems.add(path+".burst.leave", "is missing: bursts would never end")
		}
		for n, o := range w.Outages {
			if o.Every != 0 && o.Every <= o.For {
				c.problems.add(fmt.Sprintf("%s.outages[%d].every", path, n), "%v is not longer than the outage", o.Every)
			}
		}
	}
}

func (c *checker) checkHosts() {
	seen := map[string]bool{}
	for i := range c.scenario.Hosts {
		h := &c.scenario.Hosts[i]
		path := fmt.Sprintf("hosts[%d]", i)
		if h.Name != "" {
			c.name(path+".name", h.Name, seen)
			c.hosts[h.Name] = h
		}
		c.attach(path, &h.Wire, &h.Address, i)
		for n := range h.Interfaces {
			c.attach(fmt.Sprintf("%s.interfaces[%d]", path, n), &h.Interfaces[n].Wire, &h.Interfaces[n].Address, i)
		}
		if h.Kind == NetX {
			c.checkPools(path, h)
		}
	}
}

// attach checks an interface's wire and address and fills in what is missing.
func (c *checker) attach(path string, wire *string, address *netip.Prefix, host int) {
	if *wire == "" && len(c.scenario.Wires) > 0 {
		*wire = c.scenario.Wires[0].Name
	}
	n, ok := c.wires[*wire]
	if !ok {
		if *wire != "" {
			c.problems.add(path+".wire", "there is no wire %q", *wire)
		}
		return
	}
	if !address.IsValid() {
		*address = netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 168, byte(n + 1), byte(host + 1)}), 24)
		if n > 254 || host > 253 {
			c.problems.add(path+".address", "is missing: there are too many hosts for the defaults")
		}
	}
	c.checkAddress(path+".address", *address)
}

func (c *checker) checkAddress(path string, a netip.Prefix) {
	addr := a.Addr()
	switch {
	case !addr.Is4():
		c.problems.add(path, "%v is no IPv4 address", addr)
	case a.Bits() < 8 || a.Bits() > 30:
		c.problems.add(path, "a network of %d bits: want 8 to 30", a.Bits())
	case addr.IsMulticast() || addr.IsLoopback() || addr.IsUnspecified() || addr == a.Masked().Addr() || addr == last(a):
		c.problems.add(path, "%v is not the address of a host", a)
	case slices.Contains(c.addresses, addr):
		c.problems.add(path, "%v is the address of two interfaces", addr)
	}
	c.addresses = append(c.addresses, addr)
}

// last returns the broadcast address of a network.
func last(a netip.Prefix) netip.Addr {
	bytes := a.Addr().As4()
	for bit := a.Bits(); bit < 32; bit++ {
		bytes[bit/8] |= 0x80 >> (bit % 8)
	}
	return netip.AddrFrom4(bytes)
}

func (c *checker) checkPools(path string, h *Host) {
	if len(h.Pools) == 0 {
		c.problems.add(path+".pools", "is missing: a netx host has one pool at least")
		return
	}
	seen, uses := map[string]bool{}, map[string]bool{}
	for i := range h.Pools {
		pool := &h.Pools[i]
		at := fmt.Sprintf("%s.pools[%d]", path, i)
		pool.Host = h.Name
		if pool.Name == "" {
			pool.Name = h.Name
		}
		c.name(at+".name", pool.Name, seen)
		c.checkPool(at, h, pool, uses)
	}
	if !uses[UseDefault] {
		c.problems.add(path+".pools", "none of the pools is for default use")
	}
}

func (c *checker) checkPool(path string, h *Host, pool *Pool, uses map[string]bool) {
	if len(h.Pools) == 1 && len(pool.Use) == 0 {
		pool.Use = []string{UseDefault}
	}
	if len(pool.Use) == 0 {
		c.problems.add(path+".use", "is missing: with more than one pool each needs it")
	}
	for i, use := range pool.Use {
		if uses[use] {
			c.problems.add(fmt.Sprintf("%s.use[%d]", path, i), "another pool of the host is for %s", use)
		}
		uses[use] = true
	}
	if pool.MaxPackets > 0 && pool.MaxPackets < pool.MinPackets {
		c.problems.add(path+".max_packets", "is less than min_packets")
	}
	if pool.Payload > 0 && pool.Packets > 0 && int64(pool.Payload)*int64(pool.Packets) > maxPool {
		c.problems.add(path+".packets", "the pool is larger than %d MiB", maxPool>>20)
	}
}

// maxPool is the most bytes of payload that a pool may have.
const maxPool = 1 << 30

// target returns the device as packetpool knows it.
func (t *Target) target() packetpool.Target {
	made := packetpool.ILP32
	if t.ABI == "lp64" {
		made = packetpool.LP64
	}
	made.Alignment = uint32(t.Alignment)
	made.HeaderPad = uint32(t.HeaderPad / 4)
	return made
}

func (c *checker) checkWorkloads() {
	c.checkTarget(&c.scenario.Target)
	seen := map[string]bool{}
	ports := map[string]string{}
	for i := range c.scenario.Workloads {
		w := &c.scenario.Workloads[i]
		path := fmt.Sprintf("workloads[%d]", i)
		if w.Name == "" {
			w.Name = c.workloadName(w.Kind, i)
		}
		c.name(path+".name", w.Name, seen)
		if w.Kind == "" || w.From == "" {
			continue
		}
		c.checkEnds(path, w)
		c.fillWorkload(i, w)
		c.checkPort(path, w, ports)
		c.checkMail(path, w)
		if w.Kind == UDP && w.Rate > 0 && w.Think > 0 {
			c.problems.add(path+".think", "a rate decides the pauses: leave one of them out")
		}
	}
}

func (c *checker) checkTarget(t *Target) {
	if t.HeaderPad%4 != 0 {
		c.problems.add("target.header_pad", "%v is no whole number of words of 4 bytes", t.HeaderPad)
	}
	if t.Alignment&(t.Alignment-1) != 0 || t.Alignment > 0 && t.Alignment < 4 {
		c.problems.add("target.alignment", "%v is no power of two from 4 on", t.Alignment)
	}
}

// workloadName is the kind, with a number if there are several of it.
func (c *checker) workloadName(kind string, index int) string {
	number, all := 0, 0
	for i, w := range c.scenario.Workloads {
		if w.Kind == kind {
			all++
			if i <= index {
				number++
			}
		}
	}
	if all == 1 {
		return kind
	}
	return fmt.Sprintf("%s %d", kind, number)
}

// checkEnds checks the hosts of a workload.
func (c *checker) checkEnds(path string, w *Workload) {
	from, to := c.host(path+".from", w.From), c.host(path+".to", w.To)
	switch {
	case w.To == "" && w.Kind != Idle:
		c.problems.add(path+".to", "is missing")
	case from == nil || to == nil:
	case from == to:
		c.problems.add(path+".to", "is the same host")
	case w.Kind == POP3 && (from.Kind != NetX || to.Kind != Plain):
		c.problems.add(path+".kind", "a netx host fetches mail from a plain host, no other way round")
	case w.Kind == Ping && from.Kind != NetX:
		c.problems.add(path+".from", "only netx hosts ping")
	}
}

// host returns the host that a workload names, nil if there is none.
func (c *checker) host(path, name string) *Host {
	h := c.hosts[name]
	if h == nil && name != "" {
		c.problems.add(path, "there is no host %q", name)
	}
	return h
}

// sizes are the defaults of Workload.Size.
var sizes = map[string]Bytes{TCP: 64 << 10, Request: 100, UDP: 100, Ping: 32}

// fillWorkload fills in the defaults that depend on the kind.
func (c *checker) fillWorkload(index int, w *Workload) {
	if w.Size == 0 {
		w.Size = sizes[w.Kind]
	}
	if w.ServerWindow == 0 && w.Kind != POP3 {
		w.ServerWindow = w.Window
	}
	if w.Port == 0 && w.Kind != Ping {
		w.Port = 5000 + index
		if w.Kind == POP3 {
			w.Port = 110
		}
	}
	if w.Kind == POP3 && len(w.Mailbox.Sizes) == 0 {
		w.Mailbox.Sizes = []Bytes{5000}
	}
}

// checkPort checks that no two workloads share a server's port. Two may fetch
// mail from one server.
func (c *checker) checkPort(path string, w *Workload, ports map[string]string) {
	if w.Kind == Ping || w.To == "" {
		return
	}
	key := fmt.Sprintf("%s %d %t", w.To, w.Port, w.Kind == UDP)
	if other, taken := ports[key]; taken {
		c.problems.add(path+".port", "port %d of %s is that of the workload %q", w.Port, w.To, other)
	}
	ports[key] = w.Name
	if limit := Bytes(maxDatagram); (w.Kind == UDP || w.Kind == Ping) && w.Size > limit {
		c.problems.add(path+".size", "%v is out of range: a datagram has at most %d bytes", w.Size, limit)
	}
}

func (c *checker) checkMail(path string, w *Workload) {
	if w.Kind != POP3 {
		return
	}
	if _, err := pop3client.ParseFixes(w.Fixes); err != nil {
		c.problems.add(path+".fixes", "%v", err)
	}
	if m := &w.Mailbox; m.Path != "" {
		if _, err := os.Stat(c.scenario.mailPath(m.Path)); err != nil {
			c.problems.add(path+".mailbox.path", "%v", err)
		}
	}
	if m := &w.Mailbox; m.Smallest > m.Largest {
		c.problems.add(path+".mailbox.smallest", "is more than the largest")
	}
}
