package pop3client_test

import (
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"netxsim/ipstack"
	"netxsim/packetpool"
	"netxsim/pop3client"
	"netxsim/sim"
	"netxsim/sim/link"
)

var update = flag.Bool("update", false, "write what happened into testdata/dialogues")

// TestDialogues plays the scripts in testdata/dialogues; the README there has
// their format.
func TestDialogues(t *testing.T) {
	files, err := filepath.Glob("testdata/dialogues/*.txt")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d dialogues, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(archive.Comment) == 0 {
				t.Error("the script does not say what is nasty about it")
			}
			playAll(t, archive)
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// playAll plays each client of a script against its server, and leaves in the
// script what happened.
func playAll(t *testing.T, archive *txtar.Archive) {
	t.Helper()
	var rules []rule
	for i := range archive.Files {
		section := &archive.Files[i]
		kind, options, _ := strings.Cut(section.Name, " ")
		switch kind {
		case "server":
			var err error
			if rules, err = parseRules(string(section.Data)); err != nil {
				t.Fatal(err)
			}
		case "client":
			got, err := play(rules, options, string(section.Data))
			if err != nil {
				t.Fatalf("%s: %v", section.Name, err)
			}
			if diff := cmp.Diff(strings.Split(string(section.Data), "\n"), strings.Split(got, "\n")); diff != "" && !*update {
				t.Errorf("%s (-want +got):\n%s", section.Name, diff)
			}
			section.Data = []byte(got)
		default:
			t.Fatalf("section %q is neither server nor client", section.Name)
		}
	}
}

// A player is a client that follows a script.
type player struct {
	kernel *sim.Kernel
	pool   *packetpool.Pool
	config pop3client.Config
	client *pop3client.Client
	server *scriptServer
	lost   uint32 // packets that the script knows to be lost
}

// play runs the calls of script against a server with rules and returns the
// script with what came of each.
func play(rules []rule, options, script string) (played string, err error) {
	p := &player{kernel: sim.New(sim.Config{Seed: 1}), client: new(pop3client.Client)}
	p.config = pop3client.Config{User: "mrose", Password: "tanstaaf", Fixes: pop3client.AllFixes}
	payload, packets := uint32(1536), 12
	for _, option := range strings.Fields(options) {
		if err := p.set(option, &payload, &packets); err != nil {
			return "", err
		}
	}
	if err := p.connect(rules, payload, packets); err != nil {
		return "", err
	}
	var out strings.Builder
	_, err = p.kernel.NewThread(sim.ThreadConfig{Name: "client", Priority: 16, Entry: func() {
		for line := range strings.Lines(script) {
			out.WriteString(p.line(strings.TrimSuffix(line, "\n")) + "\n")
		}
		p.client.Delete()
	}})
	if err != nil {
		return "", err
	}
	if _, err := p.kernel.Run(func() {}); err != nil {
		return "", err
	}
	if leaked := p.pool.Total() - p.pool.Available() - p.lost; leaked != 0 {
		return "", fmt.Errorf("%d packets leaked: %v", leaked, p.pool.Holders())
	}
	return out.String(), p.pool.Check()
}

// set understands an option of a client.
func (p *player) set(option string, payload *uint32, packets *int) error {
	name, value, _ := strings.Cut(option, "=")
	number, _ := strconv.ParseUint(value, 10, 31)
	switch name {
	case "fixes":
		var err error
		p.config.Fixes, err = pop3client.ParseFixes(value)
		return err
	case "apop":
		p.config.APOP = true
	case "nologin":
		p.config.NoLogin = true
	case "user":
		p.config.User = value
	case "payload":
		*payload = uint32(number)
	case "packets":
		*packets = int(number)
	default:
		return fmt.Errorf("option %q", option)
	}
	return nil
}

// connect makes both ends and the wire.
func (p *player) connect(rules []rule, payload uint32, packets int) (err error) {
	wire := link.New(p.kernel, link.Config{})
	if p.pool, p.config.IP, err = newTarget(p.kernel, wire, 61, payload, packets); err != nil {
		return err
	}
	var server *ipstack.IP
	if _, server, err = newTarget(p.kernel, wire, 89, 1600, 400); err != nil {
		return err
	}
	p.config.Server = netip.AddrFrom4([4]byte{192, 2, 2, 89})
	p.server, err = startScript(p.kernel, server, rules)
	return err
}

// maxWaits is how many reply waits a call may take, behind which the client
// counts as hanging.
const maxWaits = 5

// line makes the call of a line and returns the line with what came of it.
// Empty lines and comments stay.
func (p *player) line(line string) string {
	words, _, _ := strings.Cut(line, " ->")
	if strings.TrimSpace(words) == "" || strings.HasPrefix(words, "#") {
		return line
	}
	begin := p.kernel.Ticks()
	result := p.call(strings.Fields(words))
	if took := p.kernel.Ticks() - begin; took > maxWaits*pop3client.DefaultReplyWait && words != "sleep" {
		result += fmt.Sprintf(" (hung for %d ticks)", took)
	}
	if result == "" {
		return words
	}
	return words + " -> " + result
}
