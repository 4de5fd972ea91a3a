package sim_test

import (
	"fmt"
	"time"

	"netxsim/sim"
)

func Example() {
	k := sim.New(sim.Config{})
	report, err := k.Run(func() {
		parcels := k.NewSemaphore("parcels", 0)
		_, _ = k.NewThread(sim.ThreadConfig{Name: "client", Priority: 3, Entry: func() {
			fmt.Println(k.Now(), "waiting")
			fmt.Println(parcels.Get(100), "at", k.Now())
			fmt.Println(parcels.Get(100), "at", k.Now())
		}})
		k.After(1234*time.Microsecond, func() { _ = parcels.Put() })
	})
	fmt.Println(report.End, err)
	// Output:
	// 0s waiting
	// <nil> at 1.234ms
	// TX_NO_INSTANCE at 1s
	// done <nil>
}

func ExampleDeadlockError() {
	k := sim.New(sim.Config{})
	_, err := k.Run(func() {
		printer, scanner := k.NewMutex("printer", false), k.NewMutex("scanner", false)
		copier := func(name string, first, second *sim.Mutex) {
			_, _ = k.NewThread(sim.ThreadConfig{Name: name, Priority: 3, Entry: func() {
				_ = first.Get(sim.WaitForever)
				_ = k.Sleep(1)
				_ = second.Get(sim.WaitForever)
			}})
		}
		copier("anna", printer, scanner)
		copier("bert", scanner, printer)
	})
	fmt.Println(err)
	// Output:
	// sim: deadlock at 10ms: nothing is left to happen and 2 threads wait
	// thread anna: mutex scanner, owned by thread bert (since 10ms)
	// thread bert: mutex printer, owned by thread anna (since 10ms)
	// cycle: anna waits for bert waits for anna
}
