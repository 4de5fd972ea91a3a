package link_test

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"netxsim/sim/link"
)

// The headers of the frames that TestDescribe puts together, in hexadecimal.
const (
	machines  = "020000000002 020000000001"
	ethernet4 = machines + "0800"
	ethernet6 = machines + "86dd"
	tcp       = "c000 0050 00000001 00000002 5018 05b4 0000 0000"
	udp       = "0035 07d0 000c 0000"
	from6to6  = "fd000000000000000000000000000001 fd000000000000000000000000000002"
)

// ip4 is an IPv4 header with a total length, a fragment word and a protocol.
func ip4(length, fragment, protocol string) string {
	return "4500" + length + "0001" + fragment + "40" + protocol + "0000 0a000001 0a000002"
}

// ip6 is an IPv6 header with a payload length and a next header.
func ip6(length, next string) string { return "60000000" + length + next + "40" + from6to6 }

// TestDescribe puts frames of all kinds into words, whole and cut off.
func TestDescribe(t *testing.T) {
	for _, test := range []struct {
		parts []string
		want  string
	}{
		{[]string{"0200"}, "2 bytes, too short for a frame"},
		{[]string{machines, "88cc", "0102"}, "type 0x88cc, 2 bytes"},
		{[]string{machines, "0806", "0001080006040001 020000000001 0a000001 000000000000 0a000002"}, "ARP who has 10.0.0.2? tell 10.0.0.1"},
		{[]string{machines, "0806", "0001080006040002 020000000002 0a000002 020000000001 0a000001"}, "ARP 10.0.0.2 is at 020000000002"},
		{[]string{ethernet4, ip4("002b", "0000", "06"), tcp, "616263", "000000"}, "10.0.0.1:49152 > 10.0.0.2:80 TCP PSH,ACK seq 1 ack 2 win 1460, 3 bytes"},
		{[]string{ethernet4, ip4("0020", "0000", "11"), udp, "61626364"}, "10.0.0.1:53 > 10.0.0.2:2000 UDP, 4 bytes"},
		{[]string{ethernet4, ip4("0020", "2000", "11"), udp, "61626364"}, "10.0.0.1:53 > 10.0.0.2:2000 UDP, 4 bytes (first fragment)"},
		{[]string{ethernet4, ip4("0020", "00b9", "11"), udp, "61626364"}, "10.0.0.1 > 10.0.0.2 protocol 17, 12 bytes (fragment at 1480)"},
		{[]string{ethernet4, ip4("001c", "0000", "01"), "0800000000010001"}, "10.0.0.1 > 10.0.0.2 ICMP type 8 code 0, 8 bytes"},
		{[]string{ethernet4, ip4("001c", "0000", "02"), "1100000000000000"}, "10.0.0.1 > 10.0.0.2 protocol 2, 8 bytes"},
		{[]string{ethernet6, ip6("0017", "06"), tcp, "616263"}, "[fd00::1]:49152 > [fd00::2]:80 TCP PSH,ACK seq 1 ack 2 win 1460, 3 bytes"},
		{[]string{ethernet6, ip6("000c", "11"), udp, "61626364", "0000"}, "[fd00::1]:53 > [fd00::2]:2000 UDP, 4 bytes"},
		{[]string{ethernet6, ip6("0014", "2c"), "1100000100000009", udp, "61626364"}, "[fd00::1]:53 > [fd00::2]:2000 UDP, 4 bytes (first fragment)"},
		{[]string{ethernet6, ip6("0014", "2c"), "110005a800000009", udp, "61626364"}, "fd00::1 > fd00::2 protocol 17, 12 bytes (fragment at 1448)"},
		{[]string{ethernet6, ip6("0014", "00"), "1100050200000100", udp, "61626364"}, "[fd00::1]:53 > [fd00::2]:2000 UDP, 4 bytes"},
		{[]string{ethernet6, ip6("0008", "00"), "3cff050200000100"}, "fd00::1 > fd00::2 protocol 60, 0 bytes"},
		{[]string{ethernet6, ip6("0008", "3a"), "8000000000010001"}, "fd00::1 > fd00::2 ICMPv6 type 128 code 0, 8 bytes"},
		{[]string{ethernet6, ip6("0020", "3a"), "8700000000000000 fd000000000000000000000000000002 0101020000000001"}, "ICMPv6 who has fd00::2? tell fd00::1"},
		{[]string{ethernet6, ip6("0020", "3a"), "8800000060000000 fd000000000000000000000000000002 0201020000000002"}, "ICMPv6 fd00::2 is at 020000000002"},
		{[]string{ethernet6, ip6("0018", "3a"), "8800000060000000 fd000000000000000000000000000002"}, "ICMPv6 fd00::2 is here"},
	} {
		frame, err := hex.DecodeString(strings.ReplaceAll(strings.Join(test.parts, ""), " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		if got := link.Describe(frame); got != test.want {
			t.Errorf("%s\nwant %s", got, test.want)
		}
		for n := range frame {
			_ = link.Describe(slices.Clip(frame[:n])) // a cut one must not take more than there is
		}
	}
}
