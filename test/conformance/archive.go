package conformance

import (
	"archive/tar"
	"bytes"
	_ "embed" // holds the vectors
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

//go:embed vectors/vectors.tar.zst
var embedded []byte

// EmbeddedPath is where the vectors that the repository ships stand in it.
const EmbeddedPath = "test/conformance/vectors/vectors.tar.zst"

// A File is one file of the recorded material: vectors, or a description of them.
type File struct {
	Name string // slash-separated path within the material, such as "pop3/FORMAT.md"
	Data []byte
}

// Embedded returns the vectors that the repository ships. Their File is the path within the recorded material.
func Embedded() ([]Case, error) {
	files, err := Unpack(embedded)
	if err != nil {
		return nil, err
	}
	var cases []Case
	for _, f := range files {
		if !isVectorFile(f.Name) {
			continue
		}
		if cases, err = parse(cases, f.Name, f.Data); err != nil {
			return nil, err
		}
	}
	return cases, nil
}

// EmbeddedFiles returns all recorded material that the repository ships, descriptions too, by name.
func EmbeddedFiles() ([]File, error) { return Unpack(embedded) }

// Collect reads the recorded material below dir: vectors and descriptions, by name.
func Collect(dir string) ([]File, error) {
	var files []File
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !(isVectorFile(path) || strings.HasSuffix(path, ".md")) {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		files = append(files, File{Name: filepath.ToSlash(name), Data: data})
		return err
	})
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files, err
}

// Pack writes files into a compressed archive: a tar without times or owners, so that equal files give equal bytes.
func Pack(files []File) ([]byte, error) {
	var out bytes.Buffer
	zip, err := zstd.NewWriter(&out, zstd.WithEncoderLevel(zstd.SpeedBestCompression),
		zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window))
	if err != nil {
		return nil, err
	}
	archive := tar.NewWriter(zip)
	for _, f := range files {
		header := &tar.Header{Format: tar.FormatUSTAR, Name: f.Name, Mode: 0o644, Size: int64(len(f.Data))}
		if err := archive.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := archive.Write(f.Data); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(archive.Close(), zip.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// window is how far back the compressor looks, in bytes: over all files, since those of two profiles are much alike.
const window = 16 << 20

// Unpack reads the files of an archive that Pack wrote.
func Unpack(packed []byte) ([]File, error) {
	unzip, err := zstd.NewReader(bytes.NewReader(packed), zstd.WithDecoderMaxWindow(window))
	if err != nil {
		return nil, fmt.Errorf("vectors: %w", err)
	}
	defer unzip.Close()
	var files []File
	archive := tar.NewReader(unzip)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("vectors: %w", err)
		}
		data, err := io.ReadAll(archive)
		if err != nil {
			return nil, fmt.Errorf("vectors: %s: %w", header.Name, err)
		}
		files = append(files, File{Name: header.Name, Data: data})
	}
}

// Differences names the files of one list that the other lacks or has with other contents, by name.
func Differences(a, b []File) []string {
	var names []string
	other := map[string][]byte{}
	for _, f := range b {
		other[f.Name] = f.Data
	}
	for _, f := range a {
		data, ok := other[f.Name]
		if !ok || !bytes.Equal(f.Data, data) {
			names = append(names, f.Name)
		}
		delete(other, f.Name)
	}
	for name := range other {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
