package regression_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var updateNet = flag.Bool("update-net", false, "write NET.md")

// ported is an upstream regression test whose behaviour is tested here: the C file without its ending, and the Go tests,
// with a slash and a word for a subtest.
type ported struct {
	upstream string
	tests    string
}

// netPorted are the upstream regression tests below UDP, IP, ARP, ICMP, IGMP, packets and IPv6 whose behaviour is tested
// here.
var netPorted = []ported{
	{"netx_udp_basic_processing_test", "TestNetUDPCountsDatagrams"},
	{"netx_udp_bind_cleanup_test", "TestNetUDPBindTimesOut"},
	{"netx_udp_checksum_zero_test", "TestNetUDPZeroChecksumIsSentAsOnes"},
	{"netx_udp_fragment_test", "TestNetFragmentWithoutPackets"},
	{"netx_udp_fragmentation_processing_test", "TestNetFragmentsOfSeveralDatagrams"},
	{"netx_udp_free_port_find_test", "TestNetUDPFreePortFind"},
	{"netx_udp_loopback_test", "TestNetUDPLoopback"},
	{"netx_udp_multiple_ports_test", "TestNetUDPMultiplePorts"},
	{"netx_udp_packet_receive_test", "TestNetUDPReceiveQueue TestNetUDPMalformedDatagrams"},
	{"netx_udp_packet_type_test", "TestNetUDPHeaderRoom TestNetIPv6UDP"},
	{"netx_udp_port_unreachable_test", "TestNetUDPPortUnreachable"},
	{"netx_udp_socket_bind_test", "TestNetUDPPortsUsedUp"},
	{"netx_udp_socket_delete_test", "TestNetUDPDelete"},
	{"netx_udp_socket_unbind_receive_test", "TestNetUDPUnbindWakesReceiver"},
	{"netx_udp_socket_unbind_test", "TestNetUDPUnbindHandsPortOver"},

	{"netx_arp_auto_entry_test", "TestNetARPLearnsFromAnyMessage"},
	{"netx_arp_conflict_test", "TestNetARPDefendsAddress"},
	{"netx_arp_dynamic_entry_fail_test", "TestNetARPGivesUp"},
	{"netx_arp_dynamic_entry_set_test", "TestNetARPDynamicEntrySet"},
	{"netx_arp_dynamic_entry_test2", "TestNetARPInvalidateReleasesPackets"},
	{"netx_arp_dynamic_entry_test3", "TestNetARPLateAnswer"},
	{"netx_arp_dynamic_invalidate_test", "TestNetARPDynamicInvalidate"},
	{"netx_arp_entry_abnormal_operation_test", "TestNetARPEntriesReplaceOneAnother"},
	{"netx_arp_gratuitous_test", "TestNetARPGratuitous TestNetARPConflictCallback"},
	{"netx_arp_invalid_type_test", "TestNetARPInvalidMessages"},
	{"netx_arp_no_duplicate_entry_test", "TestNetARPNoDuplicateEntry"},
	{"netx_arp_queue_depth_test", "TestNetARPQueueDepth"},
	{"netx_arp_static_entries_delete_test", "TestNetARPStaticEntriesDelete"},
	{"netx_arp_static_entry_create_test", "TestNetARPStaticEntriesFillCache"},
	{"netx_arp_static_entry_pollute_test", "TestNetARPStaticEntryStays"},

	{"netx_icmp_broadcast_ping_test", "TestNetPingBroadcast"},
	{"netx_icmp_cleanup_test", "TestNetPingCleanup"},
	{"netx_icmp_loopback_fail_test", "TestNetPingLoopback"},
	{"netx_icmp_multiple_ping_test1", "TestNetPingsAtOnce"},
	{"netx_icmp_ping_fragment_test", "TestNetPingFragmentationOffDuringARP"},
	{"netx_icmp_ping_multicast_test", "TestNetPingFragmented"},
	{"netx_icmp_ping_test", "TestNetPing"},
	{"netx_icmp_send_error_message_test", "TestNetICMPErrors TestNetIPv4Options"},
	{"netx_ipv4_option_process_test", "TestNetIPv4Options"},

	{"netx_igmp_basic_test", "TestNetIGMPJoinAndLeave"},
	{"netx_igmp_interface_indirect_report_send_test", "TestNetIGMPReports"},
	{"netx_igmp_join_fail_test", "TestNetIGMPDriverRefusesJoin"},
	{"netx_igmp_leave_test", "TestNetIGMPLeaveTwice"},
	{"netx_igmp_loopback_test", "TestNetIGMPLoopback"},
	{"netx_igmp_router_query_test", "TestNetIGMPQueries"},

	{"netx_ip_fragmentation_disable_test", "TestNetFragmentationDisable"},
	{"netx_ip_fragmentation_duplicate_test", "TestNetFragmentTwice"},
	{"netx_ip_fragmentation_invalid_test", "TestNetFragmentsOverlap"},
	{"netx_ip_fragmentation_order_test", "TestNetFragmentsInAnyOrder"},
	{"netx_ip_fragmentation_packet_delay_test", "TestNetFragmentDelayed"},
	{"netx_ip_fragmentation_packet_drop_test", "TestNetFragmentsTimeOut"},
	{"netx_ip_fragmentation_test", "TestNetFragmentation"},
	{"netx_ip_fragmentation_time_exceeded_message_test", "TestNetFragmentsTimeOut"},
	{"netx_ip_fragmentation_wrong_destination_address_test", "TestNetFragmentsThatDoNotFit/destination"},
	{"netx_ip_fragmentation_wrong_protocol_field_test", "TestNetFragmentsThatDoNotFit/protocol"},

	{"netx_ip_address_change_notify_test", "TestNetIPAddressChangeNotify"},
	{"netx_ip_address_set_test", "TestNetIPAddressSet TestNetIPTwoInterfaces"},
	{"netx_ip_gateway_address_test", "TestNetGatewayAddress"},
	{"netx_ip_interface_capability_test", "TestNetInterfaceCapability"},
	{"netx_ip_interface_detachment_arp_table_test", "TestNetInterfaceDetachARP"},
	{"netx_ip_interface_detachment_gateway_test", "TestNetInterfaceDetachGateway"},
	{"netx_ip_malformed_packet_test", "TestNetIPMalformedPackets"},
	{"netx_ip_max_payload_size_find_test", "TestNetMaxPayloadSize"},
	{"netx_ip_multicast_interface_detach_test", "TestNetMulticastInterfaceDetach"},
	{"netx_ip_status_check_test", "TestNetIPStatusCheck"},
	{"netx_ip_static_route_add_test", "TestNetStaticRoutes"},
	{"netx_ip_static_route_delete_test", "TestNetStaticRoutes"},
	{"netx_forward_icmp_test", "TestNetForwardPing"},
	{"netx_forward_icmp_ttl_test", "TestNetForwardTTL"},
	{"netx_forward_link_local_address_test", "TestNetForwardStaysLocal"},
	{"netx_forward_multicast_test", "TestNetForwardStaysLocal"},
	{"netx_forward_udp_fragment_test", "TestNetForwardFragments"},

	{"netx_ip_raw_loopback_test", "TestNetRawLoopback"},
	{"netx_ip_raw_packet_filter_test", "TestNetRawFilter"},
	{"netx_ip_raw_packet_queue_test", "TestNetRawQueueLimit"},
	{"netx_ip_raw_packet_test", "TestNetRawPackets"},
	{"netx_raw_nxe_api_test", "TestNetRawChecks"},

	{"netx_packet_basic_test", "TestNetPacketChains TestNetPacketCopyBetweenPools TestNetPacketWrongLength"},
	{"netx_packet_branch_test", "TestNetPacketAdjust TestNetPacketTransmitReleaseTwice TestNetPacketReleaseBrokenPool TestNetPacketReleaseAfterSend TestNetPacketWaitCleanup"},
	{"netx_packet_data_append_test", "TestNetPacketAppendWithoutPackets"},
	{"netx_packet_debug_info_test", "TestNetPacketDebugInfo TestNetPacketDebugNeighbours TestNetPacketDebugListenQueue TestNetPacketDebugTCPData TestNetPacketDebugDatagrams"},
	{"netx_packet_nxe_api_test", "TestNetPacketChecks TestNetPacketPointers"},
	{"netx_packet_payload_size_test", "TestNetPacketPayloadSize TestNetPacketMemoryUnaligned"},
	{"netx_packet_suspension_test", "TestNetPacketSuspension"},

	{"netx_icmp_ping6_data_append_test", "TestNetIPv6PingLongData"},
	{"netx_icmp_ping6_test", "TestNetIPv6Ping"},
	{"netx_icmpv6_DAD_test", "TestNetIPv6DuplicateAddress"},
	{"netx_ipv6_address_get_test", "TestNetIPv6Addresses"},
	{"netx_ipv6_disable_test", "TestNetIPv6Disable"},
	{"netx_icmpv6_abnormal_mtu_in_ra_test", "TestNetIPv6PathMTU"},
	{"netx_icmpv6_echo_reply_test", "TestNetICMPv6Echo"},
	{"netx_icmpv6_echo_request_test", "TestNetICMPv6Echo"},
	{"netx_icmpv6_error_test", "TestNetICMPv6Errors"},
	{"netx_icmpv6_invalid_message_test", "TestNetIPv6PathMTU"},
	{"netx_icmpv6_invalid_na", "TestNetICMPv6InvalidAdvertisements TestNetICMPv6InvalidSolicitations"},
	{"netx_icmpv6_mtu_option_test", "TestNetIPv6PathMTU"},
	{"netx_icmpv6_ra_flag_callback_test", "TestNetICMPv6RouterFlags"},
	{"netx_icmpv6_redirect_test", "TestNetICMPv6Redirect"},
	{"netx_ipv6_fragment_fail_test", "TestNetIPv6FragmentWithoutPackets"},
	{"netx_ipv6_fragmentation_test", "TestNetIPv6Fragmentation"},
	{"netx_ipv6_hop_by_hop_fragment_test", "TestNetIPv6HopByHopPing"},
	{"netx_ipv6_hop_by_hop_option_error_test", "TestNetIPv6HopByHopErrors"},
	{"netx_ipv6_nd_cache_api_test", "TestNetNDCacheEntries"},
	{"netx_ipv6_pmtu_test", "TestNetIPv6PathMTU"},
	{"netx_ipv6_stateless_address_autoconfig_test", "TestNetIPv6Autoconfiguration"},
	{"netx_nd_cache_api_test", "TestNetNDCacheEntries"},
	{"netx_nd_cache_nxe_api_test", "TestNetNDCacheChecks"},
	{"netx_nd_cache_under_interface_detach_test", "TestNetNDCacheInterfaceDetach"},
}

// netFloor is how many upstream tests have to be covered here.
const netFloor = 34

// TestNetList checks that the tests of the list exist, and that NET.md is made of it: go test -run TestNetList -update-net
// writes it. What a behaviour is stands above its test.
func TestNetList(t *testing.T) {
	if len(netPorted) < netFloor {
		t.Errorf("%d upstream tests are covered, fewer than %d", len(netPorted), netFloor)
	}
	checkListed(t, "NET.md", "Upstream regression tests of the network, except TCP", netPorted, *updateNet)
}

// checkListed compares a file with the table of the upstream tests it has to have, or writes it.
func checkListed(t *testing.T, name, title string, list []ported, update bool) {
	t.Helper()
	docs, subtests := netTests(t)
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", title)
	b.WriteString("For each C test the Go tests that check its behaviour here, and what that is. Written by net_list_test.go.\n\n")
	b.WriteString("| upstream | test | behaviour |\n|---|---|---|\n")
	seen := map[string]bool{}
	for _, p := range list {
		if seen[p.upstream] {
			t.Errorf("%s is listed twice", p.upstream)
		}
		seen[p.upstream] = true
		var behaviour []string
		for _, test := range strings.Fields(p.tests) {
			function, sub, _ := strings.Cut(test, "/")
			if docs[function] == "" {
				t.Errorf("%s: test %s does not exist or does not say what it tests", p.upstream, function)
			}
			if sub != "" && !subtests[function][sub] {
				t.Errorf("%s: %s has no subtest %s", p.upstream, function, sub)
			}
			behaviour = append(behaviour, docs[function])
		}
		fmt.Fprintf(&b, "| %s.c | %s | %s |\n", p.upstream, strings.ReplaceAll(p.tests, " ", "<br>"), strings.Join(behaviour, "<br>"))
	}
	if update {
		if err := os.WriteFile(name, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	netEqual(t, name, string(stored), b.String())
}

// netTests returns what the comments above the package's tests say, and the words that name subtests in them.
func netTests(t *testing.T) (docs map[string]string, subtests map[string]map[string]bool) {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	docs, subtests = map[string]string{}, map[string]map[string]bool{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(f.Name.Name, "Test") {
				continue
			}
			docs[f.Name.Name] = strings.Join(strings.Fields(f.Doc.Text()), " ")
			subtests[f.Name.Name] = netStrings(f)
		}
	}
	return docs, subtests
}

// netStrings returns the string literals in a function.
func netStrings(f *ast.FuncDecl) map[string]bool {
	all := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			all[strings.Trim(lit.Value, `"`)] = true
		}
		return true
	})
	return all
}
