package pop3client_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"

	"netxsim/pop3client"
	"netxsim/sim/link"
)

// A dialogue is a session as the manual prints it: "C: " is a command to wait for, "S: " a line to send. What stands in
// angle brackets happens.
type dialogue string

// serve plays the server's part of one session on port 110, and prints the session as it goes.
func (d dialogue) serve(n *network) error {
	listener, err := n.host.Listen("tcp", ":pop3")
	if err != nil {
		return err
	}
	n.host.Go(func() {
		if err := d.play(listener); err != nil {
			fmt.Println("server:", err)
		}
	})
	return nil
}

// play goes through the lines.
func (d dialogue) play(listener net.Listener) error {
	var conn net.Conn
	var commands *bufio.Reader
	messages := 0
	for line := range strings.Lines(string(d)) {
		line = strings.TrimSpace(line)
		who, what, _ := strings.Cut(line, ": ")
		switch {
		case what == "<open connection>":
			var err error
			if conn, err = listener.Accept(); err != nil {
				return err
			}
			commands = bufio.NewReader(conn)
		case what == "<close connection>":
			if _, err := commands.ReadByte(); err != io.EOF {
				return fmt.Errorf("at the end: %v, want the client to close", err)
			}
			conn.Close()
		case strings.HasPrefix(what, "<the POP3 server sends message"):
			messages++
			size := 40 + 80*messages // octets: 120 and 200, with the end mark that the manual counts
			fmt.Fprintf(conn, "%s\r\n", strings.Repeat("x", size-len("\r\n.\r\n")))
		case strings.HasPrefix(what, "<"):
		case who == "S":
			fmt.Fprintf(conn, "%s\r\n", what)
		default:
			command, err := commands.ReadString('\n')
			if err != nil {
				return err
			}
			line = "C: " + strings.TrimSuffix(command, "\r\n")
		}
		fmt.Println(line)
	}
	return nil
}

// runManual has a client do what a session of the manual does, and prints what was said.
func runManual(d dialogue, config pop3client.Config, ask func(*pop3client.Client) error) error {
	n, err := newHosts(1, link.Config{}, 12)
	if err != nil {
		return err
	}
	if err := d.serve(n); err != nil {
		return err
	}
	config.IP, config.Server, config.Fixes = n.target, n.host.Addr(), pop3client.AllFixes
	return n.run(func() error {
		client, err := pop3client.Create(config)
		if err != nil {
			return err
		}
		defer client.Delete()
		if err := ask(client); err != nil {
			return err
		}
		for item := range uint32(2) {
			if _, err := client.MailItem(item + 1); err != nil {
				return err
			}
			if _, err := io.Copy(io.Discard, client.MessageReader()); err != nil {
				return err
			}
			if err := client.MailItemDelete(item + 1); err != nil {
				return err
			}
		}
		return client.Quit()
	})
}

// The first session of the manual: USER and PASS, then STAT.
func Example_manualPassword() {
	session := dialogue(`S: <wait for connection on TCP port 110>
C: <open connection>
S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>
C: USER
S: +OK mrose is valid
C: PASS
S: +OK mrose is logged in
C: STAT
S: +OK 2 320
C: RETR
S: +OK 120 octets
S: <the POP3 server sends message 1>
S: .
C: DELE
S: +OK message 1 deleted
C: RETR
S: +OK 200 octets
S: <the POP3 server sends message 2>
S: .
C: DELE
S: +OK message 2 deleted
C: QUIT
S: +OK POP3 server signing off (maildrop empty)
C: <close connection>
S: <wait for next connection>`)
	err := runManual(session, pop3client.Config{User: "mrose", Password: "mvan99"}, func(client *pop3client.Client) error {
		_, _, err := client.MailItems()
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// S: <wait for connection on TCP port 110>
	// C: <open connection>
	// S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>
	// C: USER mrose
	// S: +OK mrose is valid
	// C: PASS mvan99
	// S: +OK mrose is logged in
	// C: STAT
	// S: +OK 2 320
	// C: RETR 1
	// S: +OK 120 octets
	// S: <the POP3 server sends message 1>
	// S: .
	// C: DELE 1
	// S: +OK message 1 deleted
	// C: RETR 2
	// S: +OK 200 octets
	// S: <the POP3 server sends message 2>
	// S: .
	// C: DELE 2
	// S: +OK message 2 deleted
	// C: QUIT
	// S: +OK POP3 server signing off (maildrop empty)
	// C: <close connection>
	// S: <wait for next connection>
}

// The second session of the manual: APOP, and LIST instead of STAT.
func Example_manualAPOP() {
	session := dialogue(`S: <wait for connection on TCP port 110>
C: <open connection>
S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>
C: APOP
S: +OK mrose's maildrop has 2 messages (320 octets)
C: LIST
S: +OK 2 messages (320 octets)
S: 1 120
S: 2 200
S: .
C: RETR
S: +OK 120 octets
S: <the POP3 server sends message 1>
S: .
C: DELE
S: +OK message 1 deleted
C: RETR
S: +OK 200 octets
S: <the POP3 server sends message 2>
S: .
C: DELE
S: +OK message 2 deleted
C: QUIT
S: +OK dewey POP3 server signing off (maildrop empty)
C: <close connection>
S: <wait for next connection>`)
	err := runManual(session, pop3client.Config{User: "mrose", Password: "tanstaaf", APOP: true}, func(client *pop3client.Client) error {
		sizes, err := client.MailItemSizes()
		if err == nil && (len(sizes) != 2 || sizes[1] != pop3client.ItemSize{Item: 2, Bytes: 200}) {
			return fmt.Errorf("sizes: %v", sizes)
		}
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// S: <wait for connection on TCP port 110>
	// C: <open connection>
	// S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>
	// C: APOP mrose c4c9334bac560ecc979e58001b3e22fb
	// S: +OK mrose's maildrop has 2 messages (320 octets)
	// C: LIST
	// S: +OK 2 messages (320 octets)
	// S: 1 120
	// S: 2 200
	// S: .
	// C: RETR 1
	// S: +OK 120 octets
	// S: <the POP3 server sends message 1>
	// S: .
	// C: DELE 1
	// S: +OK message 1 deleted
	// C: RETR 2
	// S: +OK 200 octets
	// S: <the POP3 server sends message 2>
	// S: .
	// C: DELE 2
	// S: +OK message 2 deleted
	// C: QUIT
	// S: +OK dewey POP3 server signing off (maildrop empty)
	// C: <close connection>
	// S: <wait for next connection>
}
