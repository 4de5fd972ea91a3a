// Package pop3client is the POP3 client of NetX Duo, NX_POP3_CLIENT, on a
// simulated stack: it logs in, counts, fetches and deletes mail, and pays for
// every packet out of packet pools, as the C library does.
//
// # A session
//
// [Create] connects and logs in, [Client.MailItems] counts the messages (STAT),
// [Client.MailItem] asks for one (RETR), [Client.Message] or a [MessageReader]
// bring its text, [Client.MailItemDelete] marks it as deleted (DELE),
// [Client.Quit] says QUIT and [Client.Delete] closes the connection. Each call
// suspends its thread until the server has answered, at most the time given in
// [Config].
//
// # Faithful first
//
// By default the client does what NetX Duo 6.4.2 does, bugs included, because
// porting and sizing need the truth. Each known difference to the manual, to
// RFC 1939 or to what one would expect is a [Quirk]. When a client runs into
// one it counts it ([Client.Quirks]) and logs it once per session.
// [Config.Fixes] turns on the right behaviour, quirk by quirk or with
// [AllFixes] for every one that has a right behaviour.
//
// Some fixes bring others along: telling a late reply from the right one
// ([QuirkReplyLate]) needs replies that are lines ([QuirkReplyOnePacket]), and
// these care neither for chains nor for what is held of a reply packet. To cut
// the end mark off or to remove doubled dots ([QuirkTermCounted],
// [QuirkNoUnstuff]) the end has to be found wherever it is.
//
// Where C crashes, hangs or reads memory that is not its own, this client does
// something defined: the text of the quirk says what.
//
// # Packets
//
// A command takes one packet of [Config.Pool] and is built in it; the stack
// gives the packet back when the server has acknowledged it. What the server
// sends is paid for by the default pool of the instance. The client holds at
// most one packet of it: the reply while it is read, or the part of it that
// belongs to a message. With Message the caller holds what it has been given
// until it releases it; a [MessageReader] holds one packet at a time. A pool of
// eight packets is therefore enough for messages of any size. Nothing is
// allocated per command or packet.
//
// # Errors
//
// Errors wrap a status code, which status.Of turns into the number that C
// returns. Commands fail with status.NoPacket when the pool was empty for 100
// ticks or the server silent for 1000 (the text tells which),
// status.NotConnected, status.InvalidPacket for a reply in a chained packet,
// status.Pop3InsufficientPacketPayload or status.InvalidParameters for a
// payload that is too small, status.WindowOverflow if the server takes no
// data, status.PtrError without a session, status.TxWaitAborted, and a
// [ReplyError] if the server refuses or answers nonsense.
//
// # RFC 1939, row by row
//
// With all fixes the client follows RFC 1939 as far as it uses it; each row
// names a test.
//
//	section 3, replies of up to 512 bytes                 TestLongReplies
//	section 3, "+OK" and "-ERR" are words                 TestStatReplies
//	section 3, a reply ends with CRLF, not with a packet  TestSplitReplies
//	section 3, one reply per command, in order            TestLateReply
//	section 3, ".CRLF" alone on a line ends a message     TestEndMarkEveryCut
//	section 3, a doubled dot at a line start is one       TestEndMarkEveryCut
//	section 5, STAT gives two numbers of any size         TestStatReplies
//	section 5, LIST n gives n and a size                  TestListReplies
//	section 5, RETR may tell no size                      TestRetrReplies
//	section 5, DELE takes messages of the maildrop        TestDele
//	section 6, QUIT ends the connection                   TestQuit
//	section 7, a refused PASS is no login                 TestLogin
//	section 7, APOP digests the whole time stamp          TestLogin
//	section 7, no APOP without a valid time stamp         TestLogin
//
// The client has no NOOP, RSET, TOP, UIDL, CAPA or TLS, and no IPv6 until the
// IP instance has it.
package pop3client
