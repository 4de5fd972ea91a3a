// Package scenario describes networks of NetX Duo targets in YAML files, with
// what their hosts do and what is expected of it, and runs them.
//
// # Files
//
// A scenario has wires, hosts and workloads, and what is expected:
//
//	wires:
//	  - {name: lan, rate: 10Mbit/s, latency: 1ms, loss: 2%}
//	hosts:
//	  - name: device
//	    pools: [{payload: 1536, packets: 16}]
//	  - {name: server, kind: plain}
//	workloads:
//	  - {kind: pop3, from: device, to: server, mailbox: {messages: 20, sizes: [5kB]}}
//	expect:
//	  session: 10s
//
// Load reads it strictly: a key that does not exist or stands twice, a value out
// of range or with a wrong unit, and a name of nobody are errors with their line
// and column, and all of them are told at once. [Template] has every key with an
// explanation, [Schema] is for editors. In Go a [Scenario] is a struct like
// others; zero fields mean their defaults.
//
// # Hosts
//
// A netx host is a NetX Duo instance with the packet pools given, a plain one a
// computer with as much memory as it wants. Either may be the client or the
// server of a workload, with two exceptions: mail is fetched by netx hosts from
// plain ones, and only netx hosts ping. A netx server is one thread with one
// socket, as in NetX's examples: it accepts, serves, disconnects and listens
// again; further clients wait in the listen queue, each with a packet.
//
// One pool alone is for everything. Several share the work by their use:
// default (what arrives, and what the stack sends by itself), auxiliary (small
// messages, as with NX_ENABLE_DUAL_PACKET_POOL), driver (receive descriptors),
// application (what TCP and UDP workloads send) and pop3 (commands).
//
// # Drivers and processors
//
// Without driver a frame takes its packets from the pool when it arrives. With
// receive descriptors the driver keeps that many packets of the pool from the
// beginning; a frame is received into them, and others take their place. When
// there are none the frame is lost (refill: drop), or goes up and leaves its
// descriptors empty until a later frame finds packets (refill: later), as in
// drivers that refill in their receive interrupt only. Transmit descriptors
// limit the frames that wait to be sent; one more is lost. A frame of a TCP
// socket's packet costs no further packet while it waits.
//
// With cpu the IP thread computes for so long before it handles a received
// frame. Meanwhile further frames arrive and wait in their packets, and less
// urgent threads do not run.
//
// # What the model cannot know
//
// DMA engines, caches, bus contention, the latency of interrupts and the speed
// of a processor are not modelled; an application takes no time except for what
// think, rest and read_pause say, and sending costs none. Give cpu and
// descriptors numbers that were measured on the device, and leave a margin.
// Ticks are those of ThreadX; the timers of the stack are those of a build with
// NX_IP_PERIODIC_RATE equal to ticks_per_second.
//
// # Workloads
//
// A workload repeats sessions. pop3 fetches all mail and holds every message
// against the mailbox. tcp moves bytes of a pattern: the client sends them, or
// receives them, both at once, or the server echoes each packet while it holds
// it. request sends requests and waits for the response to each. udp sends
// datagrams with a number in each; a session lasts until the last has arrived,
// or wait (at most a minute) after it was sent. ping waits for the answer to
// each echo request. idle does nothing, or keeps a connection open. A session
// of tcp, request and idle begins with the connection and ends when both sides
// have closed it.
//
// # Runs
//
// [Run] runs a scenario with a seed on a kernel of its own in virtual time. The
// [Result] is the same, byte for byte, for the same scenario, seed and version.
// [Scenario.Hash] is the same for files that mean the same. After the last
// session a run goes on until all packets are back in their pools, for settle
// at most; what is missing then is a leak, reported with its holders. Between
// sessions, while none is going on, the free packets are counted too: where
// they fall from one such quiet point to the next, packets leak.
//
// A run ends as "finished", at the "horizon" (duration), or as a "deadlock":
// nothing is left to happen and threads wait; the result says for what.
//
// # Faults
//
// Loss, jitter, duplication and so on are faults of package
// netxsim/sim/link/fault. The key faults holds a list of faults of single
// frames, as fault.YAMLSnippet writes it; they replace everything that the
// wires do by chance.
//
// # Units
//
// Times have ns, us, ms, s, m or h behind them, rates bit/s, kbit/s, Mbit/s or
// Gbit/s, shares %. Bytes are plain, or have KiB, MiB, GiB (powers of 1024), kB,
// MB or GB (powers of 1000).
//
// # Keys
//
// "!" marks keys that must be there; words in brackets are the kinds of hosts or
// workloads that have the key.
//
//	name                                     what reports call the scenario; by default the file's name
//	description                              what it is about, for readers
//	target                                   the modelled device
//	target.abi                        ilp32  sizes of the device: 4-byte or 8-byte pointers: ilp32, lp64
//	target.header_pad                        bytes of NX_PACKET_HEADER_PAD, a whole number of words; 0 to 1024
//	target.alignment                         NX_PACKET_ALIGNMENT in bytes: 0 for the size of a word, else a power of two; 0 to 4096
//	target.ticks_per_second           100    rate of the ThreadX timer, in which waits are counted; 1 to 100000
//	duration                          1h     virtual time after which the run is cut off; 1ms to 8760h
//	settle                            1m     virtual time after the last workload in which packets must be back in their pools; 1ms to 24h
//	wires!                                   Ethernet segments
//	wires[].name!                            what hosts call it
//	wires[].rate                             bits per second of each port and direction; 0 is unlimited; 0 to 400Gbit/s
//	wires[].latency                   1us    time from the last bit leaving to the frame arriving; 1us to 10m
//	wires[].jitter                           up to so much later, by chance and in order; 0s to 10m
//	wires[].mtu                       1500   largest IP packet; 68 to 65535
//	wires[].loss                             share of the frames that are lost; 0% to 100%
//	wires[].burst                            losses that come in bursts (Gilbert-Elliott)
//	wires[].burst.enter                      chance, per frame, that the bad state begins; 0% to 100%
//	wires[].burst.leave                      chance, per frame, that it ends; 0% to 100%
//	wires[].burst.loss                100%   share of the frames lost in it; 0.0001% to 100%
//	wires[].duplicate                        share of the frames that arrive twice; 0% to 100%
//	wires[].reorder                          share of the frames that the next ones overtake; 0% to 100%
//	wires[].corrupt                          share of the frames in which a bit is flipped; 0% to 100%
//	wires[].reorder_by                5ms    how much later those arrive; 1us to 10m
//	wires[].queue                            bytes that may wait at each port to be sent, at its rate; more are lost; 0 is unlimited; 0 to 1GiB
//	wires[].bottleneck                       what is in front of each receiving port: the outgoing port of a switch
//	wires[].bottleneck.rate                  bits per second; 0 is no bottleneck; 0 to 400Gbit/s
//	wires[].bottleneck.queue                 bytes that may wait there; more are lost; 0 is unlimited; 0 to 1GiB
//	wires[].outages                          times in which nothing arrives
//	wires[].outages[].at                     when it begins; 0s to 8760h
//	wires[].outages[].for!                   how long it lasts; 1ns to 8760h
//	wires[].outages[].every                  it repeats so long after its beginning; 0 is once; 0s to 8760h
//	hosts!                                   what is attached to the wires
//	hosts[].name!                            what workloads call it
//	hosts[].kind                      netx   a NetX Duo target with packet pools, or a computer with as much memory as it wants: netx, plain
//	hosts[].wire                             wire of its first interface; by default the first
//	hosts[].address                          IPv4 address and network; by default 192.168.WIRE.HOST/24
//	hosts[].interfaces                       further interfaces (netx)
//	hosts[].interfaces[].wire!               wire of the interface
//	hosts[].interfaces[].address             IPv4 address and network; by default 192.168.WIRE.HOST/24
//	hosts[].gateway                          router for other networks; none by default
//	hosts[].forward                          forward IP packets: a router (netx)
//	hosts[].pools                            packet pools (netx)
//	hosts[].pools[].name                     what reports call it; by default the host's name
//	hosts[].pools[].payload!                 bytes of data per packet; 1 to 65535
//	hosts[].pools[].packets!                 number of packets; 1 to 1000000
//	hosts[].pools[].use                      what it is for; what no pool is for uses the default pool. One pool alone is for everything: default, auxiliary, driver, pop3, application
//	hosts[].pools[].fixed                    sizing leaves it as it is
//	hosts[].pools[].payloads                 payloads that sizing tries; by default its own choice; 1 to 65535
//	hosts[].pools[].min_packets              fewest packets that sizing tries; 0 to 1000000
//	hosts[].pools[].max_packets              most packets that sizing tries; 0 is its own choice; 0 to 1000000
//	hosts[].driver                           network driver (netx)
//	hosts[].driver.transmit                  transmit descriptors: frames that may wait to be sent; 0 is unlimited; 0 to 65536
//	hosts[].driver.receive                   receive descriptors, each with a packet of the pool; 0: a frame takes its packets when it arrives; 0 to 65536
//	hosts[].driver.refill             drop   without a packet for its descriptor a frame is dropped and its packet stays there (drop), or it goes up and the descriptor stays empty until the next frame (later): drop, later
//	hosts[].cpu                              what frames cost the processor (netx)
//	hosts[].cpu.per_frame                    time the IP thread takes for each received frame; 0s to 10s
//	hosts[].cpu.per_byte                     time it takes besides for each byte; 0s to 1ms
//	hosts[].arp                       8      entries of the ARP cache (netx); 1 to 65536
//	hosts[].priority                  1      priority of the IP thread (netx); 1 to 31
//	workloads!                               what the hosts do
//	workloads[].kind!                        fetch mail, a TCP stream, requests and responses, datagrams, pings, or nothing: pop3, tcp, request, udp, ping, idle
//	workloads[].name                         what reports call it; by default its kind, or kind and number
//	workloads[].from!                        host that begins: the client
//	workloads[].to                           host that answers: the server
//	workloads[].start                        virtual time of the first session; 0s to 8760h
//	workloads[].start_spread                 up to so much later, by chance; 0s to 8760h
//	workloads[].repeat                1      number of sessions; 1 to 1000000
//	workloads[].rest                         pause between sessions; 0s to 8760h
//	workloads[].think                        pause within a session: between messages, writes, requests, bursts or pings; 0s to 8760h
//	workloads[].spread                       by how much pauses vary, up and down, by chance; 0% to 100%
//	workloads[].clients               1      how many clients on the host do the same at once; 1 to 1000
//	workloads[].priority              16     priority of the workload's threads on netx hosts; 1 to 31
//	workloads[].wait                  10s    how long calls wait for packets, windows, data and answers; 1ms to forever
//	workloads[].port                         the server's port; by default 110 for pop3, else 5000 and the workload's number (pop3, tcp, request, udp, idle); 1 to 65535
//	workloads[].window                1460   receive window of the client on a netx host (pop3, tcp, request, idle); 1 to 65535
//	workloads[].server_window                receive window of the server on a netx host; by default the client's (tcp, request, idle); 1 to 65535
//	workloads[].transmit_queue        20     unacknowledged packets of a netx host's socket (tcp, request, idle); 1 to 100000
//	workloads[].listen                5      connection requests that a netx server queues (tcp, request, idle); 1 to 10000
//	workloads[].size                         bytes of the stream, of each request, datagram or ping; by default 64KiB, 100, 100 or 32 (tcp, request, udp, ping); 1 to 1GiB
//	workloads[].response              1000   bytes of each response (request); 1 to 1GiB
//	workloads[].count                 1      requests, datagrams or pings in a session (request, udp, ping); 1 to 100000000
//	workloads[].direction             send   the client sends, it receives, both at once, or the server sends back what it gets (tcp): send, receive, both, echo
//	workloads[].write                        bytes that an application writes at a time; by default as many as a segment carries (tcp, request); 1 to 65535
//	workloads[].read_pause                   time the receiving application takes over each packet (pop3, tcp, request, udp); 0s to 8760h
//	workloads[].send_first                   the client reads nothing before it has sent everything (tcp)
//	workloads[].keep                         a mistake to be found: packets of each session that the receiving application of a netx host never releases (tcp, request); 0 to 1000000
//	workloads[].rate                         bits of data per second, in place of think (udp); 0 to 400Gbit/s
//	workloads[].burst                 1      datagrams sent at once (udp); 1 to 1000000
//	workloads[].queue                 5      datagrams that a netx host's socket keeps to be received (udp); 1 to 1000000
//	workloads[].length                1m     how long a session takes (idle); 1ms to 8760h
//	workloads[].mailbox                      what the server has (pop3)
//	workloads[].mailbox.path                 maildir, mbox file, folder of .eml files or one of them, beside the scenario's file; none: messages are generated
//	workloads[].mailbox.messages      10     messages to generate; 1 to 1000000
//	workloads[].mailbox.sizes                their sizes in turn; by default 5000; 2 to 100MiB
//	workloads[].mailbox.distribution  list   sizes in turn, evenly between smallest and largest, or around the median as mail has them: list, uniform, lognormal
//	workloads[].mailbox.smallest      200    smallest size that is drawn; 2 to 100MiB
//	workloads[].mailbox.median        5kB    median of lognormal sizes; 2 to 100MiB
//	workloads[].mailbox.sigma         100%   standard deviation of their logarithms; 1% to 1000%
//	workloads[].mailbox.largest       100kB  largest size that is drawn; 2 to 100MiB
//	workloads[].mailbox.vary                 another mailbox for each seed of a run
//	workloads[].apop                         log in with APOP in place of USER and PASS (pop3)
//	workloads[].delete                       delete each message that was fetched; the next session has a fresh mailbox (pop3)
//	workloads[].fixes                 all    quirks of the C client that are repaired: all, none or their ids (pop3)
//	faults                                   what happens to single frames, as a recording says it, such as lan client>server 17 drop; in place of all that wires do by chance
//	expect                                   what must hold in every run
//	expect.complete                   true   every session ends, without an error
//	expect.intact                     true   all mail and data arrive as they were sent
//	expect.leaks                      0      packets of a pool that may be missing at the end; 0 to 1000000
//	expect.allocation_failures               requests for packets that may fail: frames lost, messages not sent, calls refused; 0 to 1000000000
//	expect.session                           longest time a session may take; 0s to 8760h
//	expect.finish                            virtual time by which all workloads must have ended; 0s to 8760h
//	expect.suspension                        longest time a thread may wait for a packet; 0s to 8760h
//	expect.udp_loss                          share of each UDP flow's datagrams that may be lost; 0% to 100%
//	expect.ping_loss                  0%     share of each workload's pings that may stay without an answer; 0% to 100%
package scenario
