package ipstack

import (
	"fmt"

	"go.uber.org/zap"
	"gvisor.dev/gvisor/pkg/tcpip"

	"netxsim/netx/status"
)

// internal reports an error of netstack for which NetX has no status, and maps
// it to the status of an internal error, 0x20.
func (ip *IP) internal(doing string, err tcpip.Error) error {
	ip.log.Warn("netstack error without a NetX status",
		zap.String("ip", ip.name), zap.String("doing", doing),
		zap.String("error", err.String()), zap.Uint32("status", uint32(status.IpInternalError)))
	return fmt.Errorf("ipstack: %s: %s: %v: %w", ip.name, doing, err, status.IpInternalError)
}
