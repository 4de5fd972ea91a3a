package pop3client

import "strings"

// A Capability is something that a server can do beyond RFC 1939's minimum
// (RFC 2449, section 5).
type Capability struct {
	// Name in capitals, such as "UIDL" or "SASL".
	Name string
	// Args are its parameters, such as the mechanisms of SASL.
	Args []string
}

// Capabilities are what a server has announced, in its order.
type Capabilities []Capability

// Lookup returns the parameters of a capability and whether the server has it.
func (list Capabilities) Lookup(name string) (args []string, ok bool) {
	for _, c := range list {
		if strings.EqualFold(c.Name, name) {
			return c.Args, true
		}
	}
	return nil, false
}

// Capabilities asks with CAPA what the server can do (RFC 2449, section 5),
// before or behind the login: the answers may differ. It suspends the thread,
// for at most the reply wait per packet. It ends a download as MailItem does.
//
// Errors: those of commands. A [ReplyError] with "-ERR" says that the server
// does not know CAPA.
func (c *Client) Capabilities() (Capabilities, error) {
	var list Capabilities
	err := c.list(c.newCall("CAPA"), func(line string) bool {
		words := strings.Fields(line)
		if len(words) > 0 {
			list = append(list, Capability{strings.ToUpper(words[0]), words[1:]})
		}
		return len(words) > 0
	})
	return list, err
}
