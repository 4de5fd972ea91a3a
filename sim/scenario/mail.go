package scenario

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"netxsim/ipstack/host"
	"netxsim/pop3client"
	"netxsim/sim/mailbox"
	"netxsim/sim/pop3server"
)

// Who fetches mail.
const (
	mailUser     = "mrose"
	mailPassword = "tanstaaf"
)

// mail is the messages of a mailbox.
type mail struct {
	box   *mailbox.Mailbox
	texts [][]byte // as they ought to arrive
	raw   [][]byte // as RETR sends them (RFC 1939, section 3); made when needed
	sum   string
}

// mailStore keeps the mailboxes of a scenario and its clones from one run to
// the next.
type mailStore struct {
	mu    sync.Mutex
	boxes map[string]*mail
}

// get returns the messages for a key, made by make the first time.
func (s *mailStore) get(key string, make func() (*mail, error)) (*mail, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.boxes[key]; m != nil {
		return m, nil
	}
	m, err := make()
	if err == nil {
		s.boxes[key] = m
	}
	return m, err
}

// storing guards Scenario.mails, which is set once.
var storing sync.Mutex

// store returns the scenario's mail store.
func (s *Scenario) store() *mailStore {
	storing.Lock()
	defer storing.Unlock()
	if s.mails == nil {
		s.mails = &mailStore{boxes: map[string]*mail{}}
	}
	return s.mails
}

// mailPath returns where the mailbox that the scenario names is.
func (s *Scenario) mailPath(path string) string {
	if filepath.IsAbs(path) || s.dir == "" {
		return path
	}
	return filepath.Join(s.dir, path)
}

// mailOf returns the messages of a mailbox in a run with a seed.
func (s *Scenario) mailOf(m *Mailbox, seed uint64) (*mail, error) {
	if m.Path != "" {
		path := s.mailPath(m.Path)
		return s.store().get("path "+path, func() (*mail, error) { return openMail(path) })
	}
	if m.Vary {
		return newMail(m.generate(seed))
	}
	key := fmt.Sprintf("%d %v %s %d %d %v %d", m.Messages, m.Sizes, m.Distribution, m.Smallest, m.Median, m.Sigma, m.Largest)
	return s.store().get(key, func() (*mail, error) { return newMail(m.generate(1)) })
}

// mailHash returns a hash of the messages at a path, or the path if they cannot
// be read.
func (s *Scenario) mailHash(path string) string {
	m, err := s.mailOf(&Mailbox{Path: path}, 0)
	if err != nil {
		return path
	}
	return m.sum
}

func openMail(path string) (*mail, error) {
	box, err := mailbox.Open(path)
	if err != nil {
		return nil, err
	}
	return newMail(box)
}

func newMail(box *mailbox.Mailbox) (*mail, error) {
	m := &mail{box: box}
	hash := sha256.New()
	for _, message := range box.Messages() {
		text, err := message.Bytes()
		if err != nil {
			return nil, err
		}
		m.texts = append(m.texts, text)
		sum := sha256.Sum256(text)
		hash.Write(sum[:])
	}
	m.sum = hex.EncodeToString(hash.Sum(nil))
	// In memory, whatever it was opened from.
	var messages []*mailbox.Message
	for i, text := range m.texts {
		messages = append(messages, mailbox.NewMessage(fmt.Sprintf("message %d", i+1), text))
		m.raw = append(m.raw, stuffed(text))
	}
	m.box = mailbox.New(messages...)
	return m, nil
}

// stuffed returns a message as RETR sends it.
func stuffed(text []byte) []byte {
	text = bytes.ReplaceAll(text, []byte("\r\n."), []byte("\r\n.."))
	if bytes.HasPrefix(text, []byte(".")) {
		text = append([]byte("."), text...)
	}
	return append(text, ".\r\n"...)
}

// generate makes the messages.
func (m *Mailbox) generate(seed uint64) *mailbox.Mailbox {
	return mailbox.Generate(seed, m.Messages, m.bodies(seed)...)
}

// headerSize is about what the header of a generated message has; sizes are
// those of whole messages.
const headerSize = 230

// bodies returns the sizes of the bodies of all messages.
func (m *Mailbox) bodies(seed uint64) []int {
	chance := rand.New(rand.NewPCG(seed, 0x73697a6573))
	sizes := make([]int, m.Messages)
	for i := range sizes {
		var size Bytes
		switch m.Distribution {
		case "uniform":
			size = m.Smallest + Bytes(chance.Int64N(int64(m.Largest-m.Smallest)+1))
		case "lognormal":
			size = Bytes(float64(m.Median) * math.Exp(chance.NormFloat64()*m.Sigma.Share()))
			size = min(max(size, m.Smallest), m.Largest)
		default:
			size = m.Sizes[i%len(m.Sizes)]
		}
		sizes[i] = max(int(size)-headerSize, 2)
	}
	return sizes
}

// postOffice is the server of a workload that fetches mail.
type postOffice struct {
	mail *mail
	box  *mailbox.Mailbox
}

// serveMail starts the POP3 server.
func (k *work) serveMail() error {
	m, err := k.w.s.mailOf(&k.Mailbox, k.w.o.Seed)
	if err != nil {
		return err
	}
	k.mail = &postOffice{mail: m, box: m.box}
	server := k.server.(*plain).machine
	server.Go(func() {
		l, err := server.Listen("tcp", portOf(k.Port))
		for err == nil {
			var conn net.Conn
			if conn, err = l.Accept(); err == nil {
				server.Go(func() { k.serveSession(server, conn) })
			}
		}
		k.serverFailed(err)
	})
	return nil
}

// serveSession serves one session: each has the whole mailbox, in a state of
// its own.
func (k *work) serveSession(server *host.Host, conn net.Conn) {
	pop3, err := pop3server.New(pop3server.Config{
		Users: []pop3server.User{{Name: mailUser, Password: mailPassword, Mailbox: mailbox.New(k.mail.mail.box.Messages()...)}},
		Rand:  rand.NewPCG(k.w.o.Seed, 0x706f7033),
		Go:    server.Go,
		Log:   k.w.o.Log,
	})
	if err != nil {
		panic(err) // the configuration is ours
	}
	pop3.ServeConn(conn) // a session that breaks off is the client's to tell
}

// fetch fetches all mail.
func (x *session) fetch() error {
	client, err := pop3client.Create(x.clientConfig())
	if err != nil {
		err = fmt.Errorf("log in: %w", err)
	} else {
		err = x.fetchAll(client)
	}
	if client != nil {
		if left := client.Delete(); err == nil && left != nil {
			err = fmt.Errorf("disconnect: %w", left)
		}
	}
	return err
}

func (x *session) clientConfig() pop3client.Config {
	t := x.client.(*target)
	fixes, err := pop3client.ParseFixes(x.Fixes)
	if err != nil {
		panic(err) // checked
	}
	second := x.w.ticks(Duration(time.Second))
	wait := min(x.w.ticks(x.Wait), math.MaxInt32)
	return pop3client.Config{
		IP: t.ip, Pool: t.pool(UsePOP3), Server: x.to.Addr(), Port: uint32(x.Port),
		User: mailUser, Password: mailPassword, APOP: x.APOP, Fixes: fixes, Log: x.w.o.Log,
		Window: uint32(x.Window), SendWait: wait, ReplyWait: wait,
		PacketWait: second, ConnectWait: 30 * second, DisconnectWait: 10 * second,
	}
}

// fetchAll fetches every message of the mailbox.
func (x *session) fetchAll(client *pop3client.Client) error {
	count, _, err := client.MailItems()
	if err != nil {
		return fmt.Errorf("count the messages: %w", err)
	}
	if int(count) != len(x.mail.mail.texts) {
		x.broken()
		return fmt.Errorf("the client counts %d of %d messages", count, len(x.mail.mail.texts))
	}
	for n := range int(count) {
		if n > 0 {
			x.pause(x.chance, x.Think)
		}
		x.sent++
		if err := x.fetchOne(client, n); err != nil {
			return fmt.Errorf("message %d of %d: %w", n+1, count, err)
		}
		x.arrived++
		x.record.Messages++
	}
	if err := client.Quit(); err != nil {
		return fmt.Errorf("quit: %w", err)
	}
	return nil
}

// fetchOne fetches and checks a message.
func (x *session) fetchOne(client *pop3client.Client, n int) error {
	if _, err := client.MailItem(uint32(n + 1)); err != nil {
		return err
	}
	same := comparison{text: x.mail.mail.texts[n], raw: x.mail.mail.raw[n]}
	for final := false; !final; {
		packet, _, last, err := client.Message()
		if err != nil {
			return err
		}
		takePacket(packet, same.take)
		x.w.sleep(time.Duration(x.ReadPause))
		packet.Release()
		final = last
	}
	x.record.Bytes += int64(same.at)
	if !same.intact(x.Fixes == "all") {
		x.broken()
	}
	if x.Delete {
		return client.MailItemDelete(uint32(n + 1))
	}
	return nil
}

// comparison holds what arrives of a message against the source, and against
// the source as it is sent: that is what the C client hands out.
type comparison struct {
	text, raw               []byte
	at                      int
	textDiffers, rawDiffers bool
}

func (c *comparison) take(b []byte) {
	c.textDiffers = c.textDiffers || !matches(c.text, c.at, b)
	c.rawDiffers = c.rawDiffers || !matches(c.raw, c.at, b)
	c.at += len(b)
}

func matches(all []byte, at int, b []byte) bool {
	return at+len(b) <= len(all) && slices.Equal(all[at:at+len(b)], b)
}

// intact reports whether the message arrived as it should.
func (c *comparison) intact(exact bool) bool {
	if !c.textDiffers && c.at == len(c.text) {
		return true
	}
	return !exact && !c.rawDiffers && c.at == len(c.raw)
}
