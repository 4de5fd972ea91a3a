package scenario

import "testing"

func benchmarkFile(b *testing.B, file string) {
	s, err := LoadFile("testdata/" + file)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for seed := uint64(0); b.Loop(); seed++ {
		r, err := Run(s, Options{Seed: seed})
		if err != nil {
			b.Fatal(err)
		}
		if !r.Passed() {
			b.Fatal(seed, r.Failures)
		}
	}
}

func BenchmarkTransfer(b *testing.B) { benchmarkFile(b, "transfer.yaml") }

func BenchmarkPOP3(b *testing.B) { benchmarkFile(b, "pop3.yaml") }
