package host_test

import (
	"io"
	"net"
	"net/rpc"
	"net/smtp"
	"net/textproto"
	"strings"
	"testing"
	"time"
)

// A Clock is a service of net/rpc.
type Clock struct{}

// Wait answers after a number of seconds with twice that.
func (Clock) Wait(seconds int, answer *int) error {
	time.Sleep(time.Duration(seconds) * time.Second)
	*answer = 2 * seconds
	return nil
}

// TestRPC has calls overtake each other on one connection.
func TestRPC(t *testing.T) {
	pairs(t, func(t *testing.T, server, client machine) {
		service := rpc.NewServer()
		if err := service.RegisterName("Clock", Clock{}); err != nil {
			t.Fatal(err)
		}
		defer serve(t, server, ":1234", func(c net.Conn) { service.ServeConn(c) })()
		conn, err := client.Dial("tcp", serverName(server)+":1234")
		if err != nil {
			t.Fatal(err)
		}
		c := rpc.NewClient(conn)
		begin := time.Now()
		done := make(chan *rpc.Call, 3)
		for _, seconds := range []int{30, 10, 20} {
			c.Go("Clock.Wait", seconds, new(int), done)
		}
		for _, want := range []int{20, 40, 60} {
			call := <-done
			if got := *call.Reply.(*int); call.Error != nil || got != want {
				t.Errorf("answer %d, %v; want %d", got, call.Error, want)
			}
			if d := time.Since(begin).Truncate(time.Second); d != time.Duration(want/2)*time.Second {
				t.Errorf("answer %d came after %v", want, d)
			}
		}
		waiting := c.Go("Clock.Wait", 5, new(int), nil)
		c.Close()
		wantError(t, (<-waiting.Done).Error, "read", net.ErrClosed)
	})
}

// TestSMTP sends a message by net/smtp to a server that takes a minute for it.
func TestSMTP(t *testing.T) {
	const message = "Subject: hello\r\n\r\n.a line that begins with a dot\r\n"
	pairs(t, func(t *testing.T, server, client machine) {
		got := make(chan string, 1)
		defer serve(t, server, ":smtp", func(c net.Conn) {
			text := textproto.NewConn(c)
			defer text.Close()
			text.PrintfLine("220 ready")
			for {
				line, err := text.ReadLine()
				switch command, _, _ := strings.Cut(line, " "); {
				case err != nil:
					return
				case command == "DATA":
					text.PrintfLine("354 go on")
					lines, err := text.ReadDotBytes()
					if err != nil {
						t.Error(err)
					}
					time.Sleep(time.Minute)
					got <- string(lines)
				case command == "QUIT":
					text.PrintfLine("221 bye")
					return
				}
				text.PrintfLine("250 fine")
			}
		})()
		conn, err := client.Dial("tcp", serverName(server)+":smtp")
		if err != nil {
			t.Fatal(err)
		}
		c, err := smtp.NewClient(conn, serverName(server))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for _, err := range []error{c.Mail("a@example.com"), c.Rcpt("b@example.com")} {
			if err != nil {
				t.Fatal(err)
			}
		}
		w, err := c.Data()
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		io.WriteString(w, message)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(begin).Truncate(time.Second); d != time.Minute {
			t.Errorf("the server took %v", d)
		}
		if text := <-got; text != strings.ReplaceAll(message, "\r\n", "\n") {
			t.Errorf("got %q", text)
		}
		if err := c.Quit(); err != nil {
			t.Error(err)
		}
	})
}
