package scenario

import (
	"syscall"
	"testing"
	"time"
)

// benchmarkFile runs an example with one seed after the other. Beside the wall
// time it reports the processor's time, which other programs on the machine do
// not lengthen as much, and how much faster than wall time virtual time is.
func benchmarkFile(b *testing.B, file string) {
	s, err := LoadFile("testdata/" + file)
	if err != nil {
		b.Fatal(err)
	}
	p, err := Prepare(s)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var virtual time.Duration
	before := processorTime(b)
	for seed := uint64(0); b.Loop(); seed++ {
		r, err := p.Run(Options{Seed: seed})
		if err != nil {
			b.Fatal(err)
		}
		if !r.Passed() {
			b.Fatal(seed, r.Failures)
		}
		virtual += r.Virtual
	}
	took := processorTime(b) - before
	b.ReportMetric(took.Seconds()*1e3/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(virtual)/float64(b.Elapsed()), "virtual/wall")
}

// processorTime is what the process has used.
func processorTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkTransfer connects two netx hosts, moves 64 KiB and tears all of it
// down. BenchmarkBareTransfer of ipstack/internal/netstack does so with bare
// netstack.
func BenchmarkTransfer(b *testing.B) { benchmarkFile(b, "transfer.yaml") }

// BenchmarkPOP3 fetches 20 messages, 100 kB in all, over a wire that loses 2 %.
func BenchmarkPOP3(b *testing.B) { benchmarkFile(b, "pop3.yaml") }

// BenchmarkIdle lets a day pass in which a device sends a datagram a minute.
func BenchmarkIdle(b *testing.B) { benchmarkFile(b, "idle.yaml") }
