package sizing

import (
	"encoding/json"
	"fmt"
	"netxsim/sim/scenario"
	"os"
	"testing"
)

func TestZZ(t *testing.T) {
	s, err := scenario.LoadFile(os.Getenv("F"))
	if err != nil {
		t.Fatal(err)
	}
	var sz Sizes
	json.Unmarshal([]byte(os.Getenv("S")), &sz)
	if sz != nil {
		s = Resize(s, sz)
	}
	f, _ := os.Create("/tmp/dbg/x.pcapng")
	r, err := scenario.Run(s, scenario.Options{Seed: 1, Pcap: f})
	f.Close()
	b, _ := json.MarshalIndent(r, "", " ")
	fmt.Println(string(b), err)
}
