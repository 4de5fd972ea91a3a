package netx

import "netxsim/sim"

// TxKernelEnter is how the C main function hands over to the kernel: it calls the
// program's TxApplicationDefine in initialization context and then runs the threads.
// It does not return: whoever has called the program's Boot goes on when the run
// is over. It panics if the program has no TxApplicationDefine.
//
// Callers: initialization.
func TxKernelEnter() {
	p := current()
	p.report, p.err = p.Kernel.Run(func() { p.TxApplicationDefine(p.FirstUnusedMemory) })
	panic(entered{p})
}

// entered is what TxKernelEnter leaves the C main function with.
type entered struct{ program *Program }

// Boot runs main, the C main function, which sets up what it wants and calls
// TxKernelEnter; nil stands for one that does nothing else. It returns what the
// kernel's Run has returned, and nil, nil if main returns without having entered the
// kernel.
func (p *Program) Boot(main func()) (report *sim.Report, err error) {
	if main == nil {
		main = TxKernelEnter
	}
	defer p.label()()
	defer func() {
		switch v := recover(); v {
		case nil:
		case entered{p}:
			report, err = p.report, p.err
		default:
			panic(v)
		}
	}()
	main()
	return nil, nil
}

// exists reports whether an object of kernel k is created: not if k is nil or its run is over.
func exists(k *sim.Kernel) bool { return k != nil && !k.Ended() }
