// Refresh copies recorded conformance vectors and their descriptions into the repository, compressed, or with -check
// says which files differ.
//
//	go run ./test/conformance/refresh -from ../shared/conformance
//	go run ./test/conformance/refresh -from ../shared/conformance -check
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"netxsim/test/conformance"
)

func main() {
	from := flag.String("from", filepath.FromSlash("../shared/conformance"), "`folder` with the recorded vectors")
	to := flag.String("to", filepath.FromSlash(conformance.EmbeddedPath), "archive `file` in the repository")
	check := flag.Bool("check", false, "write nothing; fail when the archive differs from the folder")
	flag.Parse()
	if err := run(*from, *to, *check); err != nil {
		fmt.Fprintln(os.Stderr, "refresh:", err)
		os.Exit(1)
	}
}

func run(from, to string, check bool) error {
	files, err := conformance.Collect(from)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%s holds no vectors", from)
	}
	if check {
		return compare(files, from, to)
	}
	packed, err := conformance.Pack(files)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to, packed, 0o644); err != nil {
		return err
	}
	fmt.Printf("%s: %d files, %d bytes\n", to, len(files), len(packed))
	return nil
}

// compare fails with the names of the files that differ between the folder and the archive.
func compare(files []conformance.File, from, to string) error {
	packed, err := os.ReadFile(to)
	if err != nil {
		return err
	}
	have, err := conformance.Unpack(packed)
	if err != nil {
		return fmt.Errorf("%s: %w", to, err)
	}
	if names := conformance.Differences(files, have); len(names) > 0 {
		return fmt.Errorf("%s differs from %s in:\n  %s\nrun: go run ./test/conformance/refresh -from %s",
			to, from, strings.Join(names, "\n  "), from)
	}
	fmt.Printf("%s: %d files, as in %s\n", to, len(have), from)
	return nil
}
