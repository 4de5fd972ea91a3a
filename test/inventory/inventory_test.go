package inventory_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"netxsim/test/inventory"
	"netxsim/test/inventory/shared"
)

func TestCopiesEqualShared(t *testing.T) {
	dir, ok := shared.Dir("api")
	if !ok {
		t.Skip("no shared folder beside the repository")
	}
	for _, name := range inventory.Files {
		want, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := inventory.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from the shared folder: run go generate ./test/inventory", name)
		}
	}
}

func TestLoad(t *testing.T) {
	netx, err := inventory.LoadNetX()
	if err != nil {
		t.Fatal(err)
	}
	threadx, err := inventory.LoadThreadX()
	if err != nil {
		t.Fatal(err)
	}
	services, err := inventory.LoadServices()
	if err != nil {
		t.Fatal(err)
	}
	if len(netx.Status) < 60 || len(threadx.Status) < 30 || len(services) < 170 || len(threadx.Services) < 80 {
		t.Errorf("inventory is not complete: %d statuses, %d kernel statuses, %d services, %d kernel services",
			len(netx.Status), len(threadx.Status), len(services), len(threadx.Services))
	}
}
