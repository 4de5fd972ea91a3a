package pop3client

// A Quirk names one place where the NetX Duo client differs from its manual,
// from RFC 1939, or from what a reader would expect. The zero Quirk is none of
// them.
//
// A client counts the quirks it runs into ([Client.Quirks]) and logs each once
// per session. With the quirk in [Config.Fixes] the right thing happens
// instead, and nothing is counted.
type Quirk uint8

// Quirks of the login.
const (
	// QuirkPassReject: a refused PASS still makes create succeed; only the
	// reply to USER decides. Fixed: create fails, as RFC 1939, section 7 asks.
	QuirkPassReject Quirk = iota + 1
	// QuirkApopGreetingLeak: the packet of the greeting is lost for good
	// whenever create sends APOP and does not go on to USER. Fixed: released.
	QuirkApopGreetingLeak
	// QuirkApopFallbackOnlyOnReply: USER and PASS follow a refused APOP only;
	// after a time-out, a disconnect or a chained reply create just fails.
	// There is no fix: a dead connection has nobody to fall back to.
	QuirkApopFallbackOnlyOnReply
	// QuirkApopStampUnclosed: a greeting with '<' but no '>' is digested up to
	// the end of the segment, and a stamp on a later line counts too. Fixed:
	// no valid stamp in the greeting line, no APOP.
	QuirkApopStampUnclosed
	// QuirkApopStampCut: a time stamp longer than 75 bytes is cut, so that the
	// digest is wrong. Fixed: the whole stamp is digested.
	QuirkApopStampCut
	// QuirkApopStampOverlay: after such a cut a second '<' overwrites the start
	// of the first stamp and leaves its tail. Fixed: the first stamp stands.
	QuirkApopStampOverlay
	// QuirkApopManualWording: the manual describes DIGEST-MD5 with the digest
	// as the only argument; the client sends RFC 1939 APOP. Nothing to fix.
	QuirkApopManualWording
	// QuirkCreateFailOpen: a create that fails behind the connect leaves the
	// connection open and the client usable. Fixed: everything is closed.
	QuirkCreateFailOpen
	// QuirkNxdAddress0: the dual-stack create does not check the address;
	// 0.0.0.0 fails in routing. Nor does either create check that a port is at
	// most 65535: a larger one is tried until the SYN retries are used up.
	// Fixed: status.Pop3ParamError and status.InvalidPort.
	QuirkNxdAddress0
	// QuirkNxdBadVersion: an address that is neither IPv4 nor IPv6 makes create
	// hang in C. Here it is always status.Pop3ParamError.
	QuirkNxdBadVersion
	// QuirkTcpNotEnabled: create on an instance without TCP crashes in C. Here
	// it is always status.NotEnabled.
	QuirkTcpNotEnabled
	// QuirkConnectTimeout: an address that nobody answers fails when TCP has
	// used up its SYN retries, long before the limit of the client. There is
	// no fix: the retries belong to the instance.
	QuirkConnectTimeout
)

// Quirks of reading replies.
const (
	// QuirkReplyOnePacket: a reply is whatever one packet holds; the rest of a
	// split line answers the next command. Fixed: lines are assembled, and the
	// bytes behind a line are kept for the next step.
	QuirkReplyOnePacket Quirk = iota + QuirkConnectTimeout + 1
	// QuirkReplyLate: a reply that comes after the time-out answers the next
	// command. Fixed: it is awaited and dropped, and so are stray bytes and
	// the rest of an abandoned message.
	QuirkReplyLate
	// QuirkReplyChain: a reply in a chained packet is refused and dropped.
	// Fixed: read like any other, up to 512 bytes (RFC 1939, section 3).
	QuirkReplyChain
	// QuirkReplyPrefix: three bytes decide, "+OKAY" is a success. Fixed: "+OK"
	// must be a word.
	QuirkReplyPrefix
	// QuirkReplyWords: every single space ends a word, so does the first '-',
	// a tab does not, and a number may carry letters. Fixed: words are set
	// apart by blanks, numbers are digits only.
	QuirkReplyWords
	// QuirkReplyTiny: replies of one or two bytes are compared with what was
	// left in memory. Here they are always refused.
	QuirkReplyTiny
	// QuirkTimeoutStatus: "no reply" and "no packet in the pool" are one
	// status. Nothing to fix: the text of the error tells them apart.
	QuirkTimeoutStatus
	// QuirkOutputs: which results a failed call writes depends on where it
	// failed. Nothing to fix in Go, where a failed call returns zeros or what
	// the text of the method says.
	QuirkOutputs
)

// Quirks of numbers.
const (
	// QuirkStatStaleDigits: STAT may glue left-over digits to a number of five
	// digits or more. Fixed: each number is read alone.
	QuirkStatStaleDigits Quirk = iota + QuirkOutputs + 1
	// QuirkListStaleDigits: LIST glues the tail of the echoed index to a
	// shorter size. Fixed: each number is read alone.
	QuirkListStaleDigits
	// QuirkNumber10Digits: STAT and LIST look at the first ten characters of a
	// number, and what exceeds 32 bits depends on the target. Fixed: numbers
	// are read whole, too large ones refused.
	QuirkNumber10Digits
	// QuirkRetrSize: RETR reads at most nine digits. Fixed: read whole; 0 when
	// the server gives no size, as before.
	QuirkRetrSize
	// QuirkIndex10Digits: an index above 999999999 is sent as no digits at
	// all. Fixed: sent in full.
	QuirkIndex10Digits
	// QuirkStatPartial: STAT with a good count and a bad size fails but stores
	// and returns the count. Fixed: neither.
	QuirkStatPartial
	// QuirkStatClears: a STAT that fails after it was sent clears the count,
	// and every index is invalid then. Fixed: the old count stays.
	QuirkStatClears
	// QuirkStatRequired: LIST and RETR need a STAT before. Fixed: before the
	// first STAT the server decides.
	QuirkStatRequired
	// QuirkDeleNoRange: DELE does not check its index. Fixed: it does once a
	// STAT has told the count.
	QuirkDeleNoRange
)

// Quirks of downloading a message.
const (
	// QuirkTermCounted: the end mark is handed out with the message, and
	// counted when its packet is longer than five bytes. Fixed: cut off.
	QuirkTermCounted Quirk = iota + QuirkDeleNoRange + 1
	// QuirkTermSplit: an end mark cut by a packet boundary is missed. Fixed:
	// found wherever it is cut.
	QuirkTermSplit
	// QuirkTermMid: an end mark with bytes behind it is missed. Fixed: found;
	// what stands behind it in the packet is dropped, since nothing was asked.
	QuirkTermMid
	// QuirkTermShortPrefix: a packet of at most five bytes that begins with the
	// mark hands out what stands behind it. Fixed: cut off.
	QuirkTermShortPrefix
	// QuirkTermFalse: a packet that begins with ".CRLF" ends the message though
	// the line before had not ended. Fixed: it is text.
	QuirkTermFalse
	// QuirkShortOverread: packets shorter than the mark are compared with what
	// the buffer held before. Here nothing outside the packet is read.
	QuirkShortOverread
	// QuirkNoUnstuff: leading double dots are handed out as received. Fixed:
	// one dot is removed (RFC 1939, section 3).
	QuirkNoUnstuff
	// QuirkChainFinal: the end mark is not seen in a chained packet. Fixed.
	QuirkChainFinal
	// QuirkRetrSplit: a RETR reply without its line end keeps a packet of
	// length -1, which crashes or misleads the next call. Here that call hands
	// out an empty packet. Fixed together with QuirkReplyOnePacket.
	QuirkRetrSplit
	// QuirkRetrHeldLost: RETR while the first packet of the former message is
	// held loses that packet. Fixed: released.
	QuirkRetrHeldLost
	// QuirkRetrStaleBody: the same, but the new reply has no body: the packet
	// of the old message is handed out first. Fixed: released.
	QuirkRetrStaleBody
	// QuirkRetrEndsDownload: a RETR that fails before it is sent ends the
	// running download. Fixed: it goes on.
	QuirkRetrEndsDownload
	// QuirkMessageState: a lost connection does not end the download. Fixed:
	// it does.
	QuirkMessageState
)

// Quirks of the end of a session, and of packet payloads.
const (
	// QuirkQuitNoDisconnect: QUIT does not close the connection. Fixed.
	QuirkQuitNoDisconnect Quirk = iota + QuirkMessageState + 1
	// QuirkUseAfterDelete: a second delete, STAT, DELE or QUIT behind delete
	// crash in C. Here they are always status.PtrError.
	QuirkUseAfterDelete
	// QuirkCommandAfterServerClose: commands are still sent after the server
	// has closed. Fixed: status.NotConnected at once.
	QuirkCommandAfterServerClose
	// QuirkPayloadSpareByte: a command must leave a byte of the payload free,
	// QUIT two. Fixed: an exact fit will do.
	QuirkPayloadSpareByte
	// QuirkPayloadHeaders: a payload smaller than the headers gives
	// status.InvalidParameters. Fixed: status.Pop3InsufficientPacketPayload.
	QuirkPayloadHeaders
	// QuirkPayloadManual: the manual advises payloads in which APOP does not
	// fit. Nothing to fix.
	QuirkPayloadManual

	quirkEnd
)

// quirkTexts gives each quirk its id in the conformance notes and what it
// means for the firmware.
var quirkTexts = [quirkEnd]struct{ id, meaning string }{
	QuirkPassReject:              {"Q-PASS-REJECT", "login reported as good though the password was refused"},
	QuirkApopGreetingLeak:        {"Q-APOP-GREETING-LEAK", "one packet of the instance's pool is lost with every APOP session"},
	QuirkApopFallbackOnlyOnReply: {"Q-APOP-FALLBACK-ONLY-ON-REPLY", "no USER/PASS when APOP was not answered"},
	QuirkApopStampUnclosed:       {"Q-APOP-STAMP-UNCLOSED", "text that is no time stamp was digested, the server will refuse it"},
	QuirkApopStampCut:            {"Q-APOP-STAMP-CUT", "time stamp cut to 75 bytes, the server will refuse the digest"},
	QuirkApopStampOverlay:        {"Q-APOP-STAMP-OVERLAY", "two time stamps mixed into one, the server will refuse the digest"},
	QuirkApopManualWording:       {"Q-APOP-MANUAL-WORDING", "APOP as in RFC 1939, not as in the manual"},
	QuirkCreateFailOpen:          {"Q-CREATE-FAIL-OPEN", "create failed but the connection is open until delete"},
	QuirkNxdAddress0:             {"Q-NXD-ADDRESS-0", "address 0.0.0.0 was not refused by the parameter check"},
	QuirkNxdBadVersion:           {"Q-NXD-BAD-VERSION", "create never returns on the target"},
	QuirkTcpNotEnabled:           {"Q-TCP-NOT-ENABLED", "create crashes on the target"},
	QuirkConnectTimeout:          {"Q-CONNECT-TIMEOUT", "connecting gave up when the SYN retries were used up"},
	QuirkReplyOnePacket:          {"Q-REPLY-ONE-PACKET", "a reply line and its packet do not coincide, replies may run one behind"},
	QuirkReplyLate:               {"Q-REPLY-LATE", "the answer of an earlier command was taken for this one's"},
	QuirkReplyChain:              {"Q-REPLY-CHAIN", "a reply larger than one payload was refused"},
	QuirkReplyPrefix:             {"Q-REPLY-PREFIX", "a word that only begins with +OK was taken as success"},
	QuirkReplyWords:              {"Q-REPLY-WORDS", "the words of a reply were split unlike RFC 1939 means them"},
	QuirkReplyTiny:               {"Q-REPLY-TINY", "a reply of one or two bytes is compared with left-over memory on the target"},
	QuirkTimeoutStatus:           {"Q-TIMEOUT-STATUS", "a missing reply has the same status as an empty pool"},
	QuirkOutputs:                 {"Q-OUTPUTS", "results of the failed call are unset or zero, depending on where it failed"},
	QuirkStatStaleDigits:         {"Q-STAT-STALE-DIGITS", "a number of the STAT reply got left-over digits"},
	QuirkListStaleDigits:         {"Q-LIST-STALE-DIGITS", "the size of the LIST reply got left-over digits"},
	QuirkNumber10Digits:          {"Q-NUMBER-10-DIGITS", "a number of ten digits or more was misread"},
	QuirkRetrSize:                {"Q-RETR-SIZE", "the size in the RETR reply was cut to nine digits"},
	QuirkIndex10Digits:           {"Q-INDEX-10-DIGITS", "the command was sent without its index"},
	QuirkStatPartial:             {"Q-STAT-PARTIAL", "the failed STAT changed the remembered count"},
	QuirkStatClears:              {"Q-STAT-CLEARS", "the failed STAT cleared the count, every index is invalid now"},
	QuirkStatRequired:            {"Q-STAT-REQUIRED", "index refused because no STAT came before"},
	QuirkDeleNoRange:             {"Q-DELE-NO-RANGE", "the server was asked to delete a message that is not there"},
	QuirkTermCounted:             {"Q-TERM-COUNTED", "the end mark was handed out as part of the message"},
	QuirkTermSplit:               {"Q-TERM-SPLIT", "the end mark was cut and missed, the next call will time out"},
	QuirkTermMid:                 {"Q-TERM-MID", "the end mark was missed because bytes follow it"},
	QuirkTermShortPrefix:         {"Q-TERM-SHORT-PREFIX", "bytes behind the end mark were handed out"},
	QuirkTermFalse:               {"Q-TERM-FALSE", "text was taken for the end mark, the message is cut short"},
	QuirkShortOverread:           {"Q-SHORT-OVERREAD", "a short packet is compared with left-over memory on the target"},
	QuirkNoUnstuff:               {"Q-NO-UNSTUFF", "a doubled dot was handed out as received"},
	QuirkChainFinal:              {"Q-CHAIN-FINAL", "the end mark was missed in a chained packet, the next call will time out"},
	QuirkRetrSplit:               {"Q-RETR-SPLIT", "the RETR reply has no line end, the next call crashes on 64-bit targets"},
	QuirkRetrHeldLost:            {"Q-RETR-HELD-LOST", "the first packet of the former message is lost for good"},
	QuirkRetrStaleBody:           {"Q-RETR-STALE-BODY", "the first packet belongs to the former message"},
	QuirkRetrEndsDownload:        {"Q-RETR-ENDS-DOWNLOAD", "the failed RETR ended the running download"},
	QuirkMessageState:            {"Q-MESSAGE-STATE", "the download counts as running though the connection is gone"},
	QuirkQuitNoDisconnect:        {"Q-QUIT-NO-DISCONNECT", "the connection stays open behind QUIT"},
	QuirkUseAfterDelete:          {"Q-USE-AFTER-DELETE", "the call crashes on the target"},
	QuirkCommandAfterServerClose: {"Q-COMMAND-AFTER-SERVER-CLOSE", "a command was sent to a server that has closed"},
	QuirkPayloadSpareByte:        {"Q-PAYLOAD-SPARE-BYTE", "the command would fit exactly but a spare byte is asked for"},
	QuirkPayloadHeaders:          {"Q-PAYLOAD-HEADERS", "the payload does not even hold the headers"},
	QuirkPayloadManual:           {"Q-PAYLOAD-MANUAL", "APOP needs more payload than the manual says"},
}

// Quirks returns all quirks, in the order of the conformance notes.
func Quirks() []Quirk {
	all := make([]Quirk, 0, quirkEnd-1)
	for q := Quirk(1); q < quirkEnd; q++ {
		all = append(all, q)
	}
	return all
}

// String returns the id in the conformance notes, such as "Q-PASS-REJECT".
func (q Quirk) String() string {
	if q == 0 || q >= quirkEnd {
		return "no quirk"
	}
	return quirkTexts[q].id
}

// Meaning says in one line what the quirk means for the firmware.
func (q Quirk) Meaning() string {
	if q >= quirkEnd {
		return ""
	}
	return quirkTexts[q].meaning
}

// A QuirkCount says how often a client ran into a quirk.
type QuirkCount struct {
	Quirk Quirk
	Count uint32
}

// quirkLog counts the quirks of one client.
type quirkLog struct {
	counts [quirkEnd]uint32
	logged Fixes // of this session
}

// Quirks returns what the client ran into since it was first created, in the
// order of [Quirks]; Delete does not clear it.
func (c *Client) Quirks() []QuirkCount {
	var list []QuirkCount
	for q, n := range c.quirks.counts {
		if n > 0 {
			list = append(list, QuirkCount{Quirk(q), n})
		}
	}
	return list
}
