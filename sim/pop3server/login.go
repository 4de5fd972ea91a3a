package pop3server

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"

	"go.uber.org/zap"
)

// setUser obeys USER. The reply does not tell whether the name is known.
func (s *session) setUser(cmd command) {
	if s.cfg.NoUser {
		s.refuse("USER is switched off")
		return
	}
	s.user = cmd.arg
	s.ok("send PASS")
}

// pass obeys PASS, whose argument may have spaces in it.
func (s *session) pass(cmd command) {
	switch {
	case s.cfg.NoUser:
		s.refuse("PASS is switched off")
		return
	case s.user == "":
		s.refuse("USER first")
		return
	}
	user := s.find(s.user)
	got, want := sha256.Sum256([]byte(cmd.arg)), sha256.Sum256([]byte(user.Password))
	s.login(user, subtle.ConstantTimeCompare(got[:], want[:]) == 1)
}

// apop obeys APOP (RFC 1939, section 7): the digest is the MD5 sum of the stamp and
// the password, in lower-case hexadecimal.
func (s *session) apop(cmd command) {
	if s.stamp == "" {
		s.refuse("APOP is switched off")
		return
	}
	words := cmd.words()
	user := s.find(words[0])
	sum := md5.Sum([]byte(s.stamp + user.Password))
	want := hex.EncodeToString(sum[:])
	s.login(user, subtle.ConstantTimeCompare([]byte(words[1]), []byte(want)) == 1)
}

// find returns the user of that name, or one without a mailbox.
func (s *session) find(name string) User {
	for _, u := range s.cfg.Users {
		if u.Name == name {
			return u
		}
	}
	return User{}
}

// login ends an attempt to log in.
func (s *session) login(user User, match bool) {
	s.user = ""
	switch {
	case user.Mailbox == nil || !match:
		s.fail("[AUTH] wrong user name or password") // RFC 3206
		s.failures++
		if s.failures == s.cfg.MaxLoginFailures {
			s.over = fmt.Errorf("too many failed logins (%d)", s.failures)
		}
		return
	case !user.Mailbox.TryLock():
		s.fail("[IN-USE] another session has the maildrop") // RFC 2449, section 8.1.2
		return
	}
	s.user, s.box, s.state = user.Name, user.Mailbox, transaction
	for _, m := range s.box.Messages() {
		s.items = append(s.items, item{Message: m})
	}
	s.cfg.Log.Debug("pop3 login", zap.Int("session", s.number), zap.String("user", s.user), zap.Int("messages", len(s.items)))
	count, size := s.total()
	s.ok("maildrop has %s", octetsText(count, size))
}
