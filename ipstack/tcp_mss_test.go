package ipstack

import "testing"

// slowMSSOption is mssOption the way C walks: by an offset and the bytes that are left.
func slowMSSOption(options []byte) (mss uint32, ok bool) {
	for at, left := 0, len(options); left >= 4; {
		switch options[at] {
		case 0:
			return 0, true
		case 1:
			at, left = at+1, left-1
			continue
		case 2:
			if options[at+1] != 4 {
				return 0, false
			}
			return uint32(options[at+2])<<8 | uint32(options[at+3]), true
		}
		length := int(options[at+1])
		if length == 0 || length > left {
			return 0, false
		}
		at, left = at+length, left-length
	}
	return 0, true
}

// FuzzMSSOption compares the reading of TCP options with a second one, on options of every length that a header can have.
func FuzzMSSOption(f *testing.F) {
	for _, seed := range []string{"\x02\x04\x05\xb4\x01\x01\x01\x00", "\x01\x00\x00\x00", "\x04\x00\x00\x00", "\x04\x09\x00\x00",
		"\x02\x03\x02\x18", "\xc8\x01\x02\x04\x04\x03\x00\x00", "\x01\x01\x08\x0a\x00\x00\x00\x01\x00\x00\x00\x02"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, options []byte) {
		options = options[:min(len(options), 40)]
		mss, ok := mssOption(options)
		if wantMSS, wantOK := slowMSSOption(options); mss != wantMSS || ok != wantOK {
			t.Errorf("options % x: %d, %v; want %d, %v", options, mss, ok, wantMSS, wantOK)
		}
	})
}
