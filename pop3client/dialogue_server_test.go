package pop3client_test

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"netxsim/ipstack"
	"netxsim/sim"
)

// A rule says what the server does once for a command that begins so; for
// every such one with always.
type rule struct {
	on     string // "connect" for the connection itself
	always bool
	steps  []step
}

// A step sends a segment, waits, closes or resets.
type step struct {
	kind  string // "send", "wait", "close", "reset"
	text  []byte
	times int
	ticks uint32
}

// loginRules are a greeting and a login without malice.
var loginRules = []rule{
	{on: "connect", steps: []step{{kind: "send", text: []byte("+OK ready\r\n"), times: 1}}},
	{on: "USER", steps: []step{{kind: "send", text: []byte("+OK\r\n"), times: 1}}},
	{on: "PASS", steps: []step{{kind: "send", text: []byte("+OK logged in\r\n"), times: 1}}},
}

// parseRules reads a section "server".
func parseRules(text string) ([]rule, error) {
	var rules []rule
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		verb, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case line == "login":
			rules = append(rules, loginRules...)
		case verb == "on" || verb == "always":
			rules = append(rules, rule{on: rest, always: verb == "always"})
		case len(rules) == 0:
			return nil, fmt.Errorf("%q before the first rule", line)
		default:
			s, err := parseStep(verb, rest)
			if err != nil {
				return nil, fmt.Errorf("%q: %w", line, err)
			}
			last := &rules[len(rules)-1]
			last.steps = append(last.steps, s)
		}
	}
	return rules, nil
}

func parseStep(verb, rest string) (step, error) {
	s := step{kind: "send", times: 1}
	var err error
	switch verb {
	case "S:":
		s.text, err = segmentText(rest + `\r\n`)
	case "S-":
		s.text, err = segmentText(rest)
	case "S*":
		times, text, _ := strings.Cut(rest, " ")
		if s.text, err = segmentText(text); err == nil {
			s.times, err = strconv.Atoi(times)
		}
	case "wait":
		var d time.Duration
		d, err = time.ParseDuration(rest)
		s = step{kind: verb, ticks: uint32(d / (10 * time.Millisecond))}
	case "close", "reset":
		s = step{kind: verb}
	default:
		err = fmt.Errorf("no such step")
	}
	return s, err
}

// segmentText undoes the escapes of Go.
func segmentText(text string) ([]byte, error) {
	text, err := strconv.Unquote(`"` + strings.ReplaceAll(text, `"`, `\"`) + `"`)
	return []byte(text), err
}

// A scriptServer follows rules on one connection.
type scriptServer struct {
	kernel *sim.Kernel
	ip     *ipstack.IP
	socket *ipstack.TCPSocket
	rules  []rule
	rest   []byte   // the beginning of a line
	lines  []string // from the client
}

// startScript starts a server on port 110.
func startScript(k *sim.Kernel, ip *ipstack.IP, rules []rule) (*scriptServer, error) {
	s := &scriptServer{kernel: k, ip: ip, rules: append([]rule(nil), rules...)}
	var err error
	if s.socket, err = ip.NewTCPSocket(ipstack.TCPSocketConfig{Name: "server", Window: 8192}); err != nil {
		return nil, err
	}
	if err := ip.Listen(110, s.socket, 5, nil); err != nil {
		return nil, err
	}
	_, err = k.NewThread(sim.ThreadConfig{Name: "server", Priority: 20, Daemon: true, Entry: s.serve})
	return s, err
}

// serve serves until one side closes.
func (s *scriptServer) serve() {
	if s.socket.Accept(sim.WaitForever) != nil || !s.apply("connect") {
		return
	}
	for {
		packet, err := s.socket.Receive(sim.WaitForever)
		if err != nil {
			s.socket.Disconnect(sim.WaitForever)
			return
		}
		s.rest = append(s.rest, packetText(packet)...)
		packet.Release()
		for {
			line, rest, ok := bytes.Cut(s.rest, []byte("\r\n"))
			if !ok {
				break
			}
			s.rest = rest
			s.lines = append(s.lines, string(line))
			if !s.apply(string(line)) {
				return
			}
		}
	}
}

// apply follows the first rule for line. It returns false when the connection
// is closed.
func (s *scriptServer) apply(line string) bool {
	for i := range s.rules {
		r := s.rules[i]
		if !strings.HasPrefix(line, r.on) {
			continue
		}
		if !r.always {
			s.rules = append(s.rules[:i:i], s.rules[i+1:]...)
		}
		for _, step := range r.steps {
			if !s.take(step) {
				return false
			}
		}
		break
	}
	return true
}

// take takes one step.
func (s *scriptServer) take(step step) bool {
	switch step.kind {
	case "wait":
		s.kernel.Sleep(step.ticks)
	case "close":
		s.socket.Disconnect(sim.WaitForever)
		return false
	case "reset":
		s.socket.Disconnect(0)
		return false
	}
	for range step.times {
		if !s.send(step.text) {
			return true // the client has gone, which Receive tells
		}
	}
	return true
}

// send sends one segment and reports whether it could.
func (s *scriptServer) send(text []byte) bool {
	pool := s.ip.DefaultPool()
	packet, err := pool.Allocate(56, sim.WaitForever)
	if err != nil {
		return false
	}
	if packet.Append(text, pool, sim.WaitForever) != nil || s.socket.Send(packet, sim.WaitForever) != nil {
		packet.Release()
		return false
	}
	return true
}
