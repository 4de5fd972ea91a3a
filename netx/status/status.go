// Package status holds the status codes of NetX Duo and ThreadX as Go errors.
//
// # Codes
//
// A [Code] is a NetX Duo status (NX_NO_PACKET is [NoPacket]), a [KernelCode] a
// ThreadX status (TX_NO_INSTANCE is [TxNoInstance]). They are two types because
// the same number means different things: 0x10 is NX_DELETE_ERROR and
// TX_NO_MEMORY. The text of a code is its C name.
//
// # Errors and numbers
//
// Functions of the native packages return error: nil for success, a code, or
// an error that wraps one. [Of] turns any of them back into the C number.
// A zero code is never handed out as an error; success is nil.
//
// The package imports nothing of this module; every layer may use it.
package status

import (
	"errors"
	"fmt"
)

//go:generate go run netxsim/test/inventory/gencodes -status codes_gen.go

// Code is a NetX Duo status, NX_*. The zero Code is NX_SUCCESS and not an error.
type Code uint32

// Error returns the C name of the status, "NX_NO_PACKET".
func (c Code) Error() string {
	if name := codeName(c); name != "" {
		return name
	}
	return fmt.Sprintf("NX status 0x%02X", uint32(c))
}

// KernelCode is a ThreadX status, TX_*. The zero KernelCode is TX_SUCCESS and
// not an error.
type KernelCode uint32

// Error returns the C name of the status, "TX_NO_INSTANCE". Where two names
// share a value it gives both.
func (c KernelCode) Error() string {
	if name := kernelCodeName(c); name != "" {
		return name
	}
	return fmt.Sprintf("TX status 0x%02X", uint32(c))
}

// Of returns the C number of err: 0 for nil, else the value of the first Code
// or KernelCode that err is or wraps.
//
// It panics if err holds none, or a zero one: such an error never comes from
// this module, and any number would be a lie.
func Of(err error) uint32 {
	if err == nil {
		return 0
	}
	if n := number(err); n != 0 {
		return n
	}
	panic(fmt.Sprintf("status: error without a status code: %v", err))
}

// number is 0 if err holds no code. Plain codes, the usual case, cost no more
// than a type switch.
func number(err error) uint32 {
	switch e := err.(type) {
	case Code:
		return uint32(e)
	case KernelCode:
		return uint32(e)
	}
	var c Code
	if errors.As(err, &c) {
		return uint32(c)
	}
	var k KernelCode
	if errors.As(err, &k) {
		return uint32(k)
	}
	return 0
}
