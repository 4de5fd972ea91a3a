// Command refresh copies the shared inventory into test/inventory,
// compressed. It runs in that folder, by go generate.
package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"netxsim/test/inventory"
	"netxsim/test/inventory/shared"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "refresh:", err)
		os.Exit(1)
	}
}

func run() error {
	dir, ok := shared.Dir("api")
	if !ok {
		return errors.New("no shared folder: set NETXSIM_SHARED")
	}
	for _, name := range inventory.Files {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		packed, err := pack(raw)
		if err != nil {
			return err
		}
		if err := os.WriteFile(name+".gz", packed, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// pack compresses without a name or time, so equal input gives equal files.
func pack(raw []byte) ([]byte, error) {
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := zip.Write(raw); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
