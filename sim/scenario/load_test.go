package scenario

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
)

func TestTry(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.yaml")
	for _, f := range files {
		s, err := LoadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Run(s, Options{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		b, _ := json.MarshalIndent(r, "", " ")
		fmt.Println(string(b))
		r2, err := Run(s, Options{Seed: 1})
		b2, _ := json.MarshalIndent(r2, "", " ")
		fmt.Println(string(b) == string(b2))
	}
}
