package pop3_test

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	"netxsim/pop3client"
	"netxsim/test/conformance"
	"netxsim/test/conformance/pop3"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// unrecorded are the quirks without a vector: what they do in C is undefined,
// or ends the program.
var unrecorded = pop3client.FixesOf(
	pop3client.QuirkNxdBadVersion,
	pop3client.QuirkTcpNotEnabled,
	pop3client.QuirkReplyTiny,
	pop3client.QuirkUseAfterDelete,
)

// TestEveryQuirkIsRecorded runs all vectors and checks that each quirk is hit
// by one.
func TestEveryQuirkIsRecorded(t *testing.T) {
	cases, err := conformance.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	hit := pop3client.NoFixes
	for _, c := range cases {
		if c.Suite != "pop3" {
			continue
		}
		_, _, quirks := pop3.ReplayQuirks(c.Raw)
		for _, q := range quirks {
			hit = hit.With(q.Quirk)
		}
	}
	for _, q := range pop3client.Quirks() {
		if hit.Has(q) == unrecorded.Has(q) {
			t.Errorf("%v: hit by a vector: %v", q, hit.Has(q))
		}
	}
}

const vector = `{"suite":"pop3","name":"stat/x","profile":"lp64","about":"",` +
	`"config":{"ticks_per_second":100,"reply_timeout_ticks":1000},` +
	`"client":{"ip_version":4,"pool":{"payload":1536,"packets":20,"initial":20}},` +
	`"server":{"listen":true,"script":[{"on":"accept","send":["+OK\r\n"]},{"on":"USER ","send":["+OK\r\n"]},` +
	`{"on":"PASS ","send":["+OK\r\n"]},{"on":"STAT","send":[{"delay":60},{"parts":["+OK 2 ",{"fill":1,"len":0},"320\r\n"]}]}]},` +
	`"steps":[{"op":"create","in":{"api":"nx","apop":false,"address":"192.2.2.89","port":110,"user":"a","password":"b"},` +
	`"out":{"status":0,"wire":["USER a\r\n","PASS b\r\n"],"pool_available":20,"server_sees":"open"}},` +
	`{"op":"mail_items_get","in":{},"out":{"status":0,"items":2,"total":320,"wire":["STAT\r\n"],"pool_available":20,"ticks":60}},` +
	`{"op":"delete","in":{},"out":{"status":0,"pool_available":20,"server_sees":"fin"}}]}`

// TestReplay checks that every part of an answer is compared.
func TestReplay(t *testing.T) {
	tests := map[string]struct {
		old, new string // what is changed in the vector
		diff     string // part of the diff
		skip     string
	}{
		"as recorded":       {},
		"within tolerance":  {`"ticks":60`, `"ticks":80`, "", ""},
		"time":              {`"ticks":60`, `"ticks":90`, `step 2, mail_items_get`, ""},
		"status":            {`{"status":0,"items"`, `{"status":1,"items"`, `"status"`, ""},
		"output":            {`"total":320`, `"total":null`, `"total"`, ""},
		"packets":           {`20,"server_sees":"fin"`, `19,"server_sees":"fin"`, `"pool_available"`, ""},
		"wire":              {`["STAT\r\n"]`, `["STAT"]`, `"wire"`, ""},
		"end of connection": {`,"server_sees":"fin"`, ``, `"server_sees"`, ""},
		"unknown operation": {`"op":"delete"`, `"op":"erase"`, `unknown op "erase"`, ""},
		"unknown member":    {`"about":""`, `"abort":""`, `unknown field "abort"`, ""},
		"not an address":    {`192.2.2.89`, `192.2.2`, `192.2.2`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			raw := strings.Replace(vector, tt.old, tt.new, 1)
			if tt.old != "" && raw == vector {
				t.Fatal("nothing changed")
			}
			diff, skip := pop3.Replay([]byte(raw))
			if !strings.Contains(diff, tt.diff) || (tt.diff == "") != (diff == "") {
				t.Errorf("diff %q, want %q in it", diff, tt.diff)
			}
			if !strings.Contains(skip, tt.skip) || (tt.skip == "") != (skip == "") {
				t.Errorf("skip %q, want %q in it", skip, tt.skip)
			}
		})
	}
}
