package pop3client

import (
	"strconv"
	"strings"
)

// maxUniqueID is the length limit of a unique id in bytes (RFC 1939, section 7).
const maxUniqueID = 70

// A UniqueID names a message for good: it stays the same over sessions, which
// the index does not (RFC 1939, section 7).
type UniqueID struct {
	// Item is the index of the message in this session, from 1 on.
	Item uint32
	// ID has 1 to 70 characters, '!' to '~'.
	ID string
}

// UniqueID asks with UIDL for the unique id of a message (RFC 1939, section 7;
// servers need not have it). Indexes count from 1. It suspends the thread.
//
// Errors: status.Pop3InvalidMailItem for an index above the count, and those of
// commands.
func (c *Client) UniqueID(item uint32) (string, error) {
	if err := c.checkItem("UIDL", item); err != nil {
		return "", err
	}
	do := c.newItemCall("UIDL", item)
	if err := c.send(do); err != nil {
		return "", err
	}
	reply, err := c.reply(do)
	if err != nil {
		return "", err
	}
	defer c.replies.done()
	if c.accepted(reply) {
		_, rest, _ := strings.Cut(string(firstLine(reply)), " ")
		if id, ok := parseUniqueID(rest); ok && id.Item == item {
			return id.ID, nil
		}
	}
	return "", replyError(do.String(), reply)
}

// UniqueIDs asks with UIDL for the unique ids of all messages that are not
// marked as deleted, in the order of the server. It suspends the thread, for at
// most the reply wait per packet. It ends a download as MailItem does.
//
// Errors: those of commands; a [ReplyError] with the first line that cannot be
// read, together with those that can.
func (c *Client) UniqueIDs() ([]UniqueID, error) {
	var ids []UniqueID
	err := c.list(c.newCall("UIDL"), func(line string) bool {
		id, ok := parseUniqueID(line)
		if ok {
			ids = append(ids, id)
		}
		return ok
	})
	return ids, err
}

// parseUniqueID reads "1 whqtswO00WBw418f9t5JxYwZ".
func parseUniqueID(line string) (UniqueID, bool) {
	words := strings.Fields(line)
	if len(words) != 2 || len(words[1]) > maxUniqueID || strings.ContainsFunc(words[1], notPrintable) {
		return UniqueID{}, false
	}
	item, err := strconv.ParseUint(words[0], 10, 32)
	return UniqueID{uint32(item), words[1]}, err == nil && item > 0
}

func notPrintable(r rune) bool { return r < '!' || r > '~' }
