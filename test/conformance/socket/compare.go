package socket

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// firstEphemeral is the lowest port that the stack picks itself.
const firstEphemeral = 49152

// informative are the outputs that are not compared, by op; "" stands for all of the op's.
var informative = map[string][]string{
	"frames":                             {""},
	"driver_commands":                    {""},
	"tcp_socket_info_get":                {"transmit_window", "retransmit_packets"},
	"ip_driver_direct_command":           {"return_value"},
	"ip_driver_interface_direct_command": {"return_value"},
}

// trafficCounters are the outputs that depend on the number of TCP segments.
var trafficCounters = []string{"packets_sent", "bytes_sent", "packets_received", "bytes_received"}

// crossing are the ops that return packets which came from the wire.
var crossing = []string{"tcp_socket_receive", "udp_socket_receive", "icmp_ping", "nxd_icmp_ping", "ip_raw_packet_receive"}

// plain returns a value as JSON has it, so that all numbers are of one type.
func plain(v any) map[string]any {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // only plain values are in it
	}
	out := map[string]any{}
	if err := json.Unmarshal(raw, &out); err != nil {
		panic(err)
	}
	return out
}

// loosened returns what the model answered, with the recorded value in the place of each one that is close enough.
func (r *run) loosened(s *step, got result) map[string]any {
	model := plain(got)
	name, in := s.Op, s.In
	want := s.Out
	l := loosening{run: r, observed: s.Observed}
	l.values(name, want, model)
	if inner, ok := want["result"].(map[string]any); ok && name == "join" {
		if answer, ok := model["result"].(map[string]any); ok {
			l.values(r.threadOf(in).op, inner, answer)
		}
	}
	return model
}

// A loosening replaces values in an answer of the model.
type loosening struct {
	run      *run
	observed map[string][2]float64
}

// values goes through the outputs of an op.
func (l loosening) values(op string, want, model map[string]any) {
	if slices.Contains(informative[op], "") {
		clear(model)
		maps.Copy(model, want)
		return
	}
	if _, recorded := want["ticks"]; !recorded {
		delete(model, "ticks")
	}
	for name, recorded := range want {
		answer, given := model[name]
		if given && (slices.Contains(informative[op], name) || l.close(op, name, recorded, answer)) {
			model[name] = recorded
		}
	}
	recorded, _ := want["packet"].(map[string]any)
	answer, _ := model["packet"].(map[string]any)
	if recorded != nil && answer != nil {
		l.packet(op, recorded, answer)
	}
}

// close reports whether an output is close enough to the recorded one.
func (l loosening) close(op, name string, recorded, answer any) bool {
	switch {
	case name == "ticks":
		return l.ticks(recorded, answer)
	case recorded == "ephemeral":
		port, ok := answer.(float64)
		return ok && port >= firstEphemeral && port <= math.MaxUint16
	case name == "lengths":
		return l.run.cut()
	case op == "tcp_info_get" || op == "ip_info_get" && l.run.usesTCP():
		return slices.Contains(trafficCounters, name) || name == "retransmit_packets"
	}
	return false
}

// ticks reports whether a call took about as long as recorded.
func (l loosening) ticks(recorded, answer any) bool {
	want, ok := recorded.(float64)
	got, isNumber := answer.(float64)
	if !ok || !isNumber {
		return false
	}
	low, high := want, want
	if r, ok := l.observed["ticks"]; ok {
		low, high = min(low, r[0]), max(high, r[1])
	}
	return got >= low-1 && got <= high+3+high/10
}

// packet loosens the view of a packet: how a frame is cut into packets depends on the driver.
func (l loosening) packet(op string, recorded, answer map[string]any) {
	if slices.Contains(crossing, op) || op == "packet_info" && fmt.Sprint(recorded["len"]) == fmt.Sprint(answer["len"]) {
		answer["chain"] = recorded["chain"]
	}
}

// cut reports whether the sizes of segments depend on the congestion window: in bulk transfers, and where the window
// cut a sender off.
func (r *run) cut() bool {
	if r.c.family() == "tcp_bulk" {
		return true
	}
	return slices.ContainsFunc(r.c.Steps, func(s step) bool {
		inner, _ := s.Out["result"].(map[string]any)
		return s.Out["status"] == 57.0 || inner["status"] == 57.0
	})
}

// usesTCP reports whether the case has traffic of TCP.
func (r *run) usesTCP() bool {
	return slices.ContainsFunc(r.c.Steps, func(s step) bool { return strings.HasPrefix(s.Op, "tcp_") })
}
