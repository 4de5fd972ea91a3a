package sweep

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"netxsim/sim/scenario"
)

// maxLine is the longest line that is read.
const maxLine = 64 << 20

// contents is a result file in memory.
type contents struct {
	path   string
	header Header
	lines  map[Key][]byte
}

// parse reads whole lines.
func parse(path string, data []byte) (*contents, error) {
	c := &contents{path: path, lines: map[Key][]byte{}}
	number := 0
	for line := range bytes.Lines(data) {
		number++
		line = bytes.TrimSuffix(line, []byte("\n"))
		var err error
		if number == 1 {
			err = c.head(line)
		} else {
			err = c.add(line)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, number, err)
		}
	}
	return c, nil
}

// head reads the first line.
func (c *contents) head(line []byte) error {
	if err := strict(line, &c.header); err != nil || c.header.Format != Format {
		return fmt.Errorf("this is no result file: want a first line with \"format\": %q", Format)
	}
	return nil
}

// add reads the line of a result.
func (c *contents) add(line []byte) error {
	if len(line) > maxLine {
		return fmt.Errorf("the line is longer than %d MiB", maxLine>>20)
	}
	var r scenario.Result
	if err := strict(line, &r); err != nil {
		return fmt.Errorf("this is no result: %w", err)
	}
	canonical, err := json.Marshal(&r)
	if err != nil {
		return err
	}
	k := KeyOf(&r)
	if known, ok := c.lines[k]; ok && !bytes.Equal(known, canonical) {
		return fmt.Errorf("conflicts with an earlier line of the file about scenario %s, seed %d", k.Hash, k.Seed)
	}
	c.lines[k] = canonical
	return nil
}

// strict decodes one JSON value whose keys are all known.
func strict(line []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("more than one value")
	}
	return nil
}

// Read joins the result files at paths. The store has all their results; its header is that of the sweep, without a shard.
// Last lines that are torn do not count.
//
// Errors: a file that cannot be read or is no result file; files of different sweeps; results that contradict each other.
func Read(paths ...string) (*Store, error) {
	s := &Store{lines: map[Key][]byte{}}
	from := map[Key]string{}
	var first *contents
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		whole := bytes.LastIndexByte(data, '\n') + 1
		if whole == 0 {
			return nil, fmt.Errorf("%s: is empty", path)
		}
		c, err := parse(path, data[:whole])
		if err != nil {
			return nil, err
		}
		if first == nil {
			first = c
		} else if !first.header.same(&c.header) {
			return nil, fmt.Errorf("%s and %s: %s", first.path, path, first.header.difference(&c.header))
		}
		if err := s.join(c, from); err != nil {
			return nil, err
		}
	}
	if first == nil {
		return nil, fmt.Errorf("no result file")
	}
	s.header = first.header
	s.header.Shard = Shard{}
	return s, nil
}

// join adds the results of c.
func (s *Store) join(c *contents, from map[Key]string) error {
	for _, k := range c.keys() {
		if known, ok := s.lines[k]; ok && !bytes.Equal(known, c.lines[k]) {
			return fmt.Errorf("%s and %s: different results of scenario %s, seed %d, version %s", from[k], c.path, k.Hash, k.Seed, k.Version)
		}
		s.lines[k], from[k] = c.lines[k], c.path
	}
	return nil
}

// keys are the keys in a fixed order.
func (c *contents) keys() []Key {
	var list []Key
	for k := range c.lines { //netxlint:ordered sorted below
		list = append(list, k)
	}
	slices.SortFunc(list, func(a, b Key) int {
		switch {
		case a.Hash != b.Hash:
			return bytes.Compare([]byte(a.Hash), []byte(b.Hash))
		case a.Seed < b.Seed:
			return -1
		case a.Seed > b.Seed:
			return 1
		}
		return bytes.Compare([]byte(a.Version), []byte(b.Version))
	})
	return list
}

// Header returns what the store's file says it is.
func (s *Store) Header() Header { return s.header }

// Results returns the results of the sweep's scenario for seeds, and the seeds of which there is none.
func (s *Store) Results(seeds []uint64) (results []*scenario.Result, missing []uint64, err error) {
	for _, seed := range seeds {
		r, ok, err := s.get(Key{s.header.Hash, seed, s.header.Version})
		if err != nil {
			return nil, nil, err
		}
		if !ok {
			missing = append(missing, seed)
			continue
		}
		results = append(results, r)
	}
	return results, missing, nil
}
