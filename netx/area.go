package netx

import "unsafe"

// An area is memory that a C program has given to an object: the addresses of
// its first and its last byte.
type area struct{ first, last uintptr }

// areaOf returns the area of size bytes that begins with memory. It ends where the memory
// does that the program has, whatever size says: where the Go runtime has put other things must not show.
func areaOf(memory []byte, size ULONG) area {
	first := uintptr(unsafe.Pointer(unsafe.SliceData(memory)))
	return area{first, first + min(uintptr(size), uintptr(len(memory))) - 1}
}

// overlaps reports whether a begins or ends in an area that is in use. As in C, the
// last byte of that one does not count, and one that lies within a is not found.
func (a area) overlaps(used area) bool {
	return a.first >= used.first && a.first < used.last || a.last >= used.first && a.last < used.last
}
