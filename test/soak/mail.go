package soak

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"netxsim/ipstack/host"
	"netxsim/pop3client"
	"netxsim/sim/mailbox"
	"netxsim/sim/pop3server"
	"netxsim/sim/simtest"
)

const password = "tanstaaf"

// mailServer serves mailboxes on a host: that of user 0, of user 1, and so on.
func (w *world) mailServer(h *host.Host, boxes []*mailbox.Mailbox) {
	config := pop3server.Config{
		IdleTimeout: time.Minute, Now: h.Now,
		Go: func(f func()) { w.start(false, "mail session", false, f) },
	}
	for i, box := range boxes {
		config.Users = append(config.Users, pop3server.User{Name: user(i), Password: password, Mailbox: box})
	}
	server, err := pop3server.New(config)
	if err != nil {
		w.fail("mail", "%v", err)
		return
	}
	l, err := h.Listen("tcp", ":110")
	if err != nil {
		w.fail("mail", "%v", err)
		return
	}
	w.closers = append(w.closers, func() { server.Close() })
	w.start(false, "mail server", false, func() {
		if err := server.Serve(l); !errors.Is(err, pop3server.ErrServerClosed) {
			w.fail("mail", "serve: %v", err)
		}
	})
}

func user(i int) string { return fmt.Sprintf("user%d", i) }

// A mailClient is a thread that has sessions with a mail server.
type mailClient struct {
	w      *world
	name   string
	box    *mailbox.Mailbox
	config pop3client.Config
	remove bool // deletes what it has fetched
	unsure bool // a session has ended without word about what is deleted
	want   []*mailbox.Message
}

// mailClient adds a thread on a device that fetches the mail of a user.
func (w *world) mailClient(d *simtest.Device, r *rand.Rand, from netip.Addr, number int, box *mailbox.Mailbox) {
	c := &mailClient{
		w: w, name: fmt.Sprintf("mail client %d on %s", number, d.IP().Name()), box: box, remove: r.IntN(2) == 0, want: box.Messages(),
		config: pop3client.Config{
			IP: d.IP(), Server: from, User: user(number), Password: password, APOP: r.IntN(2) == 0, Fixes: pop3client.AllFixes,
			Window: uint32(1460 + r.IntN(3000)), PacketWait: patienceTicks, SendWait: patienceTicks, ReplyWait: patienceTicks,
			ConnectWait: patienceTicks, DisconnectWait: patienceTicks,
		},
	}
	sessions, pause := 1+r.IntN(2), between(r, 0, 2*time.Second)
	w.start(true, c.name, true, func() {
		for range sessions {
			w.nap(pause)
			w.figures.Sessions++
			c.judge(c.session())
		}
		if !c.unsure && !slices.Equal(c.box.Messages(), c.want) {
			w.fail("mailbox", "%s: the server has %d messages in place of %d", c.name, len(c.box.Messages()), len(c.want))
		}
	})
}

// judge notes an error that the row does not excuse. A server that has not noticed the end of a session refuses the next one.
func (c *mailClient) judge(err error) {
	refused := new(pop3client.ReplyError)
	if errors.As(err, &refused) && c.w.row.Excuse&(TimeOuts|Resets) != 0 {
		c.w.figures.Excused++
		return
	}
	c.w.judge("mail", c.name, err)
}

// session logs in, fetches all mail, and says goodbye.
func (c *mailClient) session() error {
	client, err := pop3client.Create(c.config)
	if err != nil {
		if client != nil {
			_ = client.Delete() // the session may have ended
		}
		return fmt.Errorf("create: %w", err)
	}
	err = c.fetch(client)
	if closing := client.Delete(); closing != nil && err == nil {
		err = fmt.Errorf("delete: %w", closing)
	}
	return err
}

func (c *mailClient) fetch(client *pop3client.Client) error {
	items, total, err := client.MailItems()
	if err != nil {
		return fmt.Errorf("STAT: %w", err)
	}
	if !c.unsure && int(items) != len(c.want) {
		return fmt.Errorf("STAT says %d messages of %d bytes: %w", items, total, errContent)
	}
	messages := c.box.Messages()
	for i := range int(items) {
		if err := c.message(client, uint32(i+1), messages[i]); err != nil {
			return err
		}
	}
	c.unsure = true // until the server says that it is done
	if err := client.Quit(); err != nil {
		return fmt.Errorf("QUIT: %w", err)
	}
	c.unsure = false
	if c.remove {
		c.want = nil
	}
	return nil
}

// message fetches a message and compares it.
func (c *mailClient) message(client *pop3client.Client, item uint32, message *mailbox.Message) error {
	if _, err := client.MailItem(item); err != nil {
		return fmt.Errorf("RETR: %w", err)
	}
	var got bytes.Buffer
	reader := client.MessageReader()
	_, err := io.Copy(&got, reader)
	if err := errors.Join(err, reader.Close()); err != nil {
		return fmt.Errorf("message: %w", err)
	}
	want, err := message.Bytes()
	if err != nil {
		return err
	}
	if !bytes.Equal(got.Bytes(), want) {
		return fmt.Errorf("message %d has %d bytes in place of %d: %w", item, got.Len(), len(want), errContent)
	}
	c.w.figures.Mails++
	c.w.figures.Bytes += uint64(len(want))
	if c.remove {
		if err := client.MailItemDelete(item); err != nil {
			return fmt.Errorf("DELE: %w", err)
		}
	}
	return nil
}
