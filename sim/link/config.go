package link

import (
	"fmt"
	"time"
)

// Config describes a wire. The zero value is a wire of 1 microsecond latency and
// unlimited bandwidth that loses nothing.
type Config struct {
	// Name names the wire in reports and selects its random numbers.
	Name string
	// Latency is the time from the last bit leaving to the frame arriving. Less
	// than a microsecond means a microsecond.
	Latency time.Duration
	// Bandwidth is in bits per second, for each port and direction. 0 means unlimited.
	Bandwidth int64
	// Queue is how many bytes of frames may wait in a sending port for their turn, the one that is leaving and the new one included; a
	// frame that finds no room is lost. It matters only with a Bandwidth. 0 means any number.
	Queue int
	// MTU is the largest payload of a frame in bytes, without the Ethernet header. 0 means 1500.
	MTU int
	// Loss is the probability, 0 to 1, that a delivery is lost.
	Loss float64
}

// Check says what is wrong with the configuration, if anything: a negative time, size or rate, a loss that is no probability.
func (c Config) Check() error {
	switch {
	case !(c.Loss >= 0 && c.Loss <= 1): // NaN is neither
		return fmt.Errorf("wire %s: Loss is %v, want a probability from 0 to 1", c.Name, c.Loss)
	case c.Latency < 0:
		return fmt.Errorf("wire %s: Latency is %v, want 0 or more", c.Name, c.Latency)
	}
	for _, n := range []struct {
		what  string
		value int64
	}{{"Bandwidth", c.Bandwidth}, {"Queue", int64(c.Queue)}, {"MTU", int64(c.MTU)}} {
		if n.value < 0 {
			return fmt.Errorf("wire %s: %s is %d, want 0 or more", c.Name, n.what, n.value)
		}
	}
	return nil
}

// must panics if there is something wrong.
func (c Config) must() {
	if err := c.Check(); err != nil {
		panic("link: " + err.Error())
	}
}

// change changes the configuration for frames sent from now on.
func (w *Wire) change(f func(c *Config)) {
	c := w.cfg
	f(&c)
	c.must()
	w.cfg = c
}

// SetLatency changes the latency for frames sent from now on. Less than a microsecond means a microsecond. A
// shorter latency lets frames overtake those on their way.
func (w *Wire) SetLatency(d time.Duration) {
	w.change(func(c *Config) { c.Latency = d })
	w.cfg.Latency = max(d, minLatency)
}

// SetBandwidth changes the bandwidth, in bits per second, for frames sent from now on: what waits in a port leaves
// as it would have. 0 means unlimited.
func (w *Wire) SetBandwidth(bits int64) { w.change(func(c *Config) { c.Bandwidth = bits }) }

// SetQueue changes how many bytes may wait in a sending port, for frames sent from now on. 0 means any number.
func (w *Wire) SetQueue(bytes int) { w.change(func(c *Config) { c.Queue = bytes }) }

// SetLoss changes the probability, 0 to 1, that a delivery is lost, for frames sent from now on.
func (w *Wire) SetLoss(p float64) { w.change(func(c *Config) { c.Loss = p }) }

// SetMTU changes the largest payload for frames sent from now on, in bytes. It has to be more than 0 to let anything through.
func (w *Wire) SetMTU(n int) { w.change(func(c *Config) { c.MTU = n }) }
