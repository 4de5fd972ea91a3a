package host

import (
	"context"
	"errors"
	"os"
	"syscall"

	"gvisor.dev/gvisor/pkg/tcpip"
)

// Mistakes of callers that package net has too.
var (
	errMissingAddress = errors.New("missing address")
	errNoDestination  = syscall.EDESTADDRREQ
)

// A canceledError is what a cancelled context ends a Dial with.
type canceledError struct{}

func (canceledError) Error() string { return "operation was canceled" }

func (canceledError) Is(err error) bool { return err == context.Canceled }

// A timeoutError is what a Dial ends with that took too long, or came too late: then it has not waited.
type timeoutError struct{ waited bool }

func (timeoutError) Error() string { return "i/o timeout" }

func (timeoutError) Timeout() bool { return true }

func (timeoutError) Temporary() bool { return true }

func (e timeoutError) Is(err error) bool {
	return err == context.DeadlineExceeded || e.waited && err == os.ErrDeadlineExceeded
}

// dialError returns the error package net gives for a Dial that ended with err.
func dialError(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return canceledError{}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return timeoutError{waited: true}
	case errors.Is(err, context.DeadlineExceeded):
		return timeoutError{}
	}
	return systemError("dial", err)
}

// systemCalls are the names of the calls that package net does for an operation.
var systemCalls = map[string]string{"dial": "connect", "listen": "bind", "close": "shutdown"}

// systemError adds to an error number the system call, as package net does.
func systemError(op string, err error) error {
	if number := syscall.Errno(0); errors.As(err, &number) {
		if call := systemCalls[op]; call != "" {
			op = call
		}
		return os.NewSyscallError(op, number)
	}
	return err
}

// goError is the error a system gives for an error of netstack.
func goError(err tcpip.Error) error {
	switch err.(type) {
	case nil:
		return nil
	case *tcpip.ErrWouldBlock, *tcpip.ErrConnectStarted:
		return errWait
	case *tcpip.ErrConnectionRefused:
		return syscall.ECONNREFUSED
	case *tcpip.ErrConnectionReset, *tcpip.ErrConnectionAborted:
		return syscall.ECONNRESET
	case *tcpip.ErrClosedForSend:
		return syscall.EPIPE
	case *tcpip.ErrTimeout:
		return syscall.ETIMEDOUT
	case *tcpip.ErrPortInUse:
		return syscall.EADDRINUSE
	case *tcpip.ErrNoPortAvailable:
		return syscall.EADDRNOTAVAIL
	case *tcpip.ErrHostUnreachable, *tcpip.ErrHostDown:
		return syscall.EHOSTUNREACH
	case *tcpip.ErrNetworkUnreachable:
		return syscall.ENETUNREACH
	case *tcpip.ErrBadLocalAddress:
		return syscall.EADDRNOTAVAIL
	case *tcpip.ErrMessageTooLong:
		return syscall.EMSGSIZE
	case *tcpip.ErrNotConnected:
		return syscall.ENOTCONN
	case *tcpip.ErrInvalidEndpointState, *tcpip.ErrInvalidOptionValue:
		return syscall.EINVAL
	default:
		return errors.New(err.String())
	}
}
