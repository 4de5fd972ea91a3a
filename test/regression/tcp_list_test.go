package regression_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// tcpPorted is, for each test of NetX Duo (test/regression/netxduo_test) whose behaviour is ported, the test that does it.
var tcpPorted = []struct{ upstream, test string }{
	{"netx_low_watermark_fragment_test.c", "TestLowWatermarkFragments"},
	{"netx_low_watermark_test.c", "TestLowWatermarkTCP"},
	{"netx_low_watermark_zero_window_test.c", "TestLowWatermarkZeroWindow"},
	{"netx_tcp_4_duplicate_ack_test.c", "TestTCPFourDuplicateACKs"},
	{"netx_tcp_ack_check_issue_test.c", "TestTCPNoAnswerToACK"},
	{"netx_tcp_advertised_window_update_test.c", "TestTCPWindowWithData"},
	{"netx_tcp_chained_packet_test.c", "TestTCPChainedPacket"},
	{"netx_tcp_client_bind_cleanup_test.c", "TestTCPBindTimesOut"},
	{"netx_tcp_client_packet_leak_test.c", "TestTCPReconnect"},
	{"netx_tcp_client_socket_bind_test.c", "TestTCPBindPorts"},
	{"netx_tcp_client_socket_port_get_test.c", "TestTCPBoundPort"},
	{"netx_tcp_client_socket_unbind_test.c", "TestTCPUnbindWhileBinding"},
	{"netx_tcp_connection_reset_test.c", "TestTCPResetOfHandshake"},
	{"netx_tcp_data_trim_test.c", "TestTCPDataBeyondWindow"},
	{"netx_tcp_delayed_retransmission_test.c", "TestTCPDuplicateArrivesLate"},
	{"netx_tcp_dropped_packet_test2.c", "TestTCPTwoLostSegments"},
	{"netx_tcp_duplicate_accept_test.c", "TestTCPDuplicateAccept"},
	{"netx_tcp_error_operation_check_test.c", "TestTCPConnectErrors"},
	{"netx_tcp_fast_disconnect_test.c", "TestTCPFastDisconnect"},
	{"netx_tcp_fast_retransmit_test.c", "TestTCPFastRetransmit"},
	{"netx_tcp_fin_wait1_to_time_wait_test.c", "TestTCPFinAndAckTogether"},
	{"netx_tcp_fin_wait_recv_test.c", "TestTCPReceiveInFinWait"},
	{"netx_tcp_invalid_length_test.c", "TestTCPInvalidHeaderLength"},
	{"netx_tcp_invalid_option_test.c", "TestTCPOptionOfConnection"},
	{"netx_tcp_invalid_option_test2.c", "TestTCPOptionOfAnswer"},
	{"netx_tcp_listen_packet_leak_test.c", "TestTCPListenQueueReset"},
	{"netx_tcp_mss_option_test.c", "TestTCPOptionsOfSYN"},
	{"netx_tcp_multiple_send_test.c", "TestTCPTwoSenders"},
	{"netx_tcp_not_enabled_test.c", "TestTCPNotEnabled"},
	{"netx_tcp_odd_window_test.c", "TestTCPOddWindow"},
	{"netx_tcp_out_of_order_packet_max_test.c", "TestTCPFirstTwoLost"},
	{"netx_tcp_out_of_order_packet_test.c", "TestTCPReverseOrder"},
	{"netx_tcp_out_of_window_control_packet_test.c", "TestTCPControlOutsideWindow"},
	{"netx_tcp_overlapping_packet_test.c", "TestTCPOverlappingSegments/part of a later segment again, then the gap and what follows in one"},
	{"netx_tcp_overlapping_packet_test_10.c", "TestTCPOverlappingSegments/one that fills a gap and covers the beginning of what follows"},
	{"netx_tcp_overlapping_packet_test_11.c", "TestTCPOverlappingSegments/the missing first segment with the beginning of the second"},
	{"netx_tcp_overlapping_packet_test_12.c", "TestTCPOverlappingSegments/halves of two received segments again in one"},
	{"netx_tcp_overlapping_packet_test_13.c", "TestTCPOverlappingSegments/one that covers the end of an early segment and the gap up to the next"},
	{"netx_tcp_overlapping_packet_test_14.c", "TestTCPOverlappingSegments/the first segment again with more behind it, then all behind the first"},
	{"netx_tcp_overlapping_packet_test_15.c", "TestTCPOverlappingSegments/five segments, each of which overlaps its neighbours"},
	{"netx_tcp_overlapping_packet_test_16.c", "TestTCPOverlappingSegments/large segments: the first again with more behind it, then from its middle"},
	{"netx_tcp_overlapping_packet_test_17.c", "TestTCPOverlappingSegments/large segments: the last one early, then the first again up to it"},
	{"netx_tcp_overlapping_packet_test_18.c", "TestTCPOverlappingSegments/the first segment again with more behind it and all behind the first, in one instant"},
	{"netx_tcp_overlapping_packet_test_2.c", "TestTCPOverlappingSegments/two segments again, from one byte before up to one byte before their end"},
	{"netx_tcp_overlapping_packet_test_3.c", "TestTCPOverlappingSegments/two segments again, from one byte before up to their end"},
	{"netx_tcp_overlapping_packet_test_4.c", "TestTCPOverlappingSegments/the middle one of three received segments again"},
	{"netx_tcp_overlapping_packet_test_5.c", "TestTCPOverlappingSegments/one that fills a gap and covers what follows, one over the next gap and half of what follows"},
	{"netx_tcp_overlapping_packet_test_6.c", "TestTCPOverlappingSegments/the last of three received segments again"},
	{"netx_tcp_overlapping_packet_test_7.c", "TestTCPOverlappingSegments/the first of four received segments again"},
	{"netx_tcp_overlapping_packet_test_8.c", "TestTCPOverlappingSegments/three received segments again in one"},
	{"netx_tcp_overlapping_packet_test_9.c", "TestTCPOverlappingSegments/some bytes from within a received segment again"},
	{"netx_tcp_queue_depth_notify_test.c", "TestTCPQueueDepthNotify"},
	{"netx_tcp_receive_cleanup_test.c", "TestTCPReceiversTimeOut"},
	{"netx_tcp_reset_during_send_test.c", "TestTCPResetDuringSend"},
	{"netx_tcp_retransmit_test.c", "TestTCPTimeoutRetransmit"},
	{"netx_tcp_send_disconnect_test.c", "TestTCPDisconnectDuringSend"},
	{"netx_tcp_send_fail_test3.c", "TestTCPSendOverflow"},
	{"netx_tcp_server_socket_accept_test.c", "TestTCPAcceptStates"},
	{"netx_tcp_simultaneous_test.c", "TestTCPSimultaneousOpen"},
	{"netx_tcp_small_window_test.c", "TestTCPSmallWindow"},
	{"netx_tcp_socket_available_bytes_test.c", "TestTCPBytesAvailable"},
	{"netx_tcp_socket_delete_test.c", "TestTCPDeleteBound"},
	{"netx_tcp_socket_listen_test.c", "TestTCPListenLimit"},
	{"netx_tcp_socket_mss_test.c", "TestTCPSegmentSize"},
	{"netx_tcp_socket_receive_rst_test.c", "TestTCPReceiveAfterReset"},
	{"netx_tcp_socket_relisten_test.c", "TestTCPRelisten"},
	{"netx_tcp_socket_state_wait_test.c", "TestTCPStateWait"},
	{"netx_tcp_socket_unaccept_test.c", "TestTCPUnaccept"},
	{"netx_tcp_socket_unbind_test.c", "TestTCPUnbindHandsOn"},
	{"netx_tcp_socket_unlisten_test.c", "TestTCPUnlisten"},
	{"netx_tcp_time_wait_to_close_test.c", "TestTCPTimedWaitEnds"},
	{"netx_tcp_transmit_cleanup_test.c", "TestTCPSendersTimeOut"},
	{"netx_tcp_transmit_not_done_test.c", "TestTCPResetWhileInFlight"},
	{"netx_tcp_tx_queue_exceed_test.c", "TestTCPTransmitQueueLimit"},
	{"netx_tcp_urgent_packet_test.c", "TestTCPUrgent"},
	{"netx_tcp_wrapping_sequence_test.c", "TestTCPSequenceWraps/ffffff00"},
	{"netx_tcp_wrapping_sequence_test2.c", "TestTCPSequenceWraps/ffffffef"},
	{"netx_tcp_wrapping_sequence_test3.c", "TestTCPSequenceWraps/ffffffff"},
	{"netx_tcp_wrapping_sequence_test4.c", "TestTCPSequenceWraps/ffffffdf"},
	{"netx_tcp_zero_window_probe_2_test.c", "TestTCPZeroWindowReopens"},
	{"netx_tcp_zero_window_probe_test.c", "TestTCPZeroWindowProbe"},
}

// TestTCPListed checks that the tests of the list exist, and that the table in TCP.md says the same.
func TestTCPListed(t *testing.T) {
	funcs, names := tcpDeclared(t)
	table, err := os.ReadFile("TCP.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, p := range tcpPorted {
		test, sub, _ := strings.Cut(p.test, "/")
		if !funcs[test] || sub != "" && !names[sub] && !names["0x"+sub] {
			t.Errorf("%s: there is no test %s", p.upstream, p.test)
		}
		if row := "| " + p.upstream + " | " + p.test + " |\n"; !strings.Contains(string(table), row) {
			t.Errorf("TCP.md lacks the row %s", row)
		}
		if seen[p.upstream] {
			t.Errorf("%s is listed twice", p.upstream)
		}
		seen[p.upstream] = true
	}
	if rows := strings.Count(string(table), "| netx_"); rows != len(tcpPorted) {
		t.Errorf("TCP.md has %d rows, the list %d", rows, len(tcpPorted))
	}
}

// tcpDeclared returns the functions of this package's tests and the literals in them, without quotes.
func tcpDeclared(t *testing.T) (funcs, literals map[string]bool) {
	t.Helper()
	files, err := fs.Glob(os.DirFS("."), "*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	funcs, literals = map[string]bool{}, map[string]bool{}
	for _, name := range files {
		if name == "tcp_list_test.go" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				funcs[n.Name.Name] = true
			case *ast.BasicLit:
				literals[strings.Trim(n.Value, `"`)] = true
			}
			return true
		})
	}
	return funcs, literals
}
