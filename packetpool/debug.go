package packetpool

import (
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"

	"netxsim/netx/status"
)

// A DebugInfo is what nx_packet_debug_info_get tells about a packet: its
// nx_packet_debug_thread, nx_packet_debug_file and nx_packet_debug_line.
type DebugInfo struct {
	Packet *Packet // the packet at that position
	Thread string  // who used it last, "ISR" outside threads; empty if nobody has
	File   string  // the source file that did, or the name of the [Queue] that holds it
	Line   int     // the line of the source file
}

// A Queue is a [Holder] that debug information names in the place of a source
// file, as NetX Duo does for some of its queues.
type Queue interface {
	Holder
	// QueueName is a name as "UDP receive queue"; empty for the source file.
	QueueName() string
}

// DebugInfo returns where the packet at a position in the pool's memory was
// used last, by the service that allocated, appended to, copied, adjusted or
// released it, or gave it to another holder.
//
// It mirrors nx_packet_debug_info_get. Errors: status.NotSupported unless the
// target has EnablePacketDebugInfo or the Config had DebugInfo,
// status.PtrError if the pool does not exist, status.InvalidParameters if there
// is no such packet. Unlike NetX Duo, which names a line of its own sources, it
// names the line that called the library; one of the library itself only for
// what the library does on its own, such as receiving a frame.
func (pool *Pool) DebugInfo(index int) (DebugInfo, error) {
	switch {
	case !pool.Created():
		return DebugInfo{}, status.PtrError
	case !pool.debugInfo:
		return DebugInfo{}, status.NotSupported
	case index < 0 || index >= len(pool.packets):
		return DebugInfo{}, status.InvalidParameters
	}
	p := &pool.packets[index]
	file, line := p.debug.last.fileLine()
	if p.debug.queue != "" {
		file = p.debug.queue
	}
	return DebugInfo{Packet: p, Thread: p.debug.thread, File: file, Line: line}, nil
}

// A debug is the debug information of one packet.
type debug struct {
	thread                    string // of last
	queue                     string // that the packet is in; empty if that has no name
	last, allocated, released callSite
}

// A callSite is the innermost part of a stack, resolved only when it is shown.
// It is deep enough to leave the library.
type callSite [20]uintptr

// mark notes the caller as the last user of the packet.
func (d *debug) mark(pool *Pool) {
	n := runtime.Callers(3, d.last[:])
	clear(d.last[n:])
	d.queue = ""
	if d.thread = pool.currentName(); d.thread == "" {
		d.thread = "ISR"
	}
}

// used notes the caller if there is debug information.
func (p *Packet) used() {
	if p.debug != nil {
		p.debug.mark(p.home)
	}
}

func (p *Packet) noteAllocated() {
	p.debug.mark(p.home)
	p.debug.allocated, p.debug.released = p.debug.last, callSite{}
}

func (p *Packet) noteHeld(h Holder) {
	p.debug.mark(p.home)
	if q, ok := h.(Queue); ok {
		p.debug.queue = q.QueueName()
	}
}

func (p *Packet) noteReleased() {
	p.debug.mark(p.home)
	p.debug.released = p.debug.last
}

// fileLine returns the innermost caller outside the library: this package,
// netx, which only lends its names, and ipstack. Where the simulation itself
// called ipstack, it is ipstack's innermost line.
func (s *callSite) fileLine() (file string, line int) {
	if s[0] == 0 {
		return "", 0
	}
	var stack runtime.Frame
	for frames := runtime.CallersFrames(s[:]); ; {
		frame, more := frames.Next()
		switch {
		case within(frame, "netxsim/ipstack."):
			if stack.File == "" {
				stack = frame
			}
		case stack.File != "" && within(frame, "netxsim/sim.", "netxsim/sim/link."):
			return stack.File, stack.Line
		case !within(frame, "netxsim/packetpool.", "netxsim/netx."):
			return frame.File, frame.Line
		}
		switch {
		case more:
		case stack.File != "":
			return stack.File, stack.Line
		default:
			return frame.File, frame.Line
		}
	}
}

// within reports whether a function belongs to one of the packages.
func within(frame runtime.Frame, packages ...string) bool {
	return slices.ContainsFunc(packages, func(name string) bool { return strings.HasPrefix(frame.Function, name) })
}

// String returns the caller as "folder/file.go:12", empty if there is none.
func (s *callSite) String() string {
	file, line := s.fileLine()
	if file == "" {
		return ""
	}
	folder, name := path.Split(file)
	return fmt.Sprintf("%s:%d", path.Join(path.Base(folder), name), line)
}
