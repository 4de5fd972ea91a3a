// Package tshark has Wireshark's dissectors judge the frames of the simulator.
//
// The tests play sessions, capture their wire, and run tshark over the capture with the verification of all checksums
// on. They want no malformed packet, no bad checksum and no expert information that is not a consequence of what a
// session is about; those are listed with it. Without tshark (Debian package tshark) they are skipped.
package tshark

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
)

// A Finding is what tshark has to say about a frame: expert information of severity note or worse, or that the frame is malformed.
type Finding struct {
	Frame    string // number in the capture
	Info     string // summary of the frame
	Severity string // "note", "warning", "error" or "malformed"
	Message  string
}

// String returns the finding in a line.
func (f Finding) String() string {
	return fmt.Sprintf("frame %s, %s: %s (%s)", f.Frame, f.Severity, f.Message, f.Info)
}

// severities are the words for tshark's numbers, the lesser ones left out: packet comments and chat about the normal
// course of a connection.
var severities = map[string]string{"4194304": "note", "6291456": "warning", "8388608": "error"}

// checksums makes tshark verify what it would take for the work of a network card.
var checksums = []string{"-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"}

// Available returns where tshark is, or an error that says how to get it.
func Available() (path string, err error) {
	path, err = exec.LookPath("tshark")
	if err != nil {
		return "", fmt.Errorf("tshark is not installed (Debian package tshark): %w", err)
	}
	return path, nil
}

// A Verdict is what tshark says about a capture.
type Verdict struct {
	Protocols map[string]int // frames by their highest protocol
	Findings  []Finding
}

// Check has tshark read a capture file.
func Check(path string) (v Verdict, err error) {
	rows, err := fields(path, "frame.number", "_ws.col.Protocol", "_ws.col.Info", "_ws.malformed", "_ws.expert.severity", "_ws.expert.message")
	if err != nil {
		return v, err
	}
	v.Protocols = map[string]int{}
	for _, row := range rows {
		v.Protocols[row[1]]++
		f := Finding{Frame: row[0], Info: row[2]}
		if row[3] != "" {
			f.Severity, f.Message = "malformed", row[3]
			v.Findings = append(v.Findings, f)
		}
		messages := strings.Split(row[5], separator)
		for i, number := range strings.Split(row[4], separator) {
			if word, ok := severities[number]; ok {
				f.Severity, f.Message = word, messages[i]
				v.Findings = append(v.Findings, f)
			}
		}
	}
	return v, nil
}

// separator stands between the values of a field that a frame has more than once.
const separator = "\x1f"

// fields returns the named fields of every frame.
func fields(path string, names ...string) ([][]string, error) {
	program, err := Available()
	if err != nil {
		return nil, err
	}
	args := append([]string{"-n", "-r", path}, checksums...)
	args = append(args, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator="+separator)
	for _, name := range names {
		args = append(args, "-e", name)
	}
	var failure bytes.Buffer
	command := exec.Command(program, args...)
	command.Stderr = &failure
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("tshark: %w: %s", err, failure.String())
	}
	var rows [][]string
	for line := range strings.Lines(string(out)) {
		row := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(row) != len(names) {
			return nil, fmt.Errorf("tshark: %d fields, want %d, in %q", len(row), len(names), line)
		}
		rows = append(rows, row)
	}
	return rows, nil
}
