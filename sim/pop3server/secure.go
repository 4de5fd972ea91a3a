package pop3server

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"strings"

	"github.com/emersion/go-sasl"
)

// stls obeys STLS (RFC 2595, section 4). What the client has sent behind the
// command in the clear is dropped, and so is a USER.
func (s *session) stls(command) {
	if _, secure := s.conn.(*tls.Conn); secure || s.cfg.TLS == nil {
		s.refuse("STLS is not to be had")
		return
	}
	s.ok("begin TLS")
	if s.w.flush() != nil {
		return // the flush before the next command reports the error
	}
	conn := tls.Server(s.conn, s.cfg.TLS)
	s.user, s.conn, s.w.conn = "", conn, conn
	s.r.Reset(conn)
	if err := conn.Handshake(); err != nil {
		s.over = err
	}
}

// auth obeys AUTH PLAIN (RFC 5034 and RFC 4616), the one mechanism there is.
func (s *session) auth(cmd command) {
	words := cmd.words()
	if s.cfg.NoUser || !strings.EqualFold(words[0], sasl.Plain) {
		s.refuse("unknown mechanism")
		return
	}
	initial := ""
	if len(words) == 2 {
		initial = words[1]
	} else if initial = s.challenge(); s.over != nil {
		return
	}
	response, err := base64.StdEncoding.DecodeString(initial)
	if err != nil {
		s.refuse("no base64")
		return
	}
	s.plain(response)
}

// challenge sends an empty challenge and returns what the client answers.
func (s *session) challenge() string {
	s.send("+ ")
	line, err := s.next()
	if err != nil {
		s.over = describe(err)
		return ""
	}
	s.trace(FromClient, "****")
	return line
}

// plain logs in with the response of PLAIN.
func (s *session) plain(response []byte) {
	var user User
	match := false
	server := sasl.NewPlainServer(func(identity, name, password string) error {
		user = s.find(name)
		got, want := sha256.Sum256([]byte(password)), sha256.Sum256([]byte(user.Password))
		match = subtle.ConstantTimeCompare(got[:], want[:]) == 1 && (identity == "" || identity == name)
		return nil
	})
	if _, _, err := server.Next(response); err != nil {
		s.refuse("no response of PLAIN")
		return
	}
	s.login(user, match)
}
