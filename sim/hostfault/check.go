package hostfault

import (
	"errors"
	"fmt"

	"netxsim/sim/link"
)

// Check says what is wrong with a fault, if anything: a negative time, an effect on nothing. Faults that are attached have to be right.
func (f Fault) Check() error {
	err := f.check()
	if err != nil {
		err = fmt.Errorf("fault %s: %w", f.name(), err)
	}
	return err
}

func (f Fault) check() error {
	switch {
	case f.For < 0:
		return fmt.Errorf("its For is %v, want 0 or more", f.For)
	case f.Every < 0:
		return fmt.Errorf("its Every is %v, want 0 or more", f.Every)
	case f.Every > 0 && f.Every < f.For:
		return fmt.Errorf("it holds for %v and comes every %v, which is less", f.For, f.Every)
	}
	if c, ok := f.Do.(interface{ check() error }); ok {
		return c.check()
	}
	return nil
}

func (f Freeze) check() error { return checkPorts(f.Wire, f.Ports) }

func (r Reboot) check() error {
	if r.Wire == nil && len(r.Ports) == 0 && (r.Stop != nil || r.Start != nil) {
		return nil // the hooks do it all
	}
	return checkPorts(r.Wire, r.Ports)
}

func checkPorts(w *link.Wire, ports []string) error {
	switch {
	case w == nil:
		return errors.New("it has no Wire")
	case len(ports) == 0:
		return errors.New("it has no Ports")
	}
	return nil
}

func (e Exhaust) check() error {
	if e.Pool == nil {
		return errors.New("it has no Pool")
	}
	return nil
}

func (c ClockStep) check() error {
	if c.Clock == nil {
		return errors.New("it has no Clock")
	}
	return nil
}

// Strangers says which faults are about ports that their wire does not have and never had: such a fault does not happen to those. Ports may
// come later than faults, so that this is for the end of a run. Nil means that all are known.
func (s *Set) Strangers() error {
	var strangers []error
	for _, a := range s.faults {
		var wire *link.Wire
		var ports []string
		switch do := a.fault.Do.(type) {
		case Freeze:
			wire, ports = do.Wire, do.Ports
		case Reboot:
			wire, ports = do.Wire, do.Ports
		}
		for _, name := range ports {
			if !wire.Knows(name) {
				strangers = append(strangers, fmt.Errorf("fault %s names port %q, which wire %s does not have", a.count.Name, name, wire.Name()))
			}
		}
	}
	return errors.Join(strangers...)
}
