package regression_test

import (
	"flag"
	"testing"
)

var updatePOP3 = flag.Bool("update-pop3", false, "write POP3.md")

// popPorted are the upstream regression tests of the POP3 client: all there are.
var popPorted = []ported{
	{"netx_pop3_abnormal_packet_test", "TestPOP3LoneLineFeed"},
	{"netx_pop3_mail_receive_test", "TestPOP3MailReceive"},
	{"netx_pop3_packet_with_endmarker_test", "TestPOP3EndMarkAlone"},
	{"netx_pop3_two_mails_received_test", "TestPOP3TwoMails"},
}

// TestPOP3List checks that the tests of the list exist, and that POP3.md is made of it: go test -run TestPOP3List
// -update-pop3 writes it.
func TestPOP3List(t *testing.T) {
	checkListed(t, "POP3.md", "Upstream regression tests of the POP3 client", popPorted, *updatePOP3)
}
