package report_test

import (
	"bytes"
	"fmt"

	"netxsim/sim/report"
	"netxsim/sim/scenario"
)

func Example() {
	s, err := scenario.LoadFile("../scenario/testdata/pop3.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := scenario.Run(s, scenario.Options{Seed: 1, Series: true, Sequence: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	var page bytes.Buffer // or a file
	r := report.Report{Scenario: s, File: "pop3.yaml", Runs: []report.Run{{Result: result}}}
	if err := r.WriteHTML(&page); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(bytes.Count(page.Bytes(), []byte("<figure")), "charts")
	// Output: 3 charts
}
