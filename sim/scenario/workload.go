package scenario

// Kinds of workloads.
const (
	POP3    = "pop3"    // fetch mail
	TCP     = "tcp"     // a stream of bytes
	Request = "request" // requests and responses on a TCP connection
	UDP     = "udp"     // a flow of datagrams
	Ping    = "ping"    // ICMP echo requests
	Idle    = "idle"    // nothing, or an open connection without traffic
)

// A Workload is what one thread of a host does, once or repeatedly. One
// repetition is a session.
type Workload struct {
	Kind string `yaml:"kind" help:"fetch mail, a TCP stream, requests and responses, datagrams, pings, or nothing" enum:"pop3|tcp|request|udp|ping|idle" required:"true"`
	Name string `yaml:"name" help:"what reports call it; by default its kind, or kind and number"`
	// From is the host that begins, To the one that answers.
	From string `yaml:"from" help:"host that begins: the client" required:"true"`
	To   string `yaml:"to" help:"host that answers: the server" kinds:"pop3|tcp|request|udp|ping|idle"`

	// Start is the virtual time of the first session.
	Start Duration `yaml:"start" help:"virtual time of the first session" max:"8760h"`
	// StartSpread delays the start by a random time up to this.
	StartSpread Duration `yaml:"start_spread" help:"up to so much later, by chance" max:"8760h"`
	// Repeat is the number of sessions.
	Repeat int `yaml:"repeat" help:"number of sessions" default:"1" min:"1" max:"1000000"`
	// Rest is the pause between two sessions, Think the pause within one.
	Rest  Duration `yaml:"rest" help:"pause between sessions" max:"8760h"`
	Think Duration `yaml:"think" help:"pause within a session: between messages, writes, requests, bursts or pings" max:"8760h"`
	// Spread is by how much Rest and Think vary.
	Spread Percent `yaml:"spread" help:"by how much pauses vary, up and down, by chance" max:"100%"`
	// Clients is how many threads of the host do the same at once.
	Clients int `yaml:"clients" help:"how many clients on the host do the same at once" default:"1" min:"1" max:"1000"`
	// Priority is that of the threads on netx hosts.
	Priority int `yaml:"priority" help:"priority of the workload's threads on netx hosts" default:"16" min:"1" max:"31"`
	// Wait is how long each call waits; Forever is NX_WAIT_FOREVER.
	Wait Duration `yaml:"wait" help:"how long calls wait for packets, windows, data and answers" default:"10s" min:"1ms" max:"forever"`

	// Port is the server's.
	Port int `yaml:"port" help:"the server's port; by default 110 for pop3, else 5000 and the workload's number" min:"1" max:"65535" kinds:"pop3|tcp|request|udp|idle"`
	// Window and ServerWindow are the receive windows of netx hosts.
	Window       Bytes `yaml:"window" help:"receive window of the client on a netx host" default:"1460" min:"1" max:"65535" kinds:"pop3|tcp|request|idle"`
	ServerWindow Bytes `yaml:"server_window" help:"receive window of the server on a netx host; by default the client's" min:"1" max:"65535" kinds:"tcp|request|idle"`
	// TransmitQueue is the transmit queue of the sockets on netx hosts.
	TransmitQueue int `yaml:"transmit_queue" help:"unacknowledged packets of a netx host's socket" default:"20" min:"1" max:"100000" kinds:"tcp|request|idle"`
	// Listen is the number of connection requests that a netx server queues.
	Listen int `yaml:"listen" help:"connection requests that a netx server queues" default:"5" min:"1" max:"10000" kinds:"tcp|request|idle"`

	// Size is the bytes of a stream, a request, a datagram or a ping.
	Size Bytes `yaml:"size" help:"bytes of the stream, of each request, datagram or ping; by default 64KiB, 100, 100 or 32" min:"1" max:"1GiB" kinds:"tcp|request|udp|ping"`
	// Response is the bytes of each answer.
	Response Bytes `yaml:"response" help:"bytes of each response" default:"1000" min:"1" max:"1GiB" kinds:"request"`
	// Count is the number of requests, datagrams or pings in a session.
	Count int `yaml:"count" help:"requests, datagrams or pings in a session" default:"1" min:"1" max:"100000000" kinds:"request|udp|ping"`
	// Direction is the way that a stream goes.
	Direction string `yaml:"direction" help:"the client sends, it receives, both at once, or the server sends back what it gets" enum:"send|receive|both|echo" default:"send" kinds:"tcp"`
	// Write is the bytes that an application hands over at a time.
	Write Bytes `yaml:"write" help:"bytes that an application writes at a time; by default as many as a segment carries" min:"1" max:"65535" kinds:"tcp|request"`
	// ReadPause is how long a receiving application takes over each packet.
	ReadPause Duration `yaml:"read_pause" help:"time the receiving application takes over each packet" max:"8760h" kinds:"pop3|tcp|request|udp"`
	// SendFirst makes the client of a stream read nothing before it has sent
	// everything.
	SendFirst bool `yaml:"send_first" help:"the client reads nothing before it has sent everything" kinds:"tcp"`
	// Keep is the packets of each session that a faulty application of a netx
	// host never releases.
	Keep int `yaml:"keep" help:"a mistake to be found: packets of each session that the receiving application of a netx host never releases" max:"1000000" kinds:"tcp|request"`
	// Rate is that of a flow of datagrams, Burst how many are sent at once.
	Rate  Rate `yaml:"rate" help:"bits of data per second, in place of think" max:"400Gbit/s" kinds:"udp"`
	Burst int  `yaml:"burst" help:"datagrams sent at once" default:"1" min:"1" max:"1000000" kinds:"udp"`
	// Queue is the receive queue of a netx host's UDP socket.
	Queue int `yaml:"queue" help:"datagrams that a netx host's socket keeps to be received" default:"5" min:"1" max:"1000000" kinds:"udp"`
	// Length is how long an idle session takes.
	Length Duration `yaml:"length" help:"how long a session takes" default:"1m" min:"1ms" max:"8760h" kinds:"idle"`

	// Mailbox is what a POP3 server has.
	Mailbox Mailbox `yaml:"mailbox" help:"what the server has" kinds:"pop3"`
	// APOP logs in with APOP.
	APOP bool `yaml:"apop" help:"log in with APOP in place of USER and PASS" kinds:"pop3"`
	// Delete deletes what was fetched; every session gets the whole mailbox.
	Delete bool `yaml:"delete" help:"delete each message that was fetched; the next session has a fresh mailbox" kinds:"pop3"`
	// Fixes are the quirks of the C client to avoid.
	Fixes string `yaml:"fixes" help:"quirks of the C client that are repaired: all, none or their ids" default:"all" kinds:"pop3"`
}

// A Mailbox is the messages of a POP3 server: those at Path, or generated ones.
type Mailbox struct {
	// Path is a maildir, an mbox file, a folder of .eml files or one of them.
	Path string `yaml:"path" help:"maildir, mbox file, folder of .eml files or one of them, beside the scenario's file; none: messages are generated"`
	// Messages is how many are generated.
	Messages int `yaml:"messages" help:"messages to generate" default:"10" min:"1" max:"1000000"`
	// Sizes are their sizes in turn.
	Sizes []Bytes `yaml:"sizes" help:"their sizes in turn; by default 5000" min:"2" max:"100MiB"`
	// Distribution draws sizes instead.
	Distribution string  `yaml:"distribution" help:"sizes in turn, evenly between smallest and largest, or around the median as mail has them" enum:"list|uniform|lognormal" default:"list"`
	Smallest     Bytes   `yaml:"smallest" help:"smallest size that is drawn" default:"200" min:"2" max:"100MiB"`
	Median       Bytes   `yaml:"median" help:"median of lognormal sizes" default:"5kB" min:"2" max:"100MiB"`
	Sigma        Percent `yaml:"sigma" help:"standard deviation of their logarithms" default:"100%" min:"1%" max:"1000%"`
	Largest      Bytes   `yaml:"largest" help:"largest size that is drawn" default:"100kB" min:"2" max:"100MiB"`
	// Vary draws another mailbox for each seed.
	Vary bool `yaml:"vary" help:"another mailbox for each seed of a run"`
}
