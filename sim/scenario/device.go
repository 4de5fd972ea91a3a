package scenario

import "netxsim/packetpool"

// Device returns the target as packetpool knows it, to count bytes of RAM with.
func (t Target) Device() packetpool.Target { return t.target() }
