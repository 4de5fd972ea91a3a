package pop3client

import "netxsim/packetpool"

// A leak is the holder of packets that a quirk has lost. It lets reports name
// the quirk.
type leak Quirk

// HolderName returns "lost (Q-APOP-GREETING-LEAK)".
func (l leak) HolderName() string { return "lost (" + Quirk(l).String() + ")" }

// lose marks a packet that nobody will ever release.
func lose(packet *packetpool.Packet, why Quirk) { packet.Hold(leak(why)) }
