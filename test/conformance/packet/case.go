package packet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"netxsim/netx"
	"netxsim/packetpool"
)

// A testCase is one line of a vector file.
type testCase struct {
	Suite   string `json:"suite"`
	Name    string `json:"name"`
	Profile string `json:"profile"`
	Steps   []step `json:"steps"`
}

// A step is one call and what it gave.
type step struct {
	Op  string          `json:"op"`
	Ctx string          `json:"ctx"` // "timer", "init", or empty for the script thread
	In  input           `json:"in"`
	Out json.RawMessage `json:"out"`
}

// input has the arguments of every op; each op uses some.
type input struct {
	Pool int `json:"pool"` // -1: null
	Pkt  int `json:"pkt"`  // -1: null
	New  int `json:"new"`
	Tail int `json:"tail"`

	Payload     uint32 `json:"payload"`
	Memory      uint32 `json:"memory"`
	AlignOffset int    `json:"align_offset"`
	Region      *int   `json:"region"`

	Type   packetType `json:"type"`
	Wait   ticks      `json:"wait"`
	Len    uint32     `json:"len"`
	Fill   uint32     `json:"fill"`
	Offset uint32     `json:"offset"`
	BufLen uint32     `json:"buflen"`
	Header uint32     `json:"header"`
	Value  uint32     `json:"value"`

	NullOut    flag `json:"null_out"`
	NullData   flag `json:"null_data"`
	NullBuffer flag `json:"null_buffer"`
	NullCopied flag `json:"null_copied"`
	NullMemory flag `json:"null_memory"`
	NullName   flag `json:"null_name"`
	NullMask   uint `json:"null_mask"`

	Thread   int    `json:"thread"`
	Priority uint32 `json:"priority"`
	Ops      []step `json:"ops"`
	Ticks    uint32 `json:"ticks"`
	Limit    *int   `json:"limit"`

	Index          int     `json:"index"`
	PrependDelta   int     `json:"prepend_delta"`
	AppendDelta    int     `json:"append_delta"`
	Length         *uint32 `json:"length"`
	IPHeaderLength *uint8  `json:"ip_header_length"`
	State          string  `json:"state"`
	Owner          *int    `json:"owner"`
	Last           *int    `json:"last"`
}

// UnmarshalJSON sets what a missing pool or packet means.
func (in *input) UnmarshalJSON(raw []byte) error {
	type plain input
	p := plain{Pool: -1, Pkt: -1}
	if err := strictly(raw, &p); err != nil {
		return err
	}
	*in = input(p)
	return nil
}

// strictly refuses fields it does not know, so that no argument is ignored.
func strictly(raw []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// A packetType is a number or the name of an NX_*_PACKET.
type packetType uint32

var packetTypes = map[string]packetType{
	"RECEIVE": netx.NX_RECEIVE_PACKET, "IP": netx.NX_IP_PACKET, "TCP": netx.NX_TCP_PACKET,
	"UDP": netx.NX_UDP_PACKET, "ICMP": netx.NX_ICMP_PACKET, "IGMP": netx.NX_IGMP_PACKET,
	"IPv4": netx.NX_IPv4_PACKET, "IPv4_TCP": netx.NX_IPv4_TCP_PACKET, "IPv4_UDP": netx.NX_IPv4_UDP_PACKET,
	"IPv4_ICMP": netx.NX_IPv4_ICMP_PACKET, "IPv4_IGMP": netx.NX_IPv4_IGMP_PACKET,
	"IPv6": netx.NX_IPv6_PACKET, "IPv6_TCP": netx.NX_IPv6_TCP_PACKET, "IPv6_UDP": netx.NX_IPv6_UDP_PACKET,
	"IPv6_ICMP": netx.NX_IPv6_ICMP_PACKET,
}

// UnmarshalJSON reads a number or a name.
func (p *packetType) UnmarshalJSON(raw []byte) error {
	if n, err := strconv.ParseUint(string(raw), 10, 32); err == nil {
		*p = packetType(n)
		return nil
	}
	var name string
	if err := json.Unmarshal(raw, &name); err != nil {
		return err
	}
	known := false
	if *p, known = packetTypes[name]; !known {
		return fmt.Errorf("unknown packet type %q", name)
	}
	return nil
}

// ticks is a wait option: a number or "forever".
type ticks uint32

// UnmarshalJSON reads a number or "forever".
func (t *ticks) UnmarshalJSON(raw []byte) error {
	if string(raw) == `"forever"` {
		*t = packetpool.WaitForever
		return nil
	}
	n, err := strconv.ParseUint(string(raw), 10, 32)
	*t = ticks(n)
	return err
}

// A flag is true or 1.
type flag bool

// UnmarshalJSON reads a number or a truth value.
func (f *flag) UnmarshalJSON(raw []byte) error {
	*f = string(raw) != "0" && string(raw) != "false"
	return nil
}

// check returns why a list of steps cannot be run, empty if it can.
func check(steps []step) string {
	for i := range steps {
		s := &steps[i]
		in := &s.In
		switch {
		case ops[s.Op] == nil:
			return fmt.Sprintf("unknown op %q", s.Op)
		case in.Pool < -1 || in.Pool >= pools || in.Region != nil && (*in.Region < 0 || *in.Region >= pools):
			return fmt.Sprintf("%s: there are %d pools", s.Op, pools)
		case in.Pkt < -1 || max(in.Pkt, in.New, in.Tail) >= handles || min(in.New, in.Tail) < 0:
			return fmt.Sprintf("%s: there are %d handles", s.Op, handles)
		}
		if why := check(in.Ops); why != "" {
			return why
		}
	}
	return ""
}

// targets are the modelled devices by profile.
var targets = map[string]packetpool.Target{"ilp32": packetpool.ILP32, "lp64": packetpool.LP64}
