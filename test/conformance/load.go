package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Load reads the vectors of files and folders, in the order given; of a folder, every *.jsonl file in it and below it,
// by name. An error names the path, and for a malformed vector the line.
func Load(paths ...string) ([]Case, error) {
	var cases []Case
	for _, path := range paths {
		files, err := vectorFiles(path)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			if cases, err = parse(cases, file, data); err != nil {
				return nil, err
			}
		}
	}
	return cases, nil
}

// vectorFiles is path itself when it is a file, else the *.jsonl files below it.
func vectorFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var files []string
	err = filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && isVectorFile(file) {
			files = append(files, file)
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: no *.jsonl file in it or below it", path)
	}
	return files, err
}

func isVectorFile(name string) bool { return strings.HasSuffix(name, ".jsonl") }

// parse appends the vectors of one file's data to cases.
func parse(cases []Case, file string, data []byte) ([]Case, error) {
	number := 0
	for line := range bytes.Lines(data) {
		number++
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		c := Case{File: file, Line: number, Raw: line}
		if err := c.readHeader(); err != nil {
			return nil, fmt.Errorf("%s: not a vector: %w", c.Source(), err)
		}
		cases = append(cases, c)
	}
	return cases, nil
}

// readHeader fills the names of the case from its line.
func (c *Case) readHeader() error {
	var header struct{ Suite, Name, Profile string }
	if err := json.Unmarshal(c.Raw, &header); err != nil {
		return err
	}
	c.Suite, c.Name, c.Profile = header.Suite, header.Name, header.Profile
	for _, field := range []struct{ name, value string }{{"suite", c.Suite}, {"profile", c.Profile}, {"name", c.Name}} {
		if field.value == "" {
			return fmt.Errorf("no %q", field.name)
		}
	}
	return nil
}
