package ipstack

// resetConnections ends the TCP connections of an interface that goes away,
// without a word to their peers.
func (ip *IP) resetConnections(i *Interface) {
	if ip.tcp == nil {
		return
	}
	for _, s := range ip.tcp.sockets {
		if s.remote.IsValid() && s.via == i {
			s.ended()
		}
	}
}
