package pop3client

import (
	"fmt"
	"testing"

	"netxsim/packetpool"
)

// number is what a call makes of a reply: its numbers, or "error", with the
// numbers that come along.
type numbers string

func (b *bench) stat() numbers {
	count, total, err := b.MailItems()
	if err != nil {
		return numbers(fmt.Sprintf("error %d %d", count, total))
	}
	return numbers(fmt.Sprintf("%d %d", count, total))
}

func TestStatReplies(t *testing.T) {
	tests := []struct {
		reply    string
		faithful numbers
		hit      Quirk
		fixed    numbers
	}{
		{"+OK 2 320\r\n", "2 320", 0, "2 320"},
		{"+OK 0 0\r\n", "0 0", 0, "0 0"},
		{"+OK 0003 0044\r\n", "3 44", 0, "3 44"},
		{"+OK 2 320\n", "2 320", 0, "2 320"},
		{"+OK 2 320 extra words\r\n", "2 320", 0, "2 320"},
		{"-ERR no\r\n", "error 0 0", 0, "error 0 0"},
		{"+ok 2 320\r\n", "error 0 0", 0, "error 0 0"},
		{"+OK two 320\r\n", "error 0 0", 0, "error 0 0"},
		{"+OK -2 320\r\n", "error 0 0", 0, "error 0 0"},
		{"\x00+OK 2 320\r\n", "error 0 0", 0, "error 0 0"},
		{"+OK 2\r\n", "error 2 0", QuirkStatPartial, "error 0 0"},
		{"+OK 2 many\r\n", "error 2 0", QuirkStatPartial, "error 0 0"},
		{"+OKAY 2 320\r\n", "2 320", QuirkReplyPrefix, "error 0 0"},
		{"+OK-2 320\r\n", "2 320", QuirkReplyPrefix, "error 0 0"},
		{"+OK  2 320\r\n", "error 0 0", QuirkReplyWords, "2 320"},
		{"+OK 2  320\r\n", "error 2 0", QuirkReplyWords, "2 320"},
		{"+OK\t2\t320\r\n", "error 0 0", QuirkReplyWords, "2 320"},
		{"+OK 0x10 0x20\r\n", "0 0", QuirkReplyWords, "error 0 0"},
		{"+OK 2 320bytes\r\n", "2 320", QuirkReplyWords, "error 0 0"},
		{"+OK 1234567 12345\r\n", "1234567 1234567", QuirkStatStaleDigits, "1234567 12345"},
		{"+OK 123456789 55555\r\n", "123456789 555556789", QuirkStatStaleDigits, "123456789 55555"},
		{"+OK 1234567 1234\r\n", "1234567 1234", 0, "1234567 1234"},
		{"+OK 2 4294967295\r\n", "2 4294967295", 0, "2 4294967295"},
		{"+OK 2 4294967296\r\n", "2 0", QuirkNumber10Digits, "error 0 0"},
		{"+OK 2 00000000007\r\n", "2 0", QuirkNumber10Digits, "2 7"},
		{"+O\n", "error 0 0", 0, "error 0 0"},
		{"\n", "error 0 0", 0, "error 0 0"},
	}
	for _, tt := range tests {
		t.Run(tt.reply, func(t *testing.T) {
			b := connected(t, NoFixes, on("STAT", tt.reply))
			if got := b.stat(); got != tt.faithful {
				t.Errorf("faithful: %q, want %q", got, tt.faithful)
			}
			if tt.hit != 0 && b.hits(tt.hit) == 0 {
				t.Errorf("%v not hit but %v", tt.hit, b.Quirks())
			}
			if got := connected(t, AllFixes, on("STAT", tt.reply)).stat(); got != tt.fixed {
				t.Errorf("fixed: %q, want %q", got, tt.fixed)
			}
		})
	}
}

// TestTargetNumbers reads a number beyond 32 bits on a 32-bit target.
func TestTargetNumbers(t *testing.T) {
	target := packetpool.ILP32
	pool, err := packetpool.New(nil, packetpool.Config{
		Name: "test", Payload: 200, Target: target, Size: packetpool.SizeFor(target, 200, 4),
	})
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, 200, 4, login(on("STAT", "+OK 2 4294967296\r\n"))...)
	b.pool, b.server.pool = pool, pool
	if err := b.create(Config{}); err != nil {
		t.Fatal(err)
	}
	if got := b.stat(); got != "2 4294967295" {
		t.Errorf("%q", got)
	}
}

// TestTinyReplies are replies that C compares with left-over memory.
func TestTinyReplies(t *testing.T) {
	for reply, hits := range map[string]uint32{"+": 1, "+O": 1, "-": 0, "xy": 0} {
		b := connected(t, NoFixes, on("STAT", reply))
		if got := b.stat(); got != "error 0 0" || b.hits(QuirkReplyTiny) != hits {
			t.Errorf("%q: %q, %d hits, want %d", reply, got, b.hits(QuirkReplyTiny), hits)
		}
	}
}

func (b *bench) list(item uint32) numbers {
	size, err := b.MailItemSize(item)
	if err != nil {
		return numbers(fmt.Sprintf("error %d", size))
	}
	return numbers(fmt.Sprint(size))
}

func TestListReplies(t *testing.T) {
	tests := []struct {
		item     uint32
		reply    string
		faithful numbers
		hit      Quirk
		fixed    numbers
	}{
		{1, "+OK 1 100\r\n", "100", 0, "100"},
		{12, "+OK 12 5\r\n", "52", QuirkListStaleDigits, "5"},
		{10, "+OK 10 7\r\n", "70", QuirkListStaleDigits, "7"},
		{12, "+OK 12 567\r\n", "567", 0, "567"},
		{1, "+OK 2 100\r\n", "error 0", 0, "error 0"},
		{1, "+OK 1\r\n", "error 0", 0, "error 0"},
		{1, "-ERR\r\n", "error 0", 0, "error 0"},
		{1, "+OK 1  100\r\n", "error 0", QuirkReplyWords, "100"},
	}
	for _, tt := range tests {
		t.Run(tt.reply, func(t *testing.T) {
			answers := []answer{on("STAT", "+OK 20 1\r\n"), on("LIST", tt.reply)}
			b := connected(t, NoFixes, answers...)
			b.stat()
			if got := b.list(tt.item); got != tt.faithful {
				t.Errorf("faithful: %q, want %q", got, tt.faithful)
			}
			if tt.hit != 0 && b.hits(tt.hit) == 0 {
				t.Errorf("%v not hit but %v", tt.hit, b.Quirks())
			}
			if got := connected(t, AllFixes, answers...).list(tt.item); got != tt.fixed {
				t.Errorf("fixed: %q, want %q", got, tt.fixed)
			}
		})
	}
}

// TestCount checks what STAT leaves for the range check of LIST and RETR.
func TestCount(t *testing.T) {
	tests := map[string]struct {
		fixes Fixes
		stats []string
		want  numbers // of LIST 2
		hit   Quirk
	}{
		"in range":            {NoFixes, []string{"+OK 2 9\r\n"}, "7", 0},
		"beyond":              {NoFixes, []string{"+OK 1 9\r\n"}, "error 0", 0},
		"beyond, fixed":       {AllFixes, []string{"+OK 1 9\r\n"}, "error 0", 0},
		"before STAT":         {NoFixes, nil, "error 0", QuirkStatRequired},
		"before STAT, fixed":  {FixesOf(QuirkStatRequired), nil, "7", 0},
		"refused":             {NoFixes, []string{"+OK 2 9\r\n", "-ERR\r\n"}, "error 0", QuirkStatClears},
		"refused, fixed":      {FixesOf(QuirkStatClears), []string{"+OK 2 9\r\n", "-ERR\r\n"}, "7", 0},
		"partial":             {NoFixes, []string{"+OK 2 x\r\n"}, "7", QuirkStatPartial},
		"partial, fixed":      {FixesOf(QuirkStatPartial), []string{"+OK 2 x\r\n"}, "error 0", 0},
		"partial, all fixes":  {AllFixes, []string{"+OK 2 9\r\n", "+OK 1 x\r\n"}, "7", 0},
		"unanswered":          {NoFixes, []string{"+OK 2 9\r\n", ""}, "error 0", QuirkOutputs},
		"unanswered, cleared": {FixesOf(QuirkStatClears), []string{"+OK 2 9\r\n", ""}, "7", QuirkOutputs},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			answers := []answer{on("LIST", "+OK 2 7\r\n")}
			for _, reply := range tt.stats {
				a := on("STAT")
				if reply != "" {
					a = on("STAT", reply)
				}
				answers = append(answers, a)
			}
			b := connected(t, tt.fixes, answers...)
			for range tt.stats {
				b.stat()
			}
			if got := b.list(2); got != tt.want {
				t.Errorf("LIST 2: %q, want %q", got, tt.want)
			}
			if tt.hit != 0 && b.hits(tt.hit) == 0 {
				t.Errorf("%v not hit but %v", tt.hit, b.Quirks())
			}
		})
	}
}

// TestStoreIndex compares what an index leaves in the buffer with what C's
// conversion leaves: nine digits at most, then a zero byte, and '0' in front
// if there were more.
func TestStoreIndex(t *testing.T) {
	for item, want := range map[uint32]string{
		1:          "1",
		999999999:  "999999999",
		1000000005: "000000005",
		4294967295: "094967295",
	} {
		b := cBuffer{9: 'x'}
		b.storeIndex(item)
		if got := string(b[:len(want)]); got != want || b[len(want)] != 0 {
			t.Errorf("%d: %q, want %q", item, b, want)
		}
	}
}
