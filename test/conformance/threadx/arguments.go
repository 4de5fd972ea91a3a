package threadx

// object returns the object that the input of that name means: one of the numbered ones, the blank
// one, or nil for a null pointer.
func object[T any](in args, name string, all []T, blank *T) *T {
	switch v := in[name].(type) {
	case float64:
		return &all[int(v)]
	case string:
		if v == "blank" {
			return blank
		}
	}
	return nil
}

// unlessNull returns p, or nil if the input of that name is a null pointer.
func unlessNull[T any](in args, name string, p *T) *T {
	if in.null(name) {
		return nil
	}
	return p
}

// answer is a status alone.
func answer(status uint32) out { return out{"status": status} }

// info is the answer of an info service: its outputs as well if it has stored them.
func info(in args, status uint32, outputs out) out {
	if status != 0 || in.null("outputs") {
		return answer(status)
	}
	outputs["status"] = 0
	return outputs
}
