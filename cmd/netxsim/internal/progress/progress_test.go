package progress

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestNoTerminal checks that nothing is drawn where nobody looks.
func TestNoTerminal(t *testing.T) {
	var out bytes.Buffer
	bar := New(&out, "messages")
	bar.Set(1, 2)
	bar.Clear()
	if out.Len() > 0 {
		t.Errorf("drew %q", out.String())
	}
}

// TestPatience checks that short work has no bar, and that long work has one, which is taken away again.
func TestPatience(t *testing.T) {
	var out bytes.Buffer
	bar := &Bar{w: &out, what: "messages", begun: time.Now().Add(time.Hour)}
	bar.Set(1, 200)
	if out.Len() > 0 {
		t.Errorf("drew %q at once", out.String())
	}
	bar.begun = time.Now().Add(-patience)
	bar.Set(2, 200)
	if !strings.Contains(out.String(), "messages") || !strings.Contains(out.String(), "2/200") {
		t.Errorf("drew %q", out.String())
	}
	bar.Clear()
	if text := out.String(); !strings.HasSuffix(text, "\r") && !strings.HasSuffix(text, "\x1b[2K") {
		t.Errorf("left %q on the terminal", text)
	}
}
