package session

import (
	"bytes"
	"context"
	"fmt"
	"hash/crc32"

	"netxsim/pop3client"
)

// fetcher is the application on the target: it fetches every message and
// checks it against the mailbox.
type fetcher struct {
	ctx      context.Context
	network  *network
	options  Options
	mail     []source // what the server holds; nil: nobody knows
	out      *output
	progress func(done, total int)

	total     int // messages that the server has
	fetched   []fetched
	quirks    []pop3client.QuirkCount
	err       error
	outputErr error
}

// fetched is a message that arrived.
type fetched struct {
	number  int
	bytes   int
	sum     uint32 // CRC-32 of the bytes
	packets int
	check   check
}

// check is how a message compares with what the server holds.
type check int

const (
	differs check = iota
	intact
	asSent    // with doubled dots and the end mark, as the C client hands mail out
	whole     // as long as the server says: nobody knows what it holds
	otherSize // not as long

	checks = iota
)

// String returns the words of a report.
func (c check) String() string {
	return [...]string{"DIFFERS", "intact", "as sent", "whole", "OTHER SIZE"}[c]
}

// bad reports whether a message did not arrive as it should.
func (c check) bad() bool { return c == differs || c == otherSize }

// compare checks a message against its source.
func compare(got, source []byte) check {
	switch {
	case bytes.Equal(got, source):
		return intact
	case bytes.Equal(got, stuffed(source)):
		return asSent
	}
	return differs
}

// stuffed returns a message as RETR sends it (RFC 1939, section 3).
func stuffed(source []byte) []byte {
	text := bytes.ReplaceAll(source, []byte("\r\n."), []byte("\r\n.."))
	if bytes.HasPrefix(text, []byte(".")) {
		text = append([]byte("."), text...)
	}
	return append(text, ".\r\n"...)
}

// checkSize checks a message of which only the size is known, in bytes.
func checkSize(got []byte, size uint32) check {
	switch {
	case len(got) == int(size):
		return whole
	case len(unstuffed(got)) == int(size):
		return asSent
	}
	return otherSize
}

// unstuffed is the inverse of stuffed.
func unstuffed(sent []byte) []byte {
	text := bytes.ReplaceAll(bytes.TrimSuffix(sent, []byte(".\r\n")), []byte("\r\n.."), []byte("\r\n."))
	if bytes.HasPrefix(text, []byte("..")) {
		return text[1:]
	}
	return text
}

// config returns the configuration of the client.
func (f *fetcher) config() pop3client.Config {
	config := pop3client.Config{
		IP:       f.network.client,
		Server:   serverAddress.Addr(),
		User:     user,
		Password: password,
		APOP:     f.options.APOP,
		Fixes:    pop3client.AllFixes,
		Log:      f.network.log,
	}
	if f.options.Faithful {
		config.Fixes = 0
	}
	if f.options.Server != nil {
		f.options.Server.client(&config)
	}
	return config
}

// run is the thread's entry function.
func (f *fetcher) run() {
	client, err := pop3client.Create(f.config())
	if err != nil {
		f.err = fmt.Errorf("log in: %w", err)
	} else {
		f.err = f.session(client)
	}
	if f.err != nil && f.ctx.Err() != nil {
		f.err = ErrInterrupted
	}
	if client != nil {
		client.Delete()
		f.quirks = client.Quirks()
	}
}

// session fetches the mail once the client has logged in.
func (f *fetcher) session(client *pop3client.Client) error {
	items, _, err := client.MailItems()
	if err != nil {
		return fmt.Errorf("count the messages: %w", err)
	}
	if f.total = int(items); f.options.Server == nil && f.total != len(f.mail) {
		return fmt.Errorf("the server counts %d messages, the mailbox has %d", items, len(f.mail))
	}
	for item := uint32(1); item <= items; item++ {
		if err := f.ctx.Err(); err != nil {
			return err
		}
		if err := f.fetch(client, item); err != nil {
			return fmt.Errorf("message %d of %d: %w", item, items, err)
		}
		if f.progress != nil {
			f.progress(int(item), int(items))
		}
	}
	if err := client.Quit(); err != nil {
		return fmt.Errorf("quit: %w", err)
	}
	return nil
}

// fetch fetches, checks and stores one message, and has the server delete it.
func (f *fetcher) fetch(client *pop3client.Client, item uint32) error {
	size, err := f.size(client, item)
	if err != nil {
		return err
	}
	if _, err := client.MailItem(item); err != nil {
		return err
	}
	var text bytes.Buffer
	packets, err := receive(client, &text)
	got := fetched{
		number:  int(item),
		bytes:   text.Len(),
		sum:     crc32.ChecksumIEEE(text.Bytes()),
		packets: packets,
	}
	if f.options.Server != nil {
		got.check = checkSize(text.Bytes(), size)
	} else {
		got.check = compare(text.Bytes(), f.mail[item-1].text)
	}
	f.fetched = append(f.fetched, got)
	if err != nil {
		return err
	}
	if f.outputErr = f.out.write(int(item), text.Bytes()); f.outputErr != nil {
		return f.outputErr
	}
	if server := f.options.Server; server != nil && (!server.Delete || got.check.bad()) {
		return nil
	}
	return client.MailItemDelete(item)
}

// size asks a real server for the size of a message, to check it by.
func (f *fetcher) size(client *pop3client.Client, item uint32) (uint32, error) {
	if f.options.Server == nil {
		return 0, nil
	}
	return client.MailItemSize(item)
}

// receive appends the packets of a message to text, as an application would
// that knows only the final_packet flag, and counts them.
func receive(client *pop3client.Client, text *bytes.Buffer) (packets int, err error) {
	for {
		packet, _, final, err := client.Message()
		if err != nil {
			return packets, err
		}
		packets++
		for p := packet; p != nil; p = p.Next {
			text.Write(p.Bytes())
		}
		if err := packet.Release(); err != nil {
			return packets, err
		}
		if final {
			return packets, nil
		}
	}
}
