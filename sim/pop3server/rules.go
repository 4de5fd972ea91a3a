package pop3server

import "crypto/tls"

// A rule says when a command is valid and what carries it out.
type rule struct {
	usage    string
	states   state
	line     bool // the argument is the rest of the line, and must be there
	min, max int  // words in the argument otherwise
	run      func(*session, command)
}

// rules are the commands by verb. They are looked up, never walked.
var rules map[string]rule

// Set here, since the methods use the map themselves.
func init() {
	rules = map[string]rule{
		// RFC 2449
		"CAPA": {usage: "CAPA", states: authorization | transaction, run: (*session).capa},
		// RFC 1939, section 4, and section 7 for USER, PASS, APOP
		"USER": {usage: "USER name", states: authorization, min: 1, max: 1, run: (*session).setUser},
		"PASS": {usage: "PASS password", states: authorization, line: true, run: (*session).pass},
		"APOP": {usage: "APOP name digest", states: authorization, min: 2, max: 2, run: (*session).apop},
		// RFC 2595 and RFC 5034
		"STLS": {usage: "STLS", states: authorization, run: (*session).stls},
		"AUTH": {usage: "AUTH mechanism [response]", states: authorization, min: 1, max: 2, run: (*session).auth},
		"QUIT": {usage: "QUIT", states: authorization | transaction, run: (*session).quit},
		// section 5
		"STAT": {usage: "STAT", states: transaction, run: (*session).stat},
		"LIST": {usage: "LIST [number]", states: transaction, max: 1, run: (*session).list},
		"RETR": {usage: "RETR number", states: transaction, min: 1, max: 1, run: (*session).retr},
		"DELE": {usage: "DELE number", states: transaction, min: 1, max: 1, run: (*session).dele},
		"NOOP": {usage: "NOOP", states: transaction, run: (*session).noop},
		"RSET": {usage: "RSET", states: transaction, run: (*session).rset},
		// section 7
		"TOP":  {usage: "TOP number lines", states: transaction, min: 2, max: 2, run: (*session).top},
		"UIDL": {usage: "UIDL [number]", states: transaction, max: 1, run: (*session).uidl},
	}
}

// capa obeys CAPA (RFC 2449). The list is the same in both states but for the
// commands that log in.
func (s *session) capa(command) {
	s.ok("capability list follows")
	s.begin()
	list := []string{"TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING", "EXPIRE NEVER", "IMPLEMENTATION netxsim"}
	if !s.cfg.NoUser {
		list = append([]string{"USER", "SASL PLAIN"}, list...)
	}
	if _, secure := s.conn.(*tls.Conn); s.cfg.TLS != nil && !secure {
		list = append(list, "STLS")
	}
	for _, name := range list {
		s.send(name)
	}
	s.end()
}
