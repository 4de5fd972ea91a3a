package scenario

import "path/filepath"

// LoadAs reads a scenario as LoadFile does, but from data: what the file at path has, or had. Paths in it are relative to the
// folder of path.
func LoadAs(path string, data []byte) (*Scenario, error) { return load(path, filepath.Dir(path), data) }
