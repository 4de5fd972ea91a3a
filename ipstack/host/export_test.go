package host

// SetPortRange makes the ports that a host takes by itself those from first to last.
func (h *Host) SetPortRange(first, last uint16) { h.stack.SetPortRange(first, last) }
