package sim

// WaitersOn returns how many threads wait with a key equal to key. A thread whose wait has timed
// out or was aborted no longer counts, even if it has not run since.
func (k *Kernel) WaitersOn(key any) int {
	if q := k.waits[key]; q != nil {
		return int(q.len)
	}
	return 0
}
