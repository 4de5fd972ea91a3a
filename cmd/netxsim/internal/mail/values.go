package mail

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap/zapcore"

	"netxsim/cmd/netxsim/internal/session"
)

// The values of the flags. Each is a flag.Value: Set reads what the user typed, String prints the default.

// loss is a share of frames: "0.05" or "5%".
type loss float64

func (l *loss) String() string { return strconv.FormatFloat(float64(*l)*100, 'g', -1, 64) + "%" }

func (l *loss) Set(text string) error {
	number, percent := strings.CutSuffix(text, "%")
	share, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return errors.New("want a share such as 0.05 or 5%")
	}
	if percent {
		share /= 100
	}
	if !(share >= 0 && share <= 1) {
		return errors.New("want a share from 0 to 1, or from 0% to 100%")
	}
	*l = loss(share)
	return nil
}

// latency is a time of at least a microsecond, below which the network stack stalls.
type latency time.Duration

func (l *latency) String() string { return time.Duration(*l).String() }

func (l *latency) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil {
		return errors.New("want a time such as 1us, 20ms or 1.5s")
	}
	if d < time.Microsecond {
		return errors.New("want at least 1us")
	}
	*l = latency(d)
	return nil
}

// bandwidth is a rate in bits per second: "64k", "10M", "1.5G", or plain; 0 is no limit.
type bandwidth uint64

// units are the letters behind a rate, largest first.
var units = []struct {
	letter string
	bits   float64
}{{"G", 1e9}, {"M", 1e6}, {"k", 1e3}}

func (b *bandwidth) String() string {
	for _, u := range units {
		if n := float64(*b) / u.bits; n >= 1 {
			return strconv.FormatFloat(n, 'g', -1, 64) + u.letter
		}
	}
	return strconv.FormatUint(uint64(*b), 10)
}

func (b *bandwidth) Set(text string) error {
	number, factor := text, 1.0
	for _, u := range units {
		if n, ok := strings.CutSuffix(text, u.letter); ok {
			number, factor = n, u.bits
		}
	}
	rate, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return errors.New("want bits per second such as 64k, 10M or 1G, or 0 for no limit")
	}
	rate *= factor
	if !(rate >= 0 && rate <= math.MaxInt64) || rate > 0 && rate < 1 {
		return errors.New("want 0 for no limit, or at least 1 bit per second")
	}
	*b = bandwidth(rate)
	return nil
}

// pool is the size of a packet pool: "payload=1536,packets=16"; either may be left out.
type pool session.Pool

func (p *pool) String() string { return fmt.Sprintf("payload=%d,packets=%d", p.Payload, p.Packets) }

func (p *pool) Set(text string) error {
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(part, "=")
		var field *uint32
		switch name {
		case "payload":
			field = &p.Payload
		case "packets":
			field = &p.Packets
		default:
			return fmt.Errorf("%q is neither payload=BYTES nor packets=N", part)
		}
		n, err := strconv.ParseUint(value, 10, 32)
		if err != nil || n == 0 {
			return fmt.Errorf("%s: want a whole number from 1, not %q", name, value)
		}
		*field = uint32(n)
	}
	if uint64(p.Payload)*uint64(p.Packets) > maxPool {
		return fmt.Errorf("%d packets of %d bytes are more than the %d MiB a pool may have", p.Packets, p.Payload, maxPool>>20)
	}
	return nil
}

// maxPool is the most bytes of payload that a pool may have: no target of NetX Duo has more RAM.
const maxPool = 1 << 30

// abi is the name of a target.
type abi session.ABI

func (a *abi) String() string { return string(*a) }

func (a *abi) Set(text string) error {
	switch t := session.ABI(text); t {
	case session.ILP32, session.LP64:
		*a = abi(t)
		return nil
	}
	return fmt.Errorf("want %s or %s", session.ILP32, session.LP64)
}

// level is the least severe event that is logged; "none" logs nothing.
type level zapcore.Level

func (l *level) String() string {
	if zapcore.Level(*l) == zapcore.InvalidLevel {
		return "none"
	}
	return zapcore.Level(*l).String()
}

func (l *level) Set(text string) error {
	switch text {
	case "debug", "info", "warn", "error":
		parsed, err := zapcore.ParseLevel(text)
		*l = level(parsed)
		return err
	case "none":
		*l = level(zapcore.InvalidLevel)
		return nil
	}
	return errors.New("want debug, info, warn, error or none")
}
