package host

import (
	"encoding/hex"
	"testing"

	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// syn is a SYN from 10.0.0.1:4000 to 10.0.0.2:7 with an MSS option.
const syn = "0200000000020200000000010800" + "4500002c000100004006" + "66c9" + "0a0000010a000002" +
	"0fa00007000000640000000060022000" + "f5a9" + "0000" + "020405b4"

func frameOf(t testing.TB, text string) []byte {
	t.Helper()
	frame, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	ip := header.IPv4(frame[header.EthernetMinimumSize:])
	ip.SetChecksum(0)
	ip.SetChecksum(^ip.CalculateChecksum())
	tcp := header.TCP(ip.Payload())
	tcp.SetChecksum(0)
	tcp.SetChecksum(^tcp.CalculateChecksum(header.PseudoHeaderChecksum(header.TCPProtocolNumber, ip.SourceAddress(), ip.DestinationAddress(), uint16(len(tcp)))))
	return frame
}

// TestParseSegment reads a whole SYN, also with padding behind it, and nothing
// that is damaged anywhere or cut off.
func TestParseSegment(t *testing.T) {
	frame := frameOf(t, syn)
	for _, padded := range [][]byte{frame, append(frame[:len(frame):len(frame)], 0, 0)} {
		s, ok := parseSegment(padded)
		if !ok || s.from.String() != "10.0.0.1:4000" || s.to.String() != "10.0.0.2:7" || s.flags != header.TCPFlagSyn {
			t.Errorf("parsed %v from %v to %v with %v", ok, s.from, s.to, s.flags)
		}
	}
	for i := 12; i < len(frame); i++ {
		damaged := append([]byte(nil), frame...)
		damaged[i] ^= 0x11
		if _, ok := parseSegment(damaged); ok {
			t.Errorf("byte %d is wrong, and nobody sees it", i)
		}
	}
	for n := range frame {
		if _, ok := parseSegment(frame[:n]); ok {
			t.Errorf("%d bytes of %d are enough", n, len(frame))
		}
	}
}

// FuzzParseSegment wants no frame to be more than not a segment.
func FuzzParseSegment(f *testing.F) {
	f.Add(frameOf(f, syn))
	f.Fuzz(func(t *testing.T, frame []byte) {
		if s, ok := parseSegment(frame); ok && (!s.from.IsValid() || !s.to.IsValid() || len(s.tcp.Payload()) > len(frame)) {
			t.Errorf("%+v", s)
		}
	})
}
