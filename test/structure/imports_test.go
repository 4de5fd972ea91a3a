package structure

import (
	"slices"
	"strings"
	"testing"
)

// A layer says what the packages of a folder, and of the folders below it, may import of the project. The longest folder
// that fits a package is its layer.
type layer struct {
	folder string
	may    []string // folders, each with everything below it; "…/=" means the one package only
	why    string
}

// layers are the rules: imports point down only.
var layers = []layer{
	{"netx/status", nil,
		"every layer hands out status codes, so the codes must not depend on any"},
	{"netx/status/internal", []string{"netx/status", "test/inventory"},
		"the generator of the codes reads the recorded inventory"},
	{"packetpool", []string{"packetpool", "netx/status="},
		"a pool is memory and arithmetic: it waits through its own two-method Kernel, so that any kernel can carry it"},
	{"sim", []string{"sim=", "sim/internal", "netx/status="},
		"the kernel knows threads and time, no packets and no network"},
	{"sim/link", []string{"sim=", "sim/link", "netx/status="},
		"a wire carries bytes between any two stacks: it must not know whose they are"},
	{"sim/", []string{"sim", "pop3client", "ipstack", "packetpool", "netx/status="},
		"hosts, servers and scenarios are programs on the native layers, not on the C names"},
	{"ipstack", []string{"ipstack", "packetpool", "sim=", "sim/link", "netx/status="},
		"the stack is the ground that clients and servers stand on"},
	{"pop3client", []string{"pop3client", "ipstack", "packetpool", "sim=", "netx/status="},
		"a protocol client uses sockets; nothing in it may know the C names or the test servers"},
	{"netx", []string{"netx", "pop3client", "ipstack", "packetpool", "sim=", "sim/link", "netx/status"},
		"the C names check arguments and call down; programs and tests stand above them"},
	{"cmd/netxlint", []string{"cmd/netxlint"},
		"the linter must build when the engine does not"},
	{"cmd", []string{"cmd", "test/conformance", "netx", "pop3client", "ipstack", "packetpool", "sim"},
		"programs may use everything, but of the tests only the vectors that they run"},
	{"test", []string{"test", "cmd", "netx", "pop3client", "ipstack", "packetpool", "sim"},
		"tests may use everything"},
}

// TestImportsPointDown checks the imports of every package, those of its tests left out.
func TestImportsPointDown(t *testing.T) {
	for _, s := range goFiles(t) {
		if s.isTest() {
			continue
		}
		rule, ok := layerOf(s.folder())
		if !ok {
			t.Errorf("%s: the folder %s belongs to no layer; layers are listed in test/structure/imports_test.go", s.path, s.folder())
			continue
		}
		for _, p := range s.imports() {
			p, ours := strings.CutPrefix(p, module+"/")
			if ours && p != s.folder() && !slices.ContainsFunc(rule.may, func(m string) bool { return covers(m, p) }) {
				t.Errorf("%s imports %s, which %s must not: %s", s.path, p, rule.folder, rule.why)
			}
		}
	}
}

// layerOf is the rule for a folder: that with the longest folder that fits.
func layerOf(folder string) (best layer, found bool) {
	for _, l := range layers {
		fits := folder == l.folder || strings.HasPrefix(folder+"/", strings.TrimSuffix(l.folder, "/")+"/")
		if l.folder == "sim/" {
			fits = strings.HasPrefix(folder, "sim/") && !strings.HasPrefix(folder+"/", "sim/internal/")
		}
		if fits && (!found || len(l.folder) > len(best.folder)) {
			best, found = l, true
		}
	}
	return best, found
}

// covers reports whether the entry of a layer allows the package at folder.
func covers(entry, folder string) bool {
	if exact, ok := strings.CutSuffix(entry, "="); ok {
		return folder == exact
	}
	return folder == entry || strings.HasPrefix(folder, entry+"/")
}

// foreign says which modules of others may be imported only in some folders, or files. It holds for tests too.
var foreign = []struct {
	path string
	only []string
	why  string
}{
	{"gvisor.dev/gvisor", []string{"ipstack", "sim/tap/bare_test.go"}, "netstack is a part of ipstack, which shapes it to NetX; whoever else used it would get its defaults"},
	{"github.com/gopacket/gopacket", []string{"sim/capture"}, "the stack makes and reads its own frames; the library is for the file format"},
	{"gonum.org/v1/plot", []string{"sim/report"}, "only reports draw, and drawing brings fonts with it"},
	{"github.com/chromedp", []string{"sim/report"}, "a browser is for looking at reports, in their tests"},
	{"github.com/schollz/progressbar", []string{"cmd"}, "only a program has a terminal"},
	{"golang.org/x/term", []string{"cmd"}, "only a program has a terminal"},
	{"golang.org/x/tools", []string{"cmd/netxlint", "test"}, "the engine runs programs, it does not read them"},
	{"testing", []string{"test", "sim/simtest"}, "what is linked into a program must not bring the test flags with it"},
	{"github.com/google/go-cmp", []string{"test"}, "it is a test library: it panics where it cannot compare"},
}

// TestForeignImports checks the imports of other modules, with those of tests, except where the rule is about tests.
func TestForeignImports(t *testing.T) {
	testLibrary := []string{"testing", "github.com/google/go-cmp"}
	for _, s := range goFiles(t) {
		for _, p := range s.imports() {
			for _, rule := range foreign {
				if p != rule.path && !strings.HasPrefix(p, rule.path+"/") || s.isTest() && slices.Contains(testLibrary, rule.path) {
					continue
				}
				if !slices.ContainsFunc(rule.only, func(m string) bool { return m == s.path || covers(m, s.folder()) }) {
					t.Errorf("%s imports %s, allowed only under %s: %s", s.path, p, strings.Join(rule.only, ", "), rule.why)
				}
			}
		}
	}
}

// TestStatusImportsNothingForeign holds the leaf to the standard library.
func TestStatusImportsNothingForeign(t *testing.T) {
	for _, s := range goFiles(t) {
		if s.folder() != "netx/status" || s.isTest() {
			continue
		}
		for _, p := range s.imports() {
			if strings.Contains(p, ".") {
				t.Errorf("%s imports %s: the codes are a leaf that anything may import at no cost", s.path, p)
			}
		}
	}
}

// TestLayers checks the rules themselves.
func TestLayers(t *testing.T) {
	for folder, want := range map[string]string{
		"sim": "sim", "sim/internal/wheel": "sim", "sim/link": "sim/link", "sim/link/pcap": "sim/link",
		"sim/pop3server": "sim/", "netx": "netx", "netx/status": "netx/status", "cmd/netxsim/internal/cli": "cmd",
		"cmd/netxlint": "cmd/netxlint", "test/structure": "test", "simulator": "", "packetpool2": "",
	} {
		if got, _ := layerOf(folder); got.folder != want {
			t.Errorf("layer of %s is %q, want %q", folder, got.folder, want)
		}
	}
	for _, l := range layers {
		if l.why == "" {
			t.Errorf("no reason for layer %s", l.folder)
		}
	}
}
