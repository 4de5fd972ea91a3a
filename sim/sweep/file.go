package sweep

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"sync"

	"netxsim/sim/scenario"
)

// Format is what the first line of a result file says that it is.
const Format = "netxsim results 1"

// A Header is the first line of a result file: everything that is needed to say, with the results, what one machine would
// have said.
type Header struct {
	Format  string `json:"format"`  // Format
	Command string `json:"command"` // run or size
	File    string `json:"file"`    // the scenario's file
	Source  string `json:"source"`  // its text
	Hash    string `json:"hash"`    // scenario.Scenario.Hash
	Version string `json:"version"` // of the program
	First   uint64 `json:"first"`   // the first seed
	Seeds   int    `json:"seeds"`   // how many there are in all shards together
	Shard   Shard  `json:"shard"`

	// Options are those of the command that change what it says.
	Options json.RawMessage `json:"options,omitempty"`
}

// same reports whether two headers are of shards of the same sweep.
func (h *Header) same(o *Header) bool {
	a, b := *h, *o
	a.Shard, b.Shard = Shard{}, Shard{}
	a.File, b.File = "", ""
	return reflect.DeepEqual(a, b)
}

// difference names what tells two headers apart.
func (h *Header) difference(o *Header) string {
	switch {
	case h.Command != o.Command:
		return fmt.Sprintf("results of netxsim %s and of netxsim %s", h.Command, o.Command)
	case h.Version != o.Version:
		return fmt.Sprintf("made by version %s and by version %s", h.Version, o.Version)
	case h.Hash != o.Hash || h.Source != o.Source:
		return fmt.Sprintf("scenario %s and scenario %s", h.Hash, o.Hash)
	default:
		return "made with different flags"
	}
}

// A Key is what a result depends on, and nothing else.
type Key struct {
	Hash    string
	Seed    uint64
	Version string
}

// KeyOf is the key of a result.
func KeyOf(r *scenario.Result) Key { return Key{r.Hash, r.Seed, r.Version} }

// A Store keeps results in a file, and in memory. It is safe for concurrent use.
type Store struct {
	header Header
	mutex  sync.Mutex
	file   *os.File // nil: memory only
	lines  map[Key][]byte
}

// Open opens the result file at path for the sweep that header describes. A file that is there is taken up again; it must be
// of the same sweep and shard. An empty path keeps results in memory.
func Open(path string, header Header) (*Store, error) {
	header.Format = Format
	s := &Store{header: header, lines: map[Key][]byte{}}
	if path == "" {
		return s, nil
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	s.file = file
	if err := s.resume(path); err != nil {
		file.Close()
		return nil, err
	}
	return s, nil
}

// resume reads what is in the file and cuts off what is torn.
func (s *Store) resume(path string) error {
	data, err := io.ReadAll(s.file)
	if err != nil {
		return err
	}
	whole := bytes.LastIndexByte(data, '\n') + 1
	if whole > 0 {
		p, err := parse(path, data[:whole])
		if err != nil {
			return err
		}
		if !p.header.same(&s.header) || p.header.Shard != s.header.Shard {
			return fmt.Errorf("%s: has results of something else (%s): name another file or remove it", path, p.header.difference(&s.header))
		}
		s.lines = p.lines
	}
	if err := s.file.Truncate(int64(whole)); err != nil {
		return err
	}
	if _, err := s.file.Seek(int64(whole), io.SeekStart); err != nil || whole > 0 {
		return err
	}
	return s.write(s.header)
}

// write appends v as a line.
func (s *Store) write(v any) error {
	line, err := json.Marshal(v)
	if err != nil || s.file == nil {
		return err
	}
	_, err = s.file.Write(append(line, '\n'))
	return err
}

// Len returns the number of results.
func (s *Store) Len() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return len(s.lines)
}

// Runner returns a Runner that runs only what the store does not have, with run, and keeps the results.
func (s *Store) Runner(run Runner) Runner {
	return func(ctx context.Context, sc *scenario.Scenario, seed uint64) (*scenario.Result, error) {
		if result, ok, err := s.get(Key{sc.Hash(), seed, s.header.Version}); ok {
			return result, err
		}
		result, err := run(ctx, sc, seed)
		if err == nil {
			err = s.put(result)
		}
		return result, err
	}
}

func (s *Store) get(k Key) (*scenario.Result, bool, error) {
	s.mutex.Lock()
	line, ok := s.lines[k]
	s.mutex.Unlock()
	if !ok {
		return nil, false, nil
	}
	result := new(scenario.Result)
	return result, true, json.Unmarshal(line, result)
}

func (s *Store) put(r *scenario.Result) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.lines[KeyOf(r)] = line
	if s.file == nil {
		return nil
	}
	_, err = s.file.Write(append(line, '\n'))
	return err
}

// Close closes the file.
func (s *Store) Close() error {
	if s.file == nil {
		return nil
	}
	return errors.Join(s.file.Sync(), s.file.Close())
}
