package report

import (
	"fmt"
	"strings"

	"netxsim/sim/scenario"
)

// A scenarioView is a scenario on a page.
type scenarioView struct {
	Target    []fact
	Wires     table
	Hosts     table
	Pools     table
	Workloads table
	YAML      string
}

func newScenarioView(s *scenario.Scenario) scenarioView {
	return scenarioView{
		Target: []fact{
			{"Target", s.Target.ABI}, {"Header pad", count(s.Target.HeaderPad) + " bytes"},
			{"Ticks", fmt.Sprintf("%d a second", s.Target.TicksPerSecond)}, {"Cut off after", s.Duration.String()},
		},
		Wires: settingWires(s), Hosts: settingHosts(s), Pools: settingPools(s), Workloads: settingWorkloads(s), YAML: string(s.YAML()),
	}
}

func settingWires(s *scenario.Scenario) table {
	t := table{ID: "wires", Caption: "Wires", Columns: heads("wire", ">rate", ">latency", ">jitter", ">MTU", ">loss", "other faults")}
	for _, w := range s.Wires {
		t.add(w.Name, orUnlimited(w.Rate), w.Latency, w.Jitter, count(w.MTU), w.Loss, wireFaults(&w))
	}
	return t
}

func orUnlimited(r scenario.Rate) string {
	if r == 0 {
		return "unlimited"
	}
	return r.String()
}

// wireFaults are those besides loss.
func wireFaults(w *scenario.Wire) string {
	var list []string
	for _, f := range []struct {
		name  string
		share scenario.Percent
	}{{"bursts of loss begin at", w.Burst.Enter}, {"duplicate", w.Duplicate}, {"reorder", w.Reorder}, {"corrupt", w.Corrupt}} {
		if f.share > 0 {
			list = append(list, f.name+" "+f.share.String())
		}
	}
	if len(w.Outages) > 0 {
		list = append(list, plural(len(w.Outages), "outage", "outages"))
	}
	return orDash(strings.Join(list, ", "))
}

func settingHosts(s *scenario.Scenario) table {
	t := table{ID: "hosts", Caption: "Hosts", Columns: heads("host", "kind", "address", "wire", ">transmit descriptors", ">receive descriptors", ">CPU per frame")}
	for _, h := range s.Hosts {
		if h.Kind != scenario.NetX {
			t.add(h.Name, h.Kind, h.Address, h.Wire, "–", "–", "–")
			continue
		}
		t.add(h.Name, h.Kind, h.Address, h.Wire, descriptors(h.Driver.Transmit, "unlimited"), descriptors(h.Driver.Receive, "none"), h.CPU.PerFrame)
	}
	return t
}

func descriptors(n int, zero string) string {
	if n == 0 {
		return zero
	}
	return count(n)
}

func settingPools(s *scenario.Scenario) table {
	t := table{ID: "pools", Caption: "Pools, as the scenario has them", Columns: heads("pool", ">payload", ">packets", "for", "sizing")}
	for _, p := range s.Pools() {
		sizing := "may change it"
		if p.Fixed {
			sizing = "leaves it alone"
		}
		use := strings.Join(p.Use, ", ")
		if use == "" {
			use = "everything"
		}
		t.add(poolName(p.Host, p.Name), count(p.Payload), count(p.Packets), use, sizing)
	}
	return t
}

func settingWorkloads(s *scenario.Scenario) table {
	t := table{ID: "workloads", Caption: "Workloads", Columns: heads("workload", "kind", "from", "to", ">sessions", ">start", "what")}
	for _, w := range s.Workloads {
		t.add(w.Name, w.Kind, w.From, w.To, count(w.Repeat*w.Clients), w.Start, describe(&w))
	}
	return t
}

// describe says what a workload does in a session.
func describe(w *scenario.Workload) string {
	switch w.Kind {
	case scenario.POP3:
		return fmt.Sprintf("%s; window %s", mailboxText(&w.Mailbox), w.Window)
	case scenario.TCP:
		return fmt.Sprintf("%s, direction %s; window %s", w.Size, w.Direction, w.Window)
	case scenario.Request:
		return fmt.Sprintf("%s of %s, responses of %s; window %s", plural(w.Count, "request", "requests"), w.Size, w.Response, w.Window)
	case scenario.UDP:
		return fmt.Sprintf("%s of %s bytes, %s at once", plural(w.Count, "datagram", "datagrams"), w.Size, count(w.Burst))
	case scenario.Ping:
		return fmt.Sprintf("%s of %s bytes", plural(w.Count, "ping", "pings"), w.Size)
	}
	return "for " + w.Length.String()
}

func mailboxText(m *scenario.Mailbox) string {
	if m.Path != "" {
		return "mailbox " + m.Path
	}
	return plural(m.Messages, "message", "messages")
}
