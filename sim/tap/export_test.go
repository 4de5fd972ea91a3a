//go:build linux

package tap

// FD returns the file descriptor of the device, for another stack on it.
func (d *Device) FD() (fd int) {
	_ = d.raw.Control(func(f uintptr) { fd = int(f) })
	return fd
}
