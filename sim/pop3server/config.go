package pop3server

import (
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"netxsim/sim/mailbox"
)

// A User is someone who may log in.
type User struct {
	// Name is the name in USER and APOP: printable ASCII without spaces.
	Name string
	// Password is the password in PASS, and the shared secret of APOP.
	Password string
	// Mailbox is what the user gets to see. Several users may share one: whoever
	// logs in first locks the others out.
	Mailbox *mailbox.Mailbox
}

// A Config describes a server. Only Users is needed.
type Config struct {
	// Users are those who may log in.
	Users []User

	// Host is the right part of the stamp in the greeting. Empty: "netxsim". A stamp is
	// longer than Host by some 30 bytes; NetX Duo's client cuts one of more than 75.
	Host string
	// Banner is the text of the greeting in front of the stamp. Empty: "POP3 server
	// ready".
	Banner string
	// Rand is where stamps come from. Nil: a source with a fixed seed. The server
	// does not call it from two goroutines at once, nothing else may use it meanwhile.
	Rand rand.Source

	// NoAPOP leaves out the stamp and refuses APOP.
	NoAPOP bool
	// NoUser refuses USER and PASS, and AUTH PLAIN.
	NoUser bool

	// TLS is what STLS (RFC 2595) uses; listeners for TLS from the first byte are made with
	// tls.NewListener. Nil: no STLS.
	TLS *tls.Config

	// MaxCommand is the longest command line, in bytes with CRLF. 0: 255, the limit of
	// RFC 2449, section 4.
	MaxCommand int
	// MaxBadCommands is how many commands that are unknown, malformed or out of place
	// a session may send; the last of them closes it. 0: 20. Negative: no limit.
	MaxBadCommands int
	// MaxLoginFailures is how many logins may fail in a session; the last of them
	// closes it. 0: 3. Negative: no limit.
	MaxLoginFailures int

	// IdleTimeout closes a session whose client is silent, or takes nothing, for so long.
	// No message is deleted then. RFC 1939, section 3 asks for 10 minutes or more. 0: never.
	IdleTimeout time.Duration
	// Now is the clock that the connection's deadlines are set by, needed if
	// IdleTimeout is not 0.
	Now func() time.Time

	// WriteSize is the largest number of bytes given to one Write. 0: 23,360, the
	// payload of 16 segments of 1460 bytes.
	WriteSize int
	// SplitReplies ends a Write after the status line of a reply of several lines.
	SplitReplies bool

	// Go starts the work on a connection. Nil: a go statement.
	Go func(func())
	// Trace is called with each line of the dialogue, in the goroutine of the session.
	// Nil: not traced.
	Trace func(Line)
	// Log gets session starts, logins and ends (debug). Nil: not logged.
	Log *zap.Logger
}

// The defaults of Config.
const (
	defaultMaxCommand       = 255
	defaultMaxBadCommands   = 20
	defaultMaxLoginFailures = 3
	defaultWriteSize        = 16 * 1460
)

// withDefaults returns c with its zero values replaced.
func (c Config) withDefaults() Config {
	c.Users = slices.Clone(c.Users)
	setDefault(&c.Host, "netxsim")
	setDefault(&c.Banner, "POP3 server ready")
	setDefault(&c.MaxCommand, defaultMaxCommand)
	setDefault(&c.MaxBadCommands, defaultMaxBadCommands)
	setDefault(&c.MaxLoginFailures, defaultMaxLoginFailures)
	setDefault(&c.WriteSize, defaultWriteSize)
	if c.Rand == nil {
		c.Rand = rand.NewPCG(0, 0)
	}
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// check reports what is wrong with c, which has its defaults.
func (c *Config) check() error {
	if err := c.checkUsers(); err != nil {
		return err
	}
	switch {
	case strings.ContainsFunc(c.Host, func(r rune) bool { return !printable(r) || strings.ContainsRune("<>@", r) }):
		return fmt.Errorf("host %q: want printable ASCII without spaces, < > and @", c.Host)
	case strings.ContainsFunc(c.Banner, func(r rune) bool { return r != ' ' && !printable(r) || r == '<' }):
		return fmt.Errorf("banner %q: want printable ASCII without <", c.Banner)
	case len(c.Banner)+len(c.Host) > maxReply/2:
		return fmt.Errorf("banner and host have %d bytes: want at most %d", len(c.Banner)+len(c.Host), maxReply/2)
	case c.MaxCommand < 16:
		return fmt.Errorf("a command line of %d bytes: want 16 or more", c.MaxCommand)
	case c.WriteSize < 0:
		return fmt.Errorf("negative write size %d", c.WriteSize)
	case c.IdleTimeout < 0:
		return fmt.Errorf("negative idle time-out %v", c.IdleTimeout)
	case c.IdleTimeout > 0 && c.Now == nil:
		return errors.New("an idle time-out needs a clock (Config.Now)")
	case c.NoAPOP && c.NoUser:
		return errors.New("neither APOP nor USER: nobody could log in")
	}
	return nil
}

func (c *Config) checkUsers() error {
	seen := make(map[string]bool)
	for i, u := range c.Users {
		switch {
		case u.Name == "" || strings.ContainsFunc(u.Name, func(r rune) bool { return !printable(r) }):
			return fmt.Errorf("user %d: name %q: want printable ASCII without spaces", i+1, u.Name)
		case strings.ContainsAny(u.Password, "\r\n"):
			return fmt.Errorf("user %s: a line end in the password", u.Name)
		case u.Mailbox == nil:
			return fmt.Errorf("user %s: no mailbox", u.Name)
		case seen[u.Name]:
			return fmt.Errorf("user %s is there twice", u.Name)
		}
		seen[u.Name] = true
	}
	return nil
}

func printable(r rune) bool { return '!' <= r && r <= '~' }

// idleDeadline returns when a wait that begins now has lasted too long.
func (c *Config) idleDeadline() time.Time { return c.Now().Add(c.IdleTimeout) }

// setDeadline bounds the next read and write of conn, if a time-out was asked for.
func (c *Config) setDeadline(conn net.Conn) error {
	if c.IdleTimeout == 0 {
		return nil
	}
	return conn.SetDeadline(c.idleDeadline())
}
