package pop3server

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"

	"go.uber.org/zap"
)

// ErrServerClosed is what Serve and ServeConn return after [Server.Close].
var ErrServerClosed = errors.New("pop3 server: closed")

// A Server serves mailboxes by POP3. Its methods may be called from several
// goroutines. The zero Server is not valid: use [New].
type Server struct {
	cfg Config

	mu        sync.Mutex // never held during a call that may wait
	closed    bool
	sessions  int // begun so far
	listeners []net.Listener
	conns     []net.Conn // in the order they came
}

// New returns a server for cfg, which it copies. It listens to nothing yet.
func New(cfg Config) (*Server, error) {
	s := &Server{cfg: cfg.withDefaults()}
	if err := s.cfg.check(); err != nil {
		return nil, fmt.Errorf("pop3 server: %w", err)
	}
	return s, nil
}

// Serve accepts connections from l and serves each in work of its own (see
// [Config].Go), until accepting fails. It closes l and returns the error,
// [ErrServerClosed] after [Server.Close]. Without a Config.Go it returns only when
// the sessions it has begun are over.
func (s *Server) Serve(l net.Listener) error {
	defer l.Close()
	if !s.add(l) {
		return ErrServerClosed
	}
	defer s.removeListener(l)
	start := s.cfg.Go
	if start == nil {
		var running sync.WaitGroup
		defer running.Wait()
		start = running.Go
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			return s.endError(fmt.Errorf("pop3 server: %w", err))
		}
		start(func() {
			// The error is in the log; nobody else waits for it.
			_ = s.ServeConn(conn)
		})
	}
}

// ServeConn serves one session on conn and closes it. It returns nil after QUIT, and
// otherwise why the session ended: the client closed the connection, was silent
// too long, failed too often, or a read or write failed.
func (s *Server) ServeConn(conn net.Conn) error {
	defer conn.Close()
	number, stamp, ok := s.begin(conn)
	if !ok {
		return ErrServerClosed
	}
	defer s.removeConn(conn)
	session := newSession(&s.cfg, conn, number, stamp)
	// In a deferred call, since a simulated kernel may unwind this goroutine.
	defer session.unlock()
	s.cfg.Log.Debug("pop3 session begins", zap.Int("session", number))
	err := session.run()
	if err != nil {
		err = s.endError(fmt.Errorf("pop3 server: session %d: %w", number, err))
	}
	s.cfg.Log.Debug("pop3 session ends", zap.Int("session", number), zap.String("user", session.user), zap.Error(err))
	return err
}

// Close closes all listeners and connections. Sessions end as if their clients had
// gone: nothing is deleted. It does not wait for them.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	listeners, conns := slices.Clone(s.listeners), slices.Clone(s.conns)
	s.mu.Unlock()
	var errs []error
	for _, l := range listeners {
		errs = append(errs, l.Close())
	}
	for _, c := range conns {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// endError returns ErrServerClosed if that is why err happened.
func (s *Server) endError(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrServerClosed
	}
	return err
}

func (s *Server) add(l net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.listeners = append(s.listeners, l)
	return true
}

// begin registers conn and gives its session a number and a stamp.
func (s *Server) begin(conn net.Conn) (number int, stamp string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, "", false
	}
	s.conns = append(s.conns, conn)
	s.sessions++
	if s.cfg.NoAPOP {
		return s.sessions, "", true
	}
	// Unlike a process id and a clock, the number of the session and a random number are
	// the same in each run, and still differ each time (RFC 1939, section 7).
	return s.sessions, fmt.Sprintf("<%d.%d@%s>", s.sessions, s.cfg.Rand.Uint64(), s.cfg.Host), true
}

func (s *Server) removeConn(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns = slices.DeleteFunc(s.conns, func(c net.Conn) bool { return c == conn })
}

func (s *Server) removeListener(l net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listeners = slices.DeleteFunc(s.listeners, func(have net.Listener) bool { return have == l })
}
