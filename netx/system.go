package netx

// The C types of plain values that no service of the package takes by another name.
type (
	CHAR   = byte   // char
	INT    = int32  // int
	LONG   = int32  // long, 32 bits on every target
	SHORT  = int16  // short
	USHORT = uint16 // unsigned short
)

// NxSystemInitialize does what is to be done before any other service is called:
// nothing, since a [Program] begins with everything at zero.
//
// Callers: initialization, threads, timers, ISRs.
func NxSystemInitialize() {}

// IP_ADDRESS is an IPv4 address in host byte order: IP_ADDRESS(192, 2, 2, 61).
func IP_ADDRESS(a, b, c, d ULONG) ULONG { return a<<24 | b<<16 | c<<8 | d }

// NX_PARAMETER_NOT_USED says that a parameter is not used on purpose.
func NX_PARAMETER_NOT_USED(any) {}

// TX_PARAMETER_NOT_USED says that a parameter is not used on purpose.
func TX_PARAMETER_NOT_USED(any) {}
