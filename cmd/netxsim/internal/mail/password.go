package mail

import (
	"context"
	"fmt"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/cmd/netxsim/internal/session"
	"netxsim/pop3client"
)

// passwordVariable is the environment variable that may hold the password. A
// flag would show it to everybody who can list processes.
const passwordVariable = "NETXSIM_PASSWORD"

// password returns the password from the file, the environment or the user.
func (o *serverOptions) password(ctx context.Context, s cli.Streams) (password string, err error) {
	from := "$" + passwordVariable
	switch {
	case o.passwordFile != "":
		from = o.passwordFile
		var text []byte
		if text, err = os.ReadFile(o.passwordFile); err != nil {
			return "", cli.BadInput(fmt.Errorf("--password-file: %w", err))
		}
		password = strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	case os.Getenv(passwordVariable) != "":
		password = os.Getenv(passwordVariable)
	default:
		from = "the terminal"
		if password, err = o.ask(ctx, s); err != nil {
			return "", err
		}
	}
	switch {
	case password == "":
		return "", cli.BadInput(fmt.Errorf("the password from %s is empty", from))
	case len(password) > pop3client.MaxPassword:
		return "", cli.BadInput(fmt.Errorf("the password from %s has %d bytes, more than the %d that the NetX client takes",
			from, len(password), pop3client.MaxPassword))
	case strings.ContainsFunc(password, unicode.IsControl):
		return "", cli.BadInput(fmt.Errorf("the password from %s has control characters in it", from))
	}
	return password, nil
}

// ask asks for the password without showing it. An interrupt ends that.
func (o *serverOptions) ask(ctx context.Context, s cli.Streams) (string, error) {
	terminal := int(os.Stdin.Fd())
	before, err := term.GetState(terminal)
	if err != nil {
		return "", cli.BadInput(errNoPassword) // standard input is no terminal
	}
	fmt.Fprintf(s.Err, "Password of %s at %s: ", o.user, o.address)
	defer fmt.Fprintln(s.Err)
	type answer struct {
		text []byte
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(terminal)
		answers <- answer{text, err}
	}()
	select {
	case a := <-answers:
		return string(a.text), a.err
	case <-ctx.Done():
		// The goroutine still reads; the program ends.
		_ = term.Restore(terminal, before)
		return "", session.ErrInterrupted
	}
}
