package scenario

import (
	"fmt"
	"testing"
)

func TestTry2(t *testing.T) {
	for _, k := range Kinds() {
		b, _ := Template(k)
		if k == "pop3" {
			fmt.Println(string(b))
		}
		s, err := Load("x.yaml", b)
		if err != nil {
			fmt.Println(string(b))
			t.Fatal(err)
		}
		if k == "pop3" {
			fmt.Println(string(s.YAML()))
		}
		s2, err := Load("x.yaml", s.YAML())
		if err != nil {
			t.Fatal(err)
		}
		if s2.Hash() != s.Hash() {
			t.Fatal("hash", string(s2.YAML()))
		}
		r, err := Run(s, Options{Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(r.Failures, r.Virtual)
	}
	if len(Schema()) < 1000 {
		t.Fatal()
	}
}
