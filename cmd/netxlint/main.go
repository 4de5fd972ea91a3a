// Netxlint is the linter of netxsim's own rules: it keeps the wall clock, global randomness and map iteration order
// out of the engine, so that a run depends on nothing but its program and its seed.
//
//	go run ./cmd/netxlint ./...
//	go vet -vettool=$(pwd)/netxlint ./...
package main

import (
	"golang.org/x/tools/go/analysis/multichecker"

	"netxsim/cmd/netxlint/internal/determinism"
)

func main() { multichecker.Main(determinism.Analyzer) }
