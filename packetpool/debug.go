package packetpool

import (
	"fmt"
	"path"
	"runtime"
	"strings"

	"netxsim/netx/status"
)

// A DebugInfo is what nx_packet_debug_info_get tells about a packet: its
// nx_packet_debug_thread, nx_packet_debug_file and nx_packet_debug_line.
type DebugInfo struct {
	Packet *Packet // the packet at that position
	Thread string  // who used it last, "ISR" outside threads; empty if nobody has
	File   string  // the source file that did
	Line   int     // the line there
}

// DebugInfo returns where the packet at a position in the pool's memory was
// used last, by the service that allocated, appended to, copied, adjusted or
// released it.
//
// It mirrors nx_packet_debug_info_get. Errors: status.NotSupported unless the
// target has EnablePacketDebugInfo or the Config had DebugInfo,
// status.PtrError if the pool does not exist, status.InvalidParameters if there
// is no such packet. Unlike NetX Duo, which names a line of its own sources, it
// names the line that called the library.
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
	return DebugInfo{Packet: p, Thread: p.debug.thread, File: file, Line: line}, nil
}

// A debug is the debug information of one packet.
type debug struct {
	thread                    string // of last
	last, allocated, released callSite
}

// A callSite is the innermost part of a stack, resolved only when it is shown.
// It is deep enough to leave this package and netx.
type callSite [8]uintptr

// mark notes the caller as the last user of the packet.
func (d *debug) mark(pool *Pool) {
	n := runtime.Callers(3, d.last[:])
	clear(d.last[n:])
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

func (p *Packet) noteReleased() {
	p.debug.mark(p.home)
	p.debug.released = p.debug.last
}

// fileLine returns the innermost caller outside this package, and outside
// netx, which only lends its names.
func (s *callSite) fileLine() (file string, line int) {
	if s[0] == 0 {
		return "", 0
	}
	for frames := runtime.CallersFrames(s[:]); ; {
		frame, more := frames.Next()
		if !more || !isLibrary(frame.Function) {
			return frame.File, frame.Line
		}
	}
}

func isLibrary(function string) bool {
	return strings.HasPrefix(function, "netxsim/packetpool.") || strings.HasPrefix(function, "netxsim/netx.")
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
