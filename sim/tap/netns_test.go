//go:build linux

package tap_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"netxsim/sim/tap"
)

// inside is set in the environment of the test process that lives in a network namespace of its own.
const inside = "NETXSIM_TAP_NAMESPACE"

// TestMain runs the tests in a process with an empty network, where devices, addresses and ports are nobody else's.
func TestMain(m *testing.M) {
	if os.Getenv(inside) != "" {
		goleak.VerifyTestMain(m)
		return
	}
	os.Exit(enterNamespace())
}

// enterNamespace runs this program again in a new network namespace, as root of a new user namespace if need be. Where neither is
// allowed the tests run where they are, and say why they cannot do anything.
func enterNamespace() (status int) {
	c := exec.Command(os.Args[0], os.Args[1:]...)
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	c.Env = append(os.Environ(), inside+"=yes")
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if id := os.Getuid(); id != 0 {
		c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: id, Size: 1}}
	}
	err := c.Start()
	if err != nil {
		c = exec.Command(c.Path, c.Args[1:]...)
		c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
		c.Env = append(os.Environ(), inside+"=no: "+err.Error())
		err = c.Start()
	}
	if err == nil {
		err = c.Wait()
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// device opens a TAP device and gives Linux an address on it. It skips the test where that is not allowed, and says why.
func device(t testing.TB, address string) *tap.Device {
	t.Helper()
	if why, no := strings.CutPrefix(os.Getenv(inside), "no: "); no {
		t.Skipf("no network namespace: %s", why)
	}
	d, err := tap.Open("nx%d")
	if err != nil {
		t.Skipf("no TAP device: %v", err)
	}
	t.Cleanup(func() { d.Close() })
	for _, arguments := range []string{
		"address add " + address + " dev " + d.Name(),
		"link set " + d.Name() + " up",
	} {
		if out, err := exec.Command("ip", strings.Fields(arguments)...).CombinedOutput(); err != nil {
			t.Skipf("ip %s: %v: %s", arguments, err, out)
		}
	}
	return d
}
