// Package suites lists the model's replayers, by suite of conformance vectors.
//
// Each suite has a package of its own beside this one (test/conformance/packet, pop3, threadx, socket) with a function
// Replay; the vectors of a suite that is not listed here are skipped, with that as the reason.
package suites

import (
	"maps"

	"netxsim/test/conformance"
	"netxsim/test/conformance/packet"
	"netxsim/test/conformance/pop3"
	"netxsim/test/conformance/socket"
	"netxsim/test/conformance/threadx"
)

// replayers has one entry for every suite that the model can run.
var replayers = map[string]conformance.Replayer{
	"packet":  packet.Replay,
	"pop3":    pop3.Replay,
	"socket":  socket.Replay,
	"threadx": threadx.Replay,
}

// All returns the replayers by suite, in a map of its own.
func All() map[string]conformance.Replayer { return maps.Clone(replayers) }
