package ipstack

// StandIns returns the number of IPv6 addresses that have stand-ins now, and the number of stand-ins there ever were at
// once.
func (ip *IP) StandIns() (used, most int) {
	s := &ip.ipv6.standIns
	return len(s.numbers), len(s.entries)
}
