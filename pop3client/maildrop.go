package pop3client

// Noop asks the server for nothing but +OK (RFC 1939, section 5): it shows
// that the connection is alive and restarts the server's idle time. C has no
// such service, though the manual lists the command. It suspends the thread.
//
// Errors: those of commands.
func (c *Client) Noop() error { return c.ask(c.newCall("NOOP")) }

// Reset takes back every MailItemDelete of the session with RSET (RFC 1939,
// section 5). C has no such service, though the manual lists the command. It
// suspends the thread.
//
// Errors: those of commands.
func (c *Client) Reset() error { return c.ask(c.newCall("RSET")) }

// Top asks with TOP for the header of a message and the first lines of its
// body (RFC 1939, section 7; servers need not have it). Message or a
// [MessageReader] bring the text then, as behind MailItem. Indexes count from
// 1. It suspends the thread.
//
// Errors: those of MailItem.
func (c *Client) Top(item, lines uint32) error {
	if err := c.checkItem("TOP", item); err != nil {
		return err
	}
	do := c.newItemCall("TOP", item)
	do.text = true
	do.line = append(do.line[:len(do.line)-2], ' ')
	do.line = append(appendDecimal(do.line, lines), "\r\n"...)
	return c.openText(do)
}
