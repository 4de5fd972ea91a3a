package netx_test

import (
	"fmt"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	. "netxsim/netx"
	"netxsim/sim"
	"netxsim/test/inventory"
)

// guide returns the package comment, and the texts it shows.
func guide(t *testing.T) (text string, shown []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var p comment.Parser
	for _, block := range p.Parse(file.Doc.Text()).Content {
		if code, ok := block.(*comment.Code); ok {
			shown = append(shown, code.Text)
		}
	}
	return file.Doc.Text(), shown
}

// TestGuideShowsItsPrograms compares the two programs of the porting guide with those that are compiled.
func TestGuideShowsItsPrograms(t *testing.T) {
	_, shown := guide(t)
	if len(shown) < 2 {
		t.Fatalf("the guide shows %d programs", len(shown))
	}
	c, err := os.ReadFile("testdata/guide.c")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(c), shown[0]); diff != "" {
		t.Errorf("C program (-testdata/guide.c +doc.go):\n%s", diff)
	}
	twin, err := os.ReadFile("example_guide_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, compiled, _ := strings.Cut(string(twin), "const STACK")
	compiled, _, _ = strings.Cut(compiled, "// The twin of")
	printed, _, _ := strings.Cut(shown[1], "func main()")
	if diff := cmp.Diff("const STACK"+strings.ReplaceAll(compiled, "_define_guide", "_define"), printed); diff != "" {
		t.Errorf("Go program (-example_guide_test.go +doc.go):\n%s", diff)
	}
}

// TestGuideNamesTests finds every test and sample that the guide's differences name.
func TestGuideNamesTests(t *testing.T) {
	text, _ := guide(t)
	_, text, ok := strings.Cut(text, "# What differs, and why")
	if !ok {
		t.Fatal("no section about differences")
	}
	var tests strings.Builder
	for _, pattern := range []string{"*_test.go", "../sim/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			tests.Write(data)
		}
	}
	named := regexp.MustCompile(`\b(?:Test|Example)[A-Z]\w*`).FindAllString(text, -1)
	if len(named) < 10 {
		t.Errorf("the guide names %d tests only", len(named))
	}
	for _, name := range named {
		if !strings.Contains(tests.String(), "func "+name+"(") {
			t.Errorf("the guide names %s, which is no test", name)
		}
	}
}

// TestGuideInC has a C compiler check the guide's C program, against declarations made from the inventory.
func TestGuideInC(t *testing.T) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("no gcc: the C program of the guide is not compiled")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"nx_api.h": declarations(t), "tx_api.h": "#include \"nx_api.h\"\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), gcc, "-fsyntax-only", "-Wall", "-Wno-unused-parameter", "-I", dir, "testdata/guide.c").CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("gcc: %v\n%s", err, out)
	}
}

// declarations is a header with what the inventory knows: constants, types and services.
func declarations(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("#pragma once\n#include <stddef.h>\ntypedef unsigned int UINT;\ntypedef unsigned int ULONG;\ntypedef unsigned char UCHAR;\ntypedef char CHAR;\ntypedef void VOID;\n" +
		"#define IP_ADDRESS(a,b,c,d) ((((ULONG)a)<<24)|(((ULONG)b)<<16)|(((ULONG)c)<<8)|((ULONG)d))\n" +
		"typedef struct NX_PACKET_STRUCT { ULONG nx_packet_length; UCHAR *nx_packet_prepend_ptr; } NX_PACKET;\n")
	sections, err := inventory.LoadSections()
	if err != nil {
		t.Fatal(err)
	}
	defined := map[string]bool{"NX_NULL": true, "TX_NULL": true}
	b.WriteString("#define NX_NULL 0\n#define TX_NULL 0\n")
	for _, s := range sections {
		for _, c := range s.Constants {
			if !defined[c.Name] {
				fmt.Fprintf(&b, "#define %s %dU\n", c.Name, c.Value)
			}
			defined[c.Name] = true
		}
	}
	types := map[string]bool{"NX_PACKET": true}
	var prototypes strings.Builder
	all, err := inventory.LoadServices()
	if err != nil {
		t.Fatal(err)
	}
	threadx, err := inventory.LoadThreadX()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append(all, threadx.Services...) {
		var params []string
		for _, p := range s.Params {
			for _, name := range regexp.MustCompile(`\b(?:NX|NXD|TX)_[A-Z0-9_]+`).FindAllString(p.Type, -1) {
				if !types[name] {
					fmt.Fprintf(&b, "typedef struct %s_STRUCT { int nothing; } %s;\n", strings.TrimSuffix(name, "_STRUCT"), strings.TrimSuffix(name, "_STRUCT"))
				}
				types[name], types[strings.TrimSuffix(name, "_STRUCT")], types[name+"_STRUCT"] = true, true, true
			}
			params = append(params, p.Type)
		}
		if len(params) == 0 {
			params = []string{"VOID"}
		}
		fmt.Fprintf(&prototypes, "UINT %s(%s);\n", s.Name, strings.Join(params, ", "))
	}
	return b.String() + strings.ReplaceAll(prototypes.String(), "UINT tx_application_define", "VOID tx_application_define")
}

// TestTimeSlice checks that threads of one priority take turns by their time slices while they compute, and that calls
// alone use nothing up.
func TestTimeSlice(t *testing.T) {
	var first, second TX_THREAD
	var order []string
	boot(t, func(k *sim.Kernel) {
		entry := func(name string, ticks int) func(ULONG) {
			return func(ULONG) {
				for range 3 {
					order = append(order, name)
					TxTimeGet() // a service, but none that waits
					k.Busy(time.Duration(ticks) * k.TickDuration())
				}
			}
		}
		status := TxThreadCreate(&first, "first", entry("first", 1), 0, make([]byte, 512), 512, 5, 5, 2, TX_AUTO_START)
		status += TxThreadCreate(&second, "second", entry("second", 0), 0, make([]byte, 512), 512, 5, 5, 2, TX_AUTO_START)
		want(t, "create", status, TX_SUCCESS)
		var slice ULONG
		want(t, "info", TxThreadInfoGet(&first, nil, nil, nil, nil, nil, &slice, nil, nil), TX_SUCCESS)
		if slice != 2 {
			t.Errorf("the time slice is %d", slice)
		}
	})
	if diff := cmp.Diff([]string{"first", "first", "second", "second", "second", "first"}, order); diff != "" {
		t.Errorf("order of the threads (-want +got):\n%s", diff)
	}
}

// TestRamNetworkDriver checks that two instances on the RAM driver's wire have hardware addresses of their own, and that
// a frame takes time.
func TestRamNetworkDriver(t *testing.T) {
	var packets NX_PACKET_POOL
	var one, other NX_IP
	var asker TX_THREAD
	kernel := sim.New(sim.Config{Horizon: 5 * time.Second})
	program := &Program{Kernel: kernel, Name: t.Name()}
	program.TxApplicationDefine = func([]byte) {
		status := NxPacketPoolCreate(&packets, "pool", 512, make([]byte, 8192), 8192)
		status += NxIpCreate(&one, "one", IP_ADDRESS(10, 0, 0, 1), 0xFFFFFF00, &packets, NxRamNetworkDriver, make([]byte, 512), 512, 1)
		status += NxIpCreate(&other, "other", IP_ADDRESS(10, 0, 0, 2), 0xFFFFFF00, &packets, NxRamNetworkDriver, make([]byte, 512), 512, 1)
		status += NxArpEnable(&one, make([]byte, 512), 512) + NxArpEnable(&other, make([]byte, 512), 512) + NxIcmpEnable(&one) + NxIcmpEnable(&other)
		status += TxThreadCreate(&asker, "asker", func(ULONG) {
			TxThreadSleep(1)
			var reply *NX_PACKET
			before := kernel.Now()
			want(t, "ping", NxIcmpPing(&one, IP_ADDRESS(10, 0, 0, 2), []UCHAR("hi"), 2, &reply, 100), NX_SUCCESS)
			if took := kernel.Now() - before; took < 4*time.Microsecond { // two frames of ARP, two of ICMP
				t.Errorf("the ping took %v", took)
			}
			want(t, "release", NxPacketRelease(reply), NX_SUCCESS)
			for n, ip := range []*NX_IP{&one, &other} {
				var msw, lsw ULONG
				want(t, "address", NxIpInterfacePhysicalAddressGet(ip, 0, &msw, &lsw), NX_SUCCESS)
				if msw != 0x0011 || lsw != 0x22334456+ULONG(n) {
					t.Errorf("instance %d has hardware address %04X%08X", n, msw, lsw)
				}
			}
		}, 0, make([]byte, 512), 512, 5, 5, 0, TX_AUTO_START)
		want(t, "definition", status, NX_SUCCESS)
	}
	if _, err := program.Boot(nil); err != nil {
		t.Fatal(err)
	}
}

// TestCallersWithoutChecks calls services from where their checks would not let them, in a build without checks.
func TestCallersWithoutChecks(t *testing.T) {
	for _, unchecked := range []bool{false, true} {
		program := &Program{Kernel: sim.New(sim.Config{}), TxDisableErrorChecking: unchecked, Name: t.Name()}
		program.Target.DisableErrorChecking = unchecked
		status := [2]UINT{TX_CALLER_ERROR, NX_CALLER_ERROR}
		if unchecked {
			status = [2]UINT{}
		}
		program.TxApplicationDefine = func([]byte) {
			var mutex TX_MUTEX
			var packets NX_PACKET_POOL
			want(t, "create", TxMutexCreate(&mutex, "mutex", TX_NO_INHERIT), TX_SUCCESS)
			want(t, "delete in initialization", TxMutexDelete(&mutex), status[0])
			want(t, "create", NxPacketPoolCreate(&packets, "pool", 512, make([]byte, 2048), 2048), NX_SUCCESS)
			want(t, "delete in initialization", NxPacketPoolDelete(&packets), status[1])
		}
		if _, err := program.Boot(nil); err != nil {
			t.Fatal(err)
		}
	}
}
