package host

import (
	"errors"
	"net"
	"strconv"
)

// services are the ports of the services that Go programs commonly name. Package
// net's own lookup keeps state of the process, which the bubbles of testing/synctest
// cannot share, and reads files of the machine.
var services = map[string]int{
	"tcp/domain": 53, "tcp/ftp": 21, "tcp/ftps": 990, "tcp/http": 80, "tcp/https": 443, "tcp/imap": 143,
	"tcp/imap2": 143, "tcp/imaps": 993, "tcp/ldap": 389, "tcp/ldaps": 636, "tcp/mqtt": 1883, "tcp/mysql": 3306,
	"tcp/ntp": 123, "tcp/pop3": 110, "tcp/pop3s": 995, "tcp/postgresql": 5432, "tcp/redis": 6379, "tcp/smtp": 25,
	"tcp/smtps": 465, "tcp/ssh": 22, "tcp/submission": 587, "tcp/telnet": 23, "tcp/echo": 7, "tcp/discard": 9,
	"udp/bootpc": 68, "udp/bootps": 67, "udp/coap": 5683, "udp/discard": 9, "udp/domain": 53, "udp/echo": 7,
	"udp/ntp": 123, "udp/snmp": 161, "udp/syslog": 514, "udp/tftp": 69,
}

// lookupPort returns the port of a service of TCP or UDP, or the one that is a number.
func lookupPort(kind, network, service string) (int, error) {
	if service == "" {
		return 0, nil
	}
	if port, err := strconv.Atoi(service); err == nil || errors.Is(err, strconv.ErrRange) {
		if port < 0 || port > 65535 {
			return 0, &net.AddrError{Err: "invalid port", Addr: service}
		}
		return port, nil
	}
	if port, ok := services[kind+"/"+canonical(service)]; ok {
		return port, nil
	}
	return 0, &net.DNSError{Err: "unknown port", Name: network + "/" + service, IsNotFound: true}
}
