package session

import (
	"fmt"
	"os"
	"path/filepath"
)

// output is the folder that fetched messages are written to. A nil output
// drops them.
type output struct{ dir string }

// newOutput creates the folder, unless dir is empty.
func newOutput(dir string) (*output, error) {
	if dir == "" {
		return nil, nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	return &output{dir}, nil
}

// write stores a message as 0001.eml and so on.
func (o *output) write(number int, text []byte) error {
	if o == nil {
		return nil
	}
	return os.WriteFile(filepath.Join(o.dir, fmt.Sprintf("%04d.eml", number)), text, 0o666)
}
