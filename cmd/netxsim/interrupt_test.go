package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// runInterrupted runs a command, interrupts it when a line of its standard error
// has text in it, and compares the exit status. Its standard error becomes the
// file "interrupted".
func runInterrupted(ts *testscript.TestScript, status, text string, args []string) error {
	path, err := exec.LookPath(args[0])
	if err != nil {
		return err
	}
	cmd := exec.Command(path, args[1:]...)
	cmd.Dir = ts.Getenv("WORK")
	cmd.Env = append(os.Environ(), "NETXSIM_PASSWORD=tanstaaf")
	output, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	var all strings.Builder
	interrupted := false
	for lines := bufio.NewScanner(output); lines.Scan(); {
		fmt.Fprintln(&all, lines.Text())
		if !interrupted && strings.Contains(lines.Text(), text) {
			interrupted = true
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				return err
			}
		}
	}
	err = cmd.Wait()
	if want := "exit status " + status; fmt.Sprint(err) != want || !interrupted {
		return fmt.Errorf("%v, want %s; interrupted: %v\n%s", err, want, interrupted, &all)
	}
	return os.WriteFile(ts.MkAbs("interrupted"), []byte(all.String()), 0o666)
}
