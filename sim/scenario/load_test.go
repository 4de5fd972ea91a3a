package scenario

import (
	"fmt"
	"testing"
)

func TestTry(t *testing.T) {
	s, err := LoadFile("testdata/pop3.yaml")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("%+v\n%s\n", s, s.Hash())
	_, err = Load("x.yaml", []byte("wires:\n - name: a\n   lattency: 3\n   latency: 3\n   mtu: 10\n   mtu: 3\nhosts:\n - name: x\n   wire: b\n - nam: &a y\nworkloads: 3\nfoo: {<<: *a}\n"))
	fmt.Println(err)
}
