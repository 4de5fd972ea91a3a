// Package shared finds the folder of recorded material beside the repository,
// which exists where the project is developed but not on a fresh clone.
package shared

import (
	"os"
	"path/filepath"
)

// Dir returns the path of name inside the shared folder: the one that
// NETXSIM_SHARED names, else "shared" beside the module's root. ok is false
// where there is none.
func Dir(name string) (path string, ok bool) {
	base := os.Getenv("NETXSIM_SHARED")
	if base == "" {
		root, found := moduleRoot()
		if !found {
			return "", false
		}
		base = filepath.Join(root, "..", "shared")
	}
	path = filepath.Join(base, name)
	_, err := os.Stat(path)
	return path, err == nil
}

// moduleRoot walks up from the working directory to the folder of go.mod.
func moduleRoot() (string, bool) {
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}
