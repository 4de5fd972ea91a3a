package sizing

import (
	"fmt"
	"strings"
	"unicode"
)

// C returns the lines of C that create the recommended pools: for each an area that is aligned for them, and the call of
// nx_packet_pool_create.
func (a *Advice) C() string {
	var areas, calls strings.Builder
	for _, p := range a.Pools {
		name := identifier(p.Host, p.Name)
		fmt.Fprintf(&areas, "static NX_PACKET_POOL %s; /* %d bytes */\n", name, p.Control)
		fmt.Fprintf(&areas, "static ULONG %s_memory[%d / sizeof(ULONG)]; /* %d packets: %d bytes of payload, %d of header each */\n",
			name, p.Memory, p.Packets, p.Payload, p.Header/uint32(p.Packets))
		fmt.Fprintf(&calls, "status = nx_packet_pool_create(&%s, %q, %d, %s_memory, %d);\n", name, p.Name, p.Payload, name, p.Memory)
	}
	return areas.String() + "\n" + calls.String()
}

// identifier makes a C name out of those of a host and a pool.
func identifier(host, pool string) string {
	name := pool
	if pool != host {
		name = host + "_" + pool
	}
	name = strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return unicode.ToLower(r)
		}
		return '_'
	}, name)
	if name[0] >= '0' && name[0] <= '9' {
		name = "_" + name
	}
	return name + "_pool"
}
