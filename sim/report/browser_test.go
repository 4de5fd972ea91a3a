package report

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	pagecdp "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// browser starts Chromium without a network, or skips the test where there is none; NETXSIM_CI=1 makes that a failure.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes too long for -short")
	}
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = cmp.Or(path, found)
		}
	}
	if path == "" && os.Getenv("NETXSIM_CI") == "1" {
		t.Fatal("no Chromium: install Debian's package chromium")
	}
	if path == "" {
		t.Skip("no Chromium to look at the report with: install Debian's package chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("proxy-server", "127.0.0.1:9"), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	t.Cleanup(func() { chromedp.Cancel(ctx) }) // waits until the browser has ended
	return ctx
}

// A layout is what a page tells about itself.
type layout struct {
	Dark     bool     `json:"dark"`
	Width    float64  `json:"width"`  // of the window
	Scroll   float64  `json:"scroll"` // of what is in it
	Shown    int      `json:"shown"`  // charts
	Empty    []string `json:"empty"`  // charts and parts of them without a size
	Over     []string `json:"over"`   // elements that reach out of the window
	Small    []string `json:"small"`  // texts of charts smaller than 8 pixels
	Cut      []string `json:"cut"`    // texts that reach out of their charts
	Ink      string   `json:"ink"`    // colours of the page's text, its ground, and a chart's line
	Paper    string   `json:"paper"`
	Line     string   `json:"line"`
	Unstyled []string `json:"unstyled"` // parts of charts without a colour
}

// look is the script that looks; all details are opened first.
const look = `(() => {
	document.querySelectorAll('details').forEach(d => d.open = true);
	const name = e => (e.closest('[id]')?.id ?? '') + ' ' + e.tagName + ' ' + e.textContent.slice(0, 40);
	const r = {dark: matchMedia('(prefers-color-scheme: dark)').matches, width: innerWidth, scroll: document.documentElement.scrollWidth,
		shown: 0, empty: [], over: [], small: [], cut: [], unstyled: []};
	for (const svg of document.querySelectorAll('svg')) {
		const box = svg.getBoundingClientRect();
		if (getComputedStyle(svg).display === 'none') continue;
		r.shown++;
		if (box.width < 100 || box.height < 60) r.empty.push(name(svg));
		for (const t of svg.querySelectorAll('text')) {
			const b = t.getBoundingClientRect();
			if (b.height === 0) r.empty.push(name(t));
			if (parseFloat(getComputedStyle(t).fontSize) * box.width / svg.viewBox.baseVal.width < 8) r.small.push(name(t));
			if (b.left < box.left - 2 || b.right > box.right + 2 || b.top < box.top - 4 || b.bottom > box.bottom + 4) r.cut.push(name(t));
		}
		for (const p of svg.querySelectorAll('path')) {
			const s = getComputedStyle(p);
			if (s.fill === 'none' && s.stroke === 'none') r.unstyled.push(name(p));
			if (p.getTotalLength() === 0) r.empty.push(name(p));
		}
	}
	for (const e of document.querySelectorAll('body *:not(svg *)')) {
		const b = e.getBoundingClientRect(), head = e.closest('thead');
		if (head && getComputedStyle(head).position === 'absolute') continue; // for screen readers only
		if (b.width > 1 && (b.right > innerWidth + 0.5 || b.left < -0.5)) r.over.push(name(e));
	}
	const style = getComputedStyle(document.body);
	r.ink = style.color; r.paper = style.backgroundColor;
	r.line = getComputedStyle(document.querySelector('figure path[style*="--c1"]')).stroke;
	return r;
})()`

// TestInChromium loads the report without a network, in light and in dark, on screens from phones on, and looks at it. The
// pictures are kept with -artifacts.
func TestInChromium(t *testing.T) {
	m, _ := whole(t)
	ctx := browser(t)
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, m.html, 0o666); err != nil {
		t.Fatal(err)
	}
	address := (&url.URL{Scheme: "file", Path: file}).String()
	asked := requests(t, ctx)
	console := chromedp.Console(ctx)
	colours := map[string]string{}
	for _, window := range []struct {
		width  int64
		scheme string
	}{{400, "light"}, {400, "dark"}, {834, "light"}, {1280, "dark"}} {
		l := load(t, ctx, address, window.width, window.scheme)
		check(t, fmt.Sprintf("%d pixels, %s", window.width, window.scheme), &l, len(m.Runs))
		if l.Dark != (window.scheme == "dark") || l.Width != float64(window.width) {
			t.Errorf("the browser shows dark: %t, %v pixels; want %s, %d", l.Dark, l.Width, window.scheme, window.width)
		}
		colours[window.scheme] = l.Ink + l.Paper + l.Line
		keep(t, ctx, fmt.Sprintf("report-%d-%s.png", window.width, window.scheme))
	}
	if colours["light"] == colours["dark"] {
		t.Errorf("light and dark look the same: %s", colours["light"])
	}
	for _, u := range asked() {
		if u != address && u != "data:," {
			t.Errorf("the page asked for %s", u)
		}
	}
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](`console.info("the end")`)); err != nil {
		t.Fatal(err)
	}
	for message, err := range console {
		if err != nil {
			t.Fatal(err)
		}
		if message.Text == "the end" {
			break
		}
		t.Errorf("console: %s %s", message.Type, message.Text)
	}
}

// requests collects what the page asks for.
func requests(t *testing.T, ctx context.Context) func() []string {
	t.Helper()
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	var mutex sync.Mutex
	var list []string
	err := chromedp.Listen(ctx, func(event any) {
		if sent, ok := event.(*network.EventRequestWillBeSent); ok {
			mutex.Lock()
			defer mutex.Unlock()
			list = append(list, sent.Request.URL)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return func() []string {
		mutex.Lock()
		defer mutex.Unlock()
		if len(list) == 0 {
			t.Error("not even the page was asked for: nothing was watched")
		}
		return list
	}
}

// load shows the page in a window and looks at it.
func load(t *testing.T, ctx context.Context, address string, width int64, scheme string) layout {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900)); err != nil {
		t.Fatal(err)
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	l, err := chromedp.Run(ctx, chromedp.Evaluate[layout](look))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// check reports what is wrong with a layout of a report with so many runs.
func check(t *testing.T, name string, l *layout, runs int) {
	t.Helper()
	if l.Scroll > l.Width {
		t.Errorf("%s: the page is %v pixels wide", name, l.Scroll)
	}
	if want := 2 + 3*runs; l.Shown < want {
		t.Errorf("%s: %d charts, want %d at least", name, l.Shown, want)
	}
	for what, list := range map[string][]string{
		"without a size": l.Empty, "out of the window": l.Over, "too small": l.Small, "cut off": l.Cut, "without a colour": l.Unstyled,
	} {
		if len(list) > 0 {
			t.Errorf("%s: %s: %s", name, what, strings.Join(list[:min(5, len(list))], "; "))
		}
	}
}

// keep keeps a picture of the page, when the test is asked to keep things.
func keep(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	if asked := flag.Lookup("test.artifacts"); asked == nil || asked.Value.String() != "true" {
		return
	}
	size, err := chromedp.Run(ctx, chromedp.Evaluate[[2]float64](`[innerWidth, document.documentElement.scrollHeight]`))
	if err != nil {
		t.Fatal(err)
	}
	shot, err := chromedp.Call(ctx, pagecdp.CaptureScreenshot, pagecdp.CaptureScreenshotParams{
		CaptureBeyondViewport: new(true), Clip: &pagecdp.Viewport{Width: size[0], Height: min(size[1], 16000), Scale: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(t.ArtifactDir(), name), shot.Data, 0o666); err != nil {
		t.Fatal(err)
	}
}
