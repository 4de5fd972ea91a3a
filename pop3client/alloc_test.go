package pop3client

import (
	"net/netip"
	"testing"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// A quickServer answers STAT and RETR at once and allocates nothing.
type quickServer struct {
	fakeServer
	pool  *packetpool.Pool
	reply []byte
	sent  int // of reply
}

func (q *quickServer) Connect(netip.Addr, uint32, uint32) error {
	q.reply = []byte("+OK ready\r\n")
	return nil
}

func (q *quickServer) Send(packet *packetpool.Packet, _ uint32) error {
	switch text := packet.Bytes(); text[0] {
	case 'S':
		q.reply = stat
	case 'R':
		q.reply = message
	default:
		q.reply = ok
	}
	q.sent = 0
	return packet.Release()
}

var (
	ok      = []byte("+OK\r\n")
	stat    = []byte("+OK 2 320\r\n")
	message = []byte("+OK 40\r\nSubject: x\r\n\r\n..a line with a dot\r\nthe last line of it\r\n.\r\n")
)

func (q *quickServer) Receive(uint32) (*packetpool.Packet, error) {
	if q.sent == len(q.reply) {
		return nil, status.NoPacket
	}
	packet, err := q.pool.Allocate(ipv4CommandRoom, 0)
	if err != nil {
		return nil, err
	}
	text := q.reply[q.sent:min(len(q.reply), q.sent+20)]
	q.sent += len(text)
	return packet, packet.Append(text, q.pool, 0)
}

// TestAllocations fetches a message again and again, with nothing left for the
// garbage collector.
func TestAllocations(t *testing.T) {
	for _, fixes := range []Fixes{AllFixes, AllFixes &^ (FixesOf(QuirkReplyLate) | lineFixes)} {
		b := newBench(t, 1536, 8)
		if err := b.prepare(Config{Pool: b.pool, Server: netip.IPv4Unspecified().Next()}); err != nil {
			t.Fatal(err)
		}
		server := &quickServer{pool: b.pool}
		b.fixes = fixes
		if err := b.start(server); err != nil {
			t.Fatal(err)
		}
		fetch := func() {
			if count, _, err := b.MailItems(); count != 2 || err != nil {
				t.Fatal(count, err)
			}
			if _, err := b.MailItem(1); err != nil {
				t.Fatal(err)
			}
			for final := false; !final; {
				packet, _, last, err := b.Message()
				if err != nil {
					t.Fatal(err)
				}
				packet.Release()
				final = last
			}
		}
		if n := testing.AllocsPerRun(100, fetch); n != 0 {
			t.Errorf("fixes %v: %v allocations per message, want none", fixes, n)
		}
		b.socket.Delete()
		b.socket = nil
	}
}
