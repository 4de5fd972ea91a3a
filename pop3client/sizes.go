package pop3client

import (
	"strconv"
	"strings"
)

// An ItemSize is a message of the maildrop and its size.
type ItemSize struct {
	Item  uint32 // index of the message in this session, from 1 on
	Bytes uint32
}

// MailItemSizes asks with LIST for the sizes in bytes of all messages that are
// not marked as deleted, in the order of the server (RFC 1939, section 5). It
// suspends the thread, for at most the reply wait per packet. It ends a download
// as MailItem does. The C library asks for one message only: MailItemSize.
//
// Errors: those of commands; a [ReplyError] with the first line that cannot be
// read, together with those that can.
func (c *Client) MailItemSizes() ([]ItemSize, error) {
	var sizes []ItemSize
	err := c.list(c.newCall("LIST"), func(line string) bool {
		size, ok := parseItemSize(line)
		if ok {
			sizes = append(sizes, size)
		}
		return ok
	})
	return sizes, err
}

// parseItemSize reads "1 120", behind which a server may say more (RFC 1939, section 5).
func parseItemSize(line string) (ItemSize, bool) {
	words := strings.Fields(line)
	if len(words) < 2 {
		return ItemSize{}, false
	}
	item, err := strconv.ParseUint(words[0], 10, 32)
	if err != nil || item == 0 {
		return ItemSize{}, false
	}
	bytes, err := strconv.ParseUint(words[1], 10, 32)
	return ItemSize{uint32(item), uint32(bytes)}, err == nil
}
