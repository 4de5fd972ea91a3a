package host_test

import (
	"context"
	"errors"
	"net"
	"testing"

	"netxsim/sim/link"
)

// TestPackageNetInBubbles has programs in one bubble after the other ask package net for names and services, as some do by the way.
// The runtime would end the process if channels of package net were those of the first bubble.
func TestPackageNetInBubbles(t *testing.T) {
	offline := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("nobody is asked")
	}}
	for range 2 {
		bubble(t, link.Config{}, func(t *testing.T, _ *network) {
			if _, err := offline.LookupHost(t.Context(), "nobody.example"); err == nil {
				t.Error("nobody.example is known")
			}
			if port, err := net.LookupPort("tcp", "http"); err != nil || port != 80 {
				t.Errorf("http is port %d, %v", port, err)
			}
		})
	}
}
