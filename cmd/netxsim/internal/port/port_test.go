package port

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write testdata/*.want anew")

// TestReports compares whole reports.
func TestReports(t *testing.T) {
	for _, name := range []string{"sensor", "plain"} {
		data, err := os.ReadFile("testdata/" + name + ".c")
		if err != nil {
			t.Fatal(err)
		}
		report, err := Survey([]Source{{name + ".c", data}})
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		report.Write(&got)
		file := "testdata/" + name + ".want"
		if *update {
			if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

// found lists kind, C name and state of what a source uses.
func found(t *testing.T, sources ...string) []string {
	t.Helper()
	var list []Source
	for i, text := range sources {
		list = append(list, Source{string(rune('a'+i)) + ".c", []byte(text)})
	}
	report, err := Survey(list)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, n := range report.Names {
		names = append(names, n.Kind+" "+n.C+" "+n.State+" "+n.First)
	}
	return names
}

// TestNames checks what counts as a name of the interface and what as one of the program.
func TestNames(t *testing.T) {
	for _, tc := range []struct {
		name    string
		sources []string
		want    []string
	}{
		{"nothing", []string{""}, nil},
		{"comments and strings", []string{"/* nx_a() */ char *s = \"nx_b()\"; // nx_c() \\\n nx_d()\n"}, nil},
		{"call", []string{"void f(void) { nx_packet_release(p); }"}, []string{"function nx_packet_release modelled a.c:1"}},
		{"headers", []string{"#include \"nx_api.h\"\n#include <nxd_bsd.h>\n#include \"board.h\"\n#if 0\n#include \"nxd_dns.h\"\n#endif\n"}, []string{"header nxd_bsd.h missing a.c:2"}},
		{"joined lines", []string{"#define X \\\n  nx_packet_\\\nrelease(p)\n"}, []string{"function nx_packet_release modelled a.c:2"}},
		{"missing", []string{"x = nx_teleport(NX_FAR);"}, []string{"function nx_teleport missing a.c:1", "constant NX_FAR missing a.c:1"}},
		{"own function", []string{"int nx_mine(int a) { return a; } int b = nx_mine(1);"}, nil},
		{"own function of another file", []string{"int b(void) { return nx_mine(1); }", "int nx_mine(int a)\n{\n}"}, nil},
		{"prototype only", []string{"int nx_theirs(int a);"}, []string{"function nx_theirs missing a.c:1"}},
		{"static prototype", []string{"static int nx_mine(int a);\nint *p = nx_mine;"}, nil},
		{"own macro", []string{"#define NX_MINE(x) x\n#define nx_also NX_MINE\nint a = nx_also(1);"}, nil},
		{"own typedef", []string{"typedef struct NX_MY_STRUCT { int nx_my_a; } NX_MY; NX_MY m; int f(void) { return m.nx_my_a; }"}, nil},
		{"own function type", []string{"typedef void (*NX_HOOK)(int); NX_HOOK h;"}, nil},
		{"own enumeration", []string{"enum { NX_RED, NX_BLUE = 3 } c = NX_BLUE;"}, nil},
		{"own parameter", []string{"void f(NX_PACKET *nx_packet) { g(nx_packet); }"}, []string{"type NX_PACKET modelled a.c:1"}},
		{"own variables", []string{"int a = 1, *nx_b, nx_c[2]; int d = nx_b + nx_c;"}, nil},
		{"parameters are no list", []string{"void f(int a, NX_FAR, int b) { }"}, []string{"constant NX_FAR missing a.c:1"}},
		{"product is no declaration", []string{"a = b * NX_FAR;"}, []string{"constant NX_FAR missing a.c:1"}},
		{"fields", []string{"a = p -> nx_packet_length + p->nx_packet_append_ptr + q.nxd_ip_version + ip.nx_ip_magic;"}, []string{
			"field nx_ip_magic missing a.c:1", "field nx_packet_append_ptr approximated a.c:1", "field nx_packet_length modelled a.c:1", "field nxd_ip_version modelled a.c:1"}},
		{"conditions", []string{"#if defined(NX_DISABLE_IPV6) || NX_MY_SWITCH\n#elif NX_MAX_PHYSICAL_INTERFACES > 1\n#endif\n"}, []string{
			"constant NX_MAX_PHYSICAL_INTERFACES approximated a.c:2", "option NX_DISABLE_IPV6 option a.c:1", "option NX_MY_SWITCH option a.c:1"}},
		{"both sides", []string{"#ifdef A\nnx_tcp_enable(a);\n#else\nnx_udp_enable(a);\n#endif\n"}, []string{"function nx_tcp_enable modelled a.c:2", "function nx_udp_enable modelled a.c:4"}},
		{"left out", []string{"#if 0\nit's nx_x() \n#if 1\nnx_y\n#else\nnx_z\n#endif\n#else\nnx_tcp_enable(a);\n#endif\n"}, []string{"function nx_tcp_enable modelled a.c:9"}},
		{"quote in #error", []string{"#ifdef NX_A\n#error can't\n#endif\nnx_tcp_enable(a);"}, []string{"function nx_tcp_enable modelled a.c:4", "option NX_A option a.c:1"}},
		{"null", []string{"a = NX_NULL;"}, []string{"constant NX_NULL modelled a.c:1"}},
		{"structure tag", []string{"void d(struct NX_IP_DRIVER_STRUCT *r);"}, []string{"type NX_IP_DRIVER_STRUCT modelled a.c:1"}},
		{"unknown type", []string{"NX_DHCP dhcp;"}, []string{"type NX_DHCP missing a.c:1"}},
		{"the program's define", []string{"void tx_application_define(void *m) { }"}, []string{"function tx_application_define modelled a.c:1"}},
		{"line ends of other systems", []string{"\ufeffint a;\r\nnx_tcp_enable(\\\r\na);\r\n"}, []string{"function nx_tcp_enable modelled a.c:2"}},
	} {
		want := tc.want
		if want == nil {
			want = []string{}
		}
		if diff := cmp.Diff(want, found(t, tc.sources...)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tc.name, diff)
		}
	}
}

// TestUnreadable checks that what is no C is refused, with the place.
func TestUnreadable(t *testing.T) {
	for _, tc := range []struct{ source, want string }{
		{"int a;\n/* no end", "a.c:2: comment not terminated"},
		{"int a;\nchar *s = \"no end;\n", "a.c:2: a string or character constant does not end"},
		{"int a;\n\nint b = 'x;\n", "a.c:3: a string or character constant does not end"},
		{"int a;\n\x00", "a.c:2: a zero byte: this is no C source"},
		{"#endif\n", "a.c:1: #endif without #if"},
		{"\n#else\n", "a.c:2: #else without #if"},
		{"\n#if 0\nint a;\n", "a.c:2: #if without #endif"},
		{strings.Repeat("'\n", 60), "a.c:21: character constant not terminated, and 20 more like it before"},
	} {
		_, err := Survey([]Source{{"a.c", []byte(tc.source)}})
		if err == nil || err.Error() != tc.want {
			t.Errorf("%q: error %v, want %q", tc.source, err, tc.want)
		}
	}
}

// TestApproximations checks that the list of approximations names only what netx has, and says why.
func TestApproximations(t *testing.T) {
	for c, why := range readTable().reasons {
		var n Name
		switch {
		case strings.HasPrefix(c, "nx_packet_") && strings.HasSuffix(c, "_ptr") || strings.HasPrefix(c, "nx_packet_data_start") || strings.HasPrefix(c, "nx_packet_data_end") || c == "nx_packet_ip_header":
			n = known().field(c)
		case isLower(c):
			n = known().function(c)
		default:
			n = known().word(c, false)
		}
		if n.State != Approximated || len(why) < 20 {
			t.Errorf("%s is %s (%s): the list must name what netx has, and say what differs", c, n.State, n.Why)
		}
	}
}

// TestEveryServiceIsKnown checks that the table finds every service of the inventory that netx exports, by the rule.
func TestEveryServiceIsKnown(t *testing.T) {
	var missing []string
	for c := range known().services {
		if n := known().function(c); n.State == Missing && c != "tx_application_define" {
			missing = append(missing, c)
		}
	}
	slices.Sort(missing)
	if len(missing) > 0 {
		t.Errorf("%d of %d services are missing: %v", len(missing), len(known().services), missing)
	}
}

// TestHostileSizes reads sources that would take for ever if every name were compared with every other.
func TestHostileSizes(t *testing.T) {
	for _, pattern := range []string{"nx_a(", "typedef ", "enum{", "a b,", "(", "enum a ", "a*", "#if 1\n", "static a(b);", "nx_a)", "struct{", "a\\\n"} {
		_, err := Survey([]Source{{"a.c", []byte(strings.Repeat(pattern, 20_000))}})
		if err != nil && !strings.HasPrefix(err.Error(), "a.c:") {
			t.Errorf("%q: %v", pattern, err)
		}
	}
	nested := strings.Repeat("nx_a(", 20_000) + strings.Repeat(")", 20_000)
	if _, err := Survey([]Source{{"a.c", []byte(nested)}}); err != nil {
		t.Error(err)
	}
}

// FuzzSurvey reads hostile sources.
func FuzzSurvey(f *testing.F) {
	for _, name := range []string{"testdata/sensor.c", "testdata/plain.c"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, s := range []string{
		"", "#", "#\\\n", "\\", "'", "\"", "/*", "//\\", "#define", "#define (", "#if 0", "typedef", "typedef {", "enum", "enum {", "((((((((", "nx_a(", "sizeof nx_a(,,)(",
		"# define nx_a(x) nx_a(x)\nnx_a(1)", "#include", "#include <", "#line 5 \"x", "_Pragma(\"nx\")", "#pragma push_macro(\"A\")", "L'", "0x", "..", "\xff\xfe", "%:", "??=", "a\r\\\r\n", "\\\n\\\n\\\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		report, err := Survey([]Source{{"fuzz.c", data}})
		if err != nil {
			if !strings.HasPrefix(err.Error(), "fuzz.c:") {
				t.Errorf("no place in %q", err)
			}
			return
		}
		lines := bytes.Count(data, []byte("\n")) + 1
		if report.Estimate.Touched > report.Estimate.Code || report.Estimate.Code > lines {
			t.Errorf("%d lines touched, %d with code, %d in all", report.Estimate.Touched, report.Estimate.Code, lines)
		}
		for _, n := range report.Names {
			if n.Uses < 1 || !strings.HasPrefix(n.First, "fuzz.c:") || (n.Go == "") != (n.State == Missing || n.State == Option) {
				t.Errorf("strange name: %+v", n)
			}
		}
	})
}
