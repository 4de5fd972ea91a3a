package poolvar

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// metrics are the families of the Prometheus text.
var metrics = []struct {
	name, kind, help string
	value            func(Values) int64
}{
	{"netx_pool_packets", "gauge", "Packets in the pool.",
		func(v Values) int64 { return int64(v.Total) }},
	{"netx_pool_packets_free", "gauge", "Free packets now.",
		func(v Values) int64 { return int64(v.Free) }},
	{"netx_pool_packets_free_lowest", "gauge", "Fewest free packets so far.",
		func(v Values) int64 { return int64(v.Lowest) }},
	{"netx_pool_waiting_threads", "gauge", "Threads that wait for a packet now.",
		func(v Values) int64 { return int64(v.Waiting) }},
	{"netx_pool_empty_requests_total", "counter", "Requests that found the pool empty.",
		func(v Values) int64 { return int64(v.EmptyRequests) }},
	{"netx_pool_suspensions_total", "counter", "Requests that waited for a packet.",
		func(v Values) int64 { return int64(v.Suspensions) }},
}

// ContentType is the type of what [Set.WriteTo] writes.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

var escapeLabel = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)

// WriteTo writes all pools in the text format of Prometheus, and returns the
// number of bytes written.
func (s *Set) WriteTo(w io.Writer) (int64, error) {
	var b bytes.Buffer
	pools := s.snapshot()
	for _, m := range metrics {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", m.name, m.help, m.name, m.kind)
		for _, pool := range pools {
			fmt.Fprintf(&b, "%s{pool=\"%s\"} %d\n", m.name, escapeLabel.Replace(pool.name), m.value(pool.Values))
		}
	}
	return b.WriteTo(w)
}
