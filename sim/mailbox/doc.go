// Package mailbox reads mailboxes for a simulated mail server: maildirs, mbox
// files and .eml files, each message as the bytes a POP3 server sends.
//
// # Kinds of mailbox
//
// [Open] takes a path and finds out what it is:
//
//   - a maildir: a folder with a folder "cur" or "new" in it;
//   - a folder of messages: files whose names end in ".eml";
//   - an mbox file: a name that ends in ".mbox", or a first line that begins
//     with "From " (a file without any bytes is an mbox without messages);
//   - a single message: a name that ends in ".eml", or a file that begins with
//     a header field.
//
// [New] makes a mailbox of messages in memory, [Generate] one of random but
// reproducible messages. [Mailbox.WriteMaildir] writes any mailbox out.
//
// # Wire bytes
//
// A message is its wire bytes: every line ends in CRLF, also the last one, and
// apart from that nothing is changed. 8-bit bytes, NUL and a CR that is not at the
// end of a line stay as they are, no header field is added, and a message without
// any bytes stays empty. Sizes are those of the wire bytes, before dot-stuffing
// (RFC 1939, section 11).
//
// Content is read when it is asked for, not by Open, which reads every message
// once for its size and its hash. A large mailbox therefore needs little
// memory, and its files must not be changed while it is in use.
//
// # Order and unique ids
//
// Messages keep one order: by file name, runs of digits compared as numbers (so
// that 9.eml precedes 10.eml, and a maildir stands in order of delivery), or by
// place in the mbox file. [Message.UID] serves UIDL (RFC 1939, section 7): a
// maildir's file name up to the colon, else a hash of the content; a second
// message with the same id gets "-2" behind it.
//
// # Deletion
//
// [Mailbox.Delete] takes messages out of the mailbox in memory, and leaves the
// files alone, unless the mailbox was opened with [Options].Remove.
//
// # mbox
//
// The format has several dialects. A line that begins with "From " separates two messages if two of these three
// hold: it follows an empty line (or begins the file), it has a time
// and a year in it, the next line is a header field. The empty line before a
// separator belongs to the separator. A line of one or more ">" and "From " loses one ">"
// (mboxrd; the same as mboxo for a single ">"). Content-Length fields are not used.
// The file is not locked: no other program may be writing to it.
package mailbox
