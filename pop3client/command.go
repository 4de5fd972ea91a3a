package pop3client

import (
	"errors"
	"fmt"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// commandSize is that of the longest command that C has: "APOP", a name of 40
// bytes, a digest of 32, blanks and line end.
const commandSize = 4 + 1 + MaxUser + 1 + digestSize + 2

// maxIndexDigits is how many digits C can send of an index.
const maxIndexDigits = 9

// A call is one command on its way: its name for errors, and its line.
type call struct {
	name  string // "RETR"
	item  uint32 // 0 if the command has no index
	about string // what else to tell in errors, such as a mechanism
	text  bool   // the reply goes on to a dot alone on a line
	line  []byte // with line end, in the client's scratch
	slop  int    // bytes of payload that C wants free beyond the line
}

// String returns what was asked, without secrets: "RETR 3".
func (do call) String() string {
	switch {
	case do.about != "":
		return do.name + " " + do.about
	case do.item == 0:
		return do.name
	}
	return fmt.Sprintf("%s %d", do.name, do.item)
}

// newCall makes the line of a command. Words are set apart by one blank.
func (c *Client) newCall(name string, words ...string) call {
	line := append(c.command[:0], name...)
	for _, w := range words {
		line = append(append(line, ' '), w...)
	}
	return call{name: name, line: append(line, "\r\n"...), slop: 1}
}

// newItemCall makes the line of a command about one message.
func (c *Client) newItemCall(name string, item uint32) call {
	line := append(append(c.command[:0], name...), ' ')
	var digits [10]byte
	number := appendDecimal(digits[:0], item)
	if len(number) <= maxIndexDigits || c.fixed(QuirkIndex10Digits) {
		line = append(line, number...)
	}
	return call{name: name, item: item, line: append(line, "\r\n"...), slop: 1}
}

// appendDecimal is strconv.AppendUint without its generality.
func appendDecimal(b []byte, n uint32) []byte {
	if n >= 10 {
		b = appendDecimal(b, n/10)
	}
	return append(b, '0'+byte(n%10))
}

// send builds the command in a packet of the client's pool and sends it.
func (c *Client) send(do call) error {
	if c.socket == nil {
		c.hit(QuirkUseAfterDelete)
		return failed(do.String(), status.PtrError)
	}
	if err := c.settle(); err != nil {
		return fmt.Errorf("pop3: %s: the message before has not ended within %d ticks: %w", do, c.config.ReplyWait, err)
	}
	packet, err := c.config.Pool.Allocate(c.room, c.config.PacketWait)
	if err != nil {
		return c.noPacket(do, err)
	}
	if !c.write(packet, do) {
		packet.Release()
		return failed(do.String(), status.Pop3InsufficientPacketPayload)
	}
	if c.socket.peerClosed() && c.fixed(QuirkCommandAfterServerClose) {
		err = status.NotConnected
	} else {
		err = c.socket.Send(packet, c.config.SendWait)
	}
	if err != nil {
		packet.Release()
		return failed(do.String(), err)
	}
	return nil
}

// settle makes the connection ready for a command: what the server still owes
// is read first, and the packets of what nobody asked for are given back, which
// the command may need.
func (c *Client) settle() error {
	if !c.fixes.Has(QuirkReplyLate) {
		return nil
	}
	return c.replies.settle()
}

// write puts the line of do into packet and reports whether it fits.
func (c *Client) write(packet *packetpool.Packet, do call) bool {
	room := packet.DataEnd - packet.PrependPtr
	spare := room - len(do.line)
	if spare < 0 || spare < do.slop && !c.fixed(QuirkPayloadSpareByte) {
		c.countManualPayload(do)
		return false
	}
	at := packet.PrependPtr - packet.DataStart
	copy(packet.Area()[at:], do.line)
	packet.AppendPtr = packet.PrependPtr + len(do.line)
	packet.Length = uint32(len(do.line))
	return true
}

// manualPayload is the largest payload that the manual advises.
const manualPayload = 120

func (c *Client) countManualPayload(do call) {
	if do.name == "APOP" && c.config.Pool.Payload() <= manualPayload {
		c.hit(QuirkPayloadManual)
	}
}

// noPacket says why there is no packet for a command.
func (c *Client) noPacket(do call, err error) error {
	switch {
	case errors.Is(err, status.InvalidParameters):
		if c.fixed(QuirkPayloadHeaders) {
			err = status.Pop3InsufficientPacketPayload
		}
	case errors.Is(err, status.NoPacket):
		c.hit(QuirkTimeoutStatus)
		return fmt.Errorf("pop3: %s: no packet of pool %s within %d ticks: %w",
			do, c.config.Pool.Name(), c.config.PacketWait, err)
	}
	return failed(do.String(), err)
}
