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
// # Hostile servers
//
// Whatever the server sends, each call ends within a few reply waits; only
// lists and messages, which have no limit, may take one wait for each packet
// that still comes. No packet is lost but by the quirks that say so, and
// nothing outside a packet is read. The scripts in testdata/dialogues are
// examples, and the place for more.
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
// # Beside C
//
// [Client.Noop], [Client.Reset], [Client.Top], [Client.UniqueID] and
// [Client.UniqueIDs], [Client.Capabilities] (RFC 2449), [Client.Authenticate]
// (RFC 5034, any mechanism of package go-sasl) and [Client.StartTLS] (RFC 2595) are what
// C does not have, in the same style and out of the same pools. They work with
// and without fixes. [Config] has SASL, TLS and TLS from the first byte (RFC
// 8314) for the login.
//
// # TLS
//
// crypto/tls runs over the packets of the socket, in the calling thread. Every
// packet of ciphertext is paid for like any other; so is every piece of
// plaintext that the client reads, out of the default pool of the instance. What crypto/tls
// keeps itself, up to one record of 16 KiB in each direction and the
// certificates, is the host's memory and in nobody's budget.
//
// The clock of certificates and the random source are the kernel's, unless the
// tls.Config given has its own. So the same program with the same seed has the same
// segments at the same times. Since Go 1.26 crypto/tls heeds the random source
// for nonces only and makes its keys of the system's random numbers, so the
// ciphertext in them differs from run to run. To have that repeat too, use
// testing/cryptotest.SetGlobalRandom in tests; or, in programs, the setting
// GODEBUG=cryptocustomrand=1 with tls.X25519 as the only curve, a certificate with an Ed25519 key
// and a fixed Rand at the server.
//
// # RFC 1939, row by row
//
// With all fixes the client follows RFC 1939. Each row names a test of this
// package that shows it; behind a slash stands the dialogue, a script in
// testdata/dialogues.
//
//	section 3, the server greets first                    TestLogin
//	section 3, a greeting of -ERR ends the session        TestDialogues/greeting-close
//	section 3, commands end with CRLF, one blank between  TestCommandLines
//	section 3, arguments of up to 40 characters           TestCreateChecks
//	section 3, "+OK" and "-ERR" are words in upper case   TestDialogues/ok-lower-case
//	section 3, any other reply is a failure               TestDialogues/greeting-not-pop3
//	section 3, replies of up to 512 bytes                 TestLongReplies
//	section 3, a reply ends with CRLF, not with a packet  TestSplitReplies
//	section 3, one reply per command, in order            TestLateReply
//	section 3, text that nobody asked for is no reply     TestStrayBytes
//	section 3, ".CRLF" alone on a line ends a message     TestEndMarkEveryCut
//	section 3, the end mark is no part of the message     TestEveryFix
//	section 3, a doubled dot at a line start is one       TestDialogues/dots
//	section 3, a message may hold any other byte          TestDialogues/body-binary
//	section 3, lines of a message end with CRLF           TestDialogues/mark-lf-only
//	section 3, no end mark, no end of the message         TestDialogues/mark-never-close
//	section 3, a closed connection ends the session       TestDialogues/close-between
//	section 4, USER, then PASS when USER was accepted     TestLogin
//	section 4, QUIT before the login                      TestQuitWithoutLogin
//	section 5, STAT gives two numbers, text may follow    TestStatReplies
//	section 5, numbers have any number of digits          TestDialogues/stat-numbers
//	section 5, LIST n gives n and a size                  TestListReplies
//	section 5, LIST alone gives all messages              TestMailItemSizes
//	section 5, LIST of another message is a failure       TestDialogues/list-wrong-index
//	section 5, RETR may tell no size                      TestRetrReplies
//	section 5, the size of RETR does not end the message  TestDialogues/retr-size-lies
//	section 5, DELE takes messages of the maildrop        TestDele
//	section 5, NOOP does nothing                          TestNoopReset
//	section 5, RSET unmarks what DELE has marked          TestNoopReset
//	section 6, QUIT ends the connection                   TestQuit
//	section 6, QUIT may fail, and ends it all the same    TestDialogues/quit-refused
//	section 7, TOP gives the header and n lines           TestTop
//	section 7, TOP, UIDL and APOP may be missing          TestDialogues/capa-unknown
//	section 7, UIDL gives ids of all messages, or of one  TestUniqueIDs
//	section 7, a unique id has 1 to 70 characters         TestDialogues/uidl-nasty
//	section 7, a refused PASS is no login                 TestDialogues/pass-refused
//	section 7, PASS takes the rest of the line            TestCommandLines
//	section 7, APOP digests the whole time stamp          TestDialogues/greeting-stamp-long
//	section 7, no APOP without a valid time stamp         TestDialogues/greeting-stamp-open
//	section 7, the digest is in lower-case hexadecimal    TestLogin
//	section 7, a refused APOP leaves USER and PASS        TestDialogues/apop-refused
//
// The two sessions in the manual of NetX Duo's client, one with USER and PASS and
// STAT, one with APOP and LIST, are the examples ManualPassword and ManualAPOP.
package pop3client
