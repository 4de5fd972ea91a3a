// Package dovecot fetches mail from a real POP3 server, Dovecot, with the NetX
// client on a simulated wire.
//
// The tests start Debian's dovecot-pop3d on loopback, as user nobody if they
// run as root, with a folder and free ports of their own, and reach it through
// an uplink of the simulated wire. Where Dovecot is missing they are skipped;
// where NETXSIM_CI is set, as .ci/run does, they fail.
package dovecot

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"netxsim/sim/mailbox"
)

//go:embed testdata/dovecot.conf.in
var configuration string

// A Server is a running Dovecot.
type Server struct {
	// Address is where it speaks POP3, AddressTLS where it does so in TLS.
	Address, AddressTLS string
	// Certificate is that of the server, in PEM; it has signed itself.
	Certificate []byte

	dir     string
	account *account
	command *exec.Cmd
	log     *serverLog
}

// An account is whom a server runs as.
type account struct {
	user, group string
	id          *syscall.Credential // nil: as whoever starts it
}

// Available returns the path of Dovecot, or an error that says how to get it.
func Available() (path string, err error) {
	for _, name := range []string{"dovecot", "/usr/sbin/dovecot"} {
		if path, err = exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("dovecot is not installed (Debian package dovecot-pop3d): %w", err)
}

// Start starts a server whose users have the given passwords and empty
// mailboxes. [Server.Deliver] fills them, before the first session. Stop must be called in the end.
func Start(passwords map[string]string) (s *Server, err error) {
	path, err := Available()
	if err != nil {
		return nil, err
	}
	s = new(Server)
	if s.account, err = unprivileged(); err != nil {
		return nil, err
	}
	// Short, because Dovecot has Unix sockets below it.
	if s.dir, err = os.MkdirTemp("", "dovecot"); err != nil {
		return nil, err
	}
	if err = s.prepare(passwords); err == nil {
		err = s.run(path)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	return s, nil
}

// unprivileged is nobody if the caller is root, and else the caller.
func unprivileged() (*account, error) {
	who, err := user.Current()
	if err == nil && os.Getuid() == 0 {
		who, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, err
	}
	group, err := user.LookupGroupId(who.Gid)
	if err != nil {
		return nil, err
	}
	a := &account{user: who.Username, group: group.Name}
	if os.Getuid() == 0 {
		uid, _ := strconv.ParseUint(who.Uid, 10, 32)
		gid, _ := strconv.ParseUint(who.Gid, 10, 32)
		a.id = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return a, nil
}

// prepare writes what the server reads.
func (s *Server) prepare(passwords map[string]string) error {
	ports, err := freePorts(2)
	if err != nil {
		return err
	}
	s.Address, s.AddressTLS = "127.0.0.1:"+ports[0], "127.0.0.1:"+ports[1]
	certificate, key, err := selfSigned()
	if err != nil {
		return err
	}
	s.Certificate = certificate
	var passwd strings.Builder
	for name, password := range passwords {
		fmt.Fprintf(&passwd, "%s:{PLAIN}%s::::::\n", name, password)
		if err := mailbox.New().WriteMaildir(s.Maildir(name)); err != nil {
			return err
		}
	}
	config := strings.NewReplacer("@DIR@", s.dir, "@USER@", s.account.user, "@GROUP@", s.account.group,
		"@PORT@", ports[0], "@TLSPORT@", ports[1]).Replace(configuration)
	for name, text := range map[string]string{
		"dovecot.conf": config, "passwd": passwd.String(), "cert.pem": string(certificate), "key.pem": string(key),
	} {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return s.own(s.dir)
}

// own gives a folder and everything in it to the server.
func (s *Server) own(dir string) error {
	if s.account.id == nil {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, int(s.account.id.Uid), int(s.account.id.Gid))
	})
}

// freePorts returns ports of loopback that are free now.
func freePorts(n int) (ports []string, err error) {
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		_, port, _ := net.SplitHostPort(listener.Addr().String())
		ports = append(ports, port)
	}
	return ports, nil
}

// run starts the server and waits until it listens.
func (s *Server) run(path string) error {
	s.command = exec.Command(path, "-F", "-c", filepath.Join(s.dir, "dovecot.conf"))
	s.command.Dir = s.dir
	s.command.SysProcAttr = &syscall.SysProcAttr{Credential: s.account.id, Setpgid: true}
	output, err := s.command.StderrPipe()
	if err != nil {
		return err
	}
	if err := s.command.Start(); err != nil {
		return err
	}
	s.log = &serverLog{ready: make(chan struct{}), ended: make(chan struct{})}
	go s.log.read(output)
	select {
	case <-s.log.ready:
		return nil
	case <-s.log.ended:
		return fmt.Errorf("dovecot does not run: %w\n%s", s.command.Wait(), s.log.text)
	}
}

// Stop ends the server, removes its folder and returns what it has logged.
func (s *Server) Stop() (log string, err error) {
	// All its processes at once: asked to end, it takes a second.
	err = syscall.Kill(-s.command.Process.Pid, syscall.SIGKILL)
	<-s.log.ended
	_ = s.command.Wait() // of a signal
	return s.log.text, errors.Join(err, os.RemoveAll(s.dir))
}

// A serverLog is what a server writes to its standard error.
type serverLog struct {
	ready, ended chan struct{}
	text         string // when ended is closed
}

// read reads to the end, which comes with that of the last process of the server.
func (l *serverLog) read(output io.Reader) {
	defer close(l.ended)
	var text strings.Builder
	started := false
	for lines := bufio.NewScanner(output); lines.Scan(); {
		text.WriteString(lines.Text() + "\n")
		if !started && strings.Contains(lines.Text(), "starting up for pop3") {
			started = true
			close(l.ready)
		}
	}
	l.text = text.String()
}

// Maildir returns the folder of a user's mailbox.
func (s *Server) Maildir(user string) string { return filepath.Join(s.dir, "mail", user) }

// Deliver puts the messages of box into the empty mailbox of a user.
func (s *Server) Deliver(user string, box *mailbox.Mailbox) error {
	if err := box.WriteMaildir(s.Maildir(user)); err != nil {
		return err
	}
	return s.own(s.Maildir(user))
}

// Left returns the messages that a user's mailbox has now, on disk.
func (s *Server) Left(user string) ([]*mailbox.Message, error) {
	box, err := mailbox.Open(s.Maildir(user))
	if err != nil {
		return nil, err
	}
	return box.Messages(), nil
}
