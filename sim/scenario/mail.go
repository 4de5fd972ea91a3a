package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"

	"netxsim/sim/mailbox"
)

// mailPath returns where the mailbox that the scenario names is.
func (s *Scenario) mailPath(path string) string {
	if filepath.IsAbs(path) || s.dir == "" {
		return path
	}
	return filepath.Join(s.dir, path)
}

// mailHash returns a hash of the messages at a path, or the path if they cannot
// be read.
func (s *Scenario) mailHash(path string) string {
	box, err := mailbox.Open(s.mailPath(path))
	if err != nil {
		return path
	}
	hash := sha256.New()
	for _, m := range box.Messages() {
		text, err := m.Bytes()
		if err != nil {
			return path
		}
		sum := sha256.Sum256(text)
		hash.Write(sum[:])
	}
	return hex.EncodeToString(hash.Sum(nil))
}
