package netx_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	. "netxsim/netx"
	"netxsim/sim"
)

// boot runs define as the definition function of a program of its own, for at most a virtual second.
func boot(t *testing.T, define func(k *sim.Kernel)) {
	t.Helper()
	k := sim.New(sim.Config{Horizon: time.Second, UntilHorizon: true})
	program := &Program{Kernel: k, Name: t.Name(), TxApplicationDefine: func([]byte) { define(k) }}
	if _, err := program.Boot(nil); err != nil {
		t.Error(err)
	}
}

func TestNullPointers(t *testing.T) {
	memory := make([]byte, 1000)
	var n ULONG
	tests := []struct {
		name string
		call func() UINT
		want UINT
	}{
		{"thread create", func() UINT {
			return TxThreadCreate(nil, "", func(ULONG) {}, 0, memory, 1000, 1, 1, 0, TX_AUTO_START)
		}, TX_THREAD_ERROR},
		{"thread create without entry", func() UINT {
			return TxThreadCreate(new(TX_THREAD), "", nil, 0, memory, 1000, 1, 1, 0, TX_AUTO_START)
		}, TX_PTR_ERROR},
		{"thread create without stack", func() UINT {
			return TxThreadCreate(new(TX_THREAD), "", func(ULONG) {}, 0, nil, 0, 99, 1, 0, 9)
		}, TX_PTR_ERROR},
		{"thread create beyond the memory", func() UINT {
			return TxThreadCreate(new(TX_THREAD), "", func(ULONG) {}, 0, memory, 1001, 1, 1, 0, TX_AUTO_START)
		}, TX_SIZE_ERROR},
		{"thread resume", func() UINT { return TxThreadResume(nil) }, TX_THREAD_ERROR},
		{"thread delete: the caller first", func() UINT { return TxThreadDelete(nil) }, TX_CALLER_ERROR},
		{"thread of no kernel", func() UINT { return TxThreadTerminate(new(TX_THREAD)) }, TX_THREAD_ERROR},
		{"priority change", func() UINT { return TxThreadPriorityChange(nil, 99, nil) }, TX_THREAD_ERROR},
		{"semaphore create", func() UINT { return TxSemaphoreCreate(nil, "", 1) }, TX_SEMAPHORE_ERROR},
		{"semaphore get", func() UINT { return TxSemaphoreGet(nil, TX_WAIT_FOREVER) }, TX_SEMAPHORE_ERROR},
		{"mutex create", func() UINT { return TxMutexCreate(nil, "", 2) }, TX_MUTEX_ERROR},
		{"mutex create with an unknown option", func() UINT { return TxMutexCreate(new(TX_MUTEX), "", 2) }, TX_INHERIT_ERROR},
		{"mutex put", func() UINT { return TxMutexPut(new(TX_MUTEX)) }, TX_MUTEX_ERROR},
		{"queue create", func() UINT { return TxQueueCreate(new(TX_QUEUE), "", 0, nil, 0) }, TX_PTR_ERROR},
		{"queue create beyond the memory", func() UINT {
			return TxQueueCreate(new(TX_QUEUE), "", TX_1_ULONG, memory, 1001)
		}, TX_SIZE_ERROR},
		{"queue send", func() UINT { return TxQueueSend(nil, nil, TX_NO_WAIT) }, TX_QUEUE_ERROR},
		{"flags get", func() UINT { return TxEventFlagsGet(nil, 1, 9, &n, TX_NO_WAIT) }, TX_GROUP_ERROR},
		{"timer create", func() UINT { return TxTimerCreate(new(TX_TIMER), "", nil, 0, 0, 0, 2) }, TX_TICK_ERROR},
		{"timer change", func() UINT { return TxTimerChange(nil, 0, 0) }, TX_TIMER_ERROR},
		{"byte pool create", func() UINT { return TxBytePoolCreate(new(TX_BYTE_POOL), "", nil, 0) }, TX_PTR_ERROR},
		{"byte pool create, too small", func() UINT {
			return TxBytePoolCreate(new(TX_BYTE_POOL), "", memory, 99)
		}, TX_SIZE_ERROR},
		{"byte release", func() UINT { return TxByteRelease(nil) }, TX_PTR_ERROR},
		{"byte release of memory in no pool", func() UINT { return TxByteRelease(memory) }, TX_PTR_ERROR},
		{"block allocate", func() UINT { return TxBlockAllocate(nil, nil, TX_NO_WAIT) }, TX_POOL_ERROR},
		{"block release", func() UINT { return TxBlockRelease(nil) }, TX_PTR_ERROR},
		{"performance", func() UINT { return TxThreadPerformanceInfoGet(nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil) },
			TX_FEATURE_NOT_ENABLED},
		{"stack check", func() UINT { return TxThreadStackErrorNotify(nil) }, TX_FEATURE_NOT_ENABLED},
	}
	boot(t, func(*sim.Kernel) {
		for _, tt := range tests {
			want(t, tt.name, tt.call(), tt.want)
		}
	})
}

// TestCallers calls services in initialization, in a thread, in a timer and in an interrupt.
func TestCallers(t *testing.T) {
	var semaphore TX_SEMAPHORE
	var mutex TX_MUTEX
	var timer, other TX_TIMER
	var bytes TX_BYTE_POOL
	var caller, idle TX_THREAD
	var piece []byte
	var old UINT
	tests := []struct {
		name string
		call func() UINT
		want [4]UINT // in initialization, thread, timer, interrupt
	}{
		{"create", func() UINT { return TxSemaphoreCreate(new(TX_SEMAPHORE), "", 0) }, [4]UINT{0, 0, TX_CALLER_ERROR, TX_CALLER_ERROR}},
		{"delete", func() UINT { return TxMutexDelete(&mutex) }, [4]UINT{TX_CALLER_ERROR, 0, TX_MUTEX_ERROR, TX_MUTEX_ERROR}},
		{"wait", func() UINT { return TxSemaphoreGet(&semaphore, 1) }, [4]UINT{TX_WAIT_ERROR, 0, TX_WAIT_ERROR, TX_WAIT_ERROR}},
		{"no wait", func() UINT { return TxSemaphoreGet(&semaphore, TX_NO_WAIT) }, [4]UINT{0, 0, 0, 0}},
		{"sleep", func() UINT { return TxThreadSleep(0) }, [4]UINT{TX_CALLER_ERROR, 0, TX_CALLER_ERROR, TX_CALLER_ERROR}},
		{"terminate", func() UINT { return TxThreadTerminate(&idle) }, [4]UINT{TX_CALLER_ERROR, 0, 0, TX_CALLER_ERROR}},
		{"reset", func() UINT { return TxThreadReset(&idle) }, [4]UINT{TX_CALLER_ERROR, 0, TX_CALLER_ERROR, TX_CALLER_ERROR}},
		{"priority", func() UINT { return TxThreadPriorityChange(&idle, 3, &old) }, [4]UINT{TX_CALLER_ERROR, 0, 0, TX_CALLER_ERROR}},
		{"timer change", func() UINT { return TxTimerChange(&other, 1, 0) }, [4]UINT{TX_CALLER_ERROR, 0, 0, 0}},
		{"bytes with a wait", func() UINT { return TxByteAllocate(&bytes, &piece, 8, 1) },
			[4]UINT{TX_WAIT_ERROR, 0, TX_CALLER_ERROR, TX_WAIT_ERROR}},
		{"bytes", func() UINT { return TxByteAllocate(&bytes, &piece, 8, TX_NO_WAIT) },
			[4]UINT{0, 0, TX_CALLER_ERROR, TX_CALLER_ERROR}},
		{"release", func() UINT { return TxByteRelease(piece) }, [4]UINT{0, 0, TX_CALLER_ERROR, TX_CALLER_ERROR}},
	}
	check := func(context int) {
		for _, tt := range tests {
			want(t, tt.name, tt.call(), tt.want[context])
		}
	}
	boot(t, func(k *sim.Kernel) {
		status := TxSemaphoreCreate(&semaphore, "", 10)
		status += TxMutexCreate(&mutex, "", TX_INHERIT)
		status += TxTimerCreate(&other, "", nil, 0, 1, 0, TX_NO_ACTIVATE)
		status += TxBytePoolCreate(&bytes, "", make([]byte, 500), 500)
		status += TxThreadCreate(&idle, "idle", func(ULONG) {}, 0, make([]byte, 200), 200, 5, 5, 0, TX_DONT_START)
		status += TxTimerCreate(&timer, "", func(ULONG) { check(2) }, 0, 5, 0, TX_AUTO_ACTIVATE)
		status += TxThreadCreate(&caller, "caller", func(ULONG) {
			check(1)
			TxThreadSleep(10)
			k.Interrupt(func() { check(3) })
		}, 0, make([]byte, 200), 200, 5, 5, 0, TX_AUTO_START)
		want(t, "definition", status, TX_SUCCESS)
		check(0)
	})
}

func TestStacksOverlap(t *testing.T) {
	memory := make([]byte, 1000)
	var threads [4]TX_THREAD
	create := func(n int, stack []byte) UINT {
		return TxThreadCreate(&threads[n], "", func(ULONG) {}, 0, stack, 200, 5, 5, 0, TX_DONT_START)
	}
	boot(t, func(*sim.Kernel) {
		want(t, "first", create(0, memory[200:]), TX_SUCCESS)
		want(t, "the same thread", create(0, memory[600:]), TX_THREAD_ERROR)
		want(t, "its stack", create(1, memory[200:]), TX_PTR_ERROR)
		want(t, "over its first byte", create(1, memory[1:]), TX_PTR_ERROR)
		want(t, "just before", create(1, memory), TX_SUCCESS)
		want(t, "on its last byte", create(2, memory[399:]), TX_SUCCESS)
	})
}

// TestHandOver has a thread that waits for memory: it is there as soon as it is released.
func TestHandOver(t *testing.T) {
	var pool TX_BLOCK_POOL
	var waiter, main TX_THREAD
	var held, wanted []byte
	boot(t, func(*sim.Kernel) {
		want(t, "pool", TxBlockPoolCreate(&pool, "", 16, make([]byte, 20), 20), TX_SUCCESS)
		TxBlockAllocate(&pool, &held, TX_NO_WAIT)
		TxThreadCreate(&waiter, "", func(ULONG) {
			want(t, "wait", TxBlockAllocate(&pool, &wanted, TX_WAIT_FOREVER), TX_SUCCESS)
		}, 0, make([]byte, 200), 200, 5, 5, 0, TX_AUTO_START)
		TxThreadCreate(&main, "", func(ULONG) {
			want(t, "release", TxBlockRelease(held), TX_SUCCESS)
			if len(wanted) != 16 || &wanted[0] != &held[0] {
				t.Error("not the block that was released")
			}
			want(t, "release again, by another slice", TxBlockRelease(held[:1]), TX_SUCCESS)
			want(t, "once too often", TxBlockRelease(held), TX_PTR_ERROR)
		}, 0, make([]byte, 200), 200, 9, 9, 0, TX_AUTO_START)
	})
}

// TestInfoGet follows the objects in the order of creation, which ends where it began.
func TestInfoGet(t *testing.T) {
	var a, b, c TX_SEMAPHORE
	var next *TX_SEMAPHORE
	var name string
	var thread TX_THREAD
	var following, first *TX_THREAD
	boot(t, func(*sim.Kernel) {
		for _, s := range []*TX_SEMAPHORE{&a, &b, &c} {
			TxSemaphoreCreate(s, "name", 0)
		}
		want(t, "info", TxSemaphoreInfoGet(&a, &name, nil, nil, nil, &next), TX_SUCCESS)
		if name != "name" || next != &b {
			t.Errorf("name %q, next %p, want %p", name, next, &b)
		}
		TxSemaphoreInfoGet(&c, nil, nil, nil, nil, &next)
		if next != &a {
			t.Errorf("next of the last is %p, want the first, %p", next, &a)
		}
		TxThreadCreate(&thread, "", func(ULONG) {}, 0, make([]byte, 200), 200, 5, 5, 0, TX_DONT_START)
		TxThreadInfoGet(&thread, nil, nil, nil, nil, nil, nil, &following, nil)
		TxThreadInfoGet(following, &name, nil, nil, nil, nil, nil, &first, nil)
		if name != "system timer" || first != &thread {
			t.Errorf("the thread is followed by %q, and that by %p, want %p", name, first, &thread)
		}
	})
}

// TestRunTwice runs a program with global control blocks twice, as a test of it does.
func TestRunTwice(t *testing.T) {
	var thread TX_THREAD
	var semaphore TX_SEMAPHORE
	stack := make([]byte, 200)
	for range 2 {
		boot(t, func(*sim.Kernel) {
			want(t, "before its creation", TxSemaphorePut(&semaphore), TX_SEMAPHORE_ERROR)
			want(t, "semaphore", TxSemaphoreCreate(&semaphore, "", 0), TX_SUCCESS)
			want(t, "thread", TxThreadCreate(&thread, "", func(ULONG) { TxSemaphoreGet(&semaphore, TX_WAIT_FOREVER) }, 0,
				stack, 200, 5, 5, 0, TX_AUTO_START), TX_SUCCESS)
		})
	}
}

func TestBoot(t *testing.T) {
	var steps []string
	program := &Program{
		Kernel:              sim.New(sim.Config{}),
		TxApplicationDefine: func(memory []byte) { steps = append(steps, "define "+string(memory)) },
		FirstUnusedMemory:   []byte("unused"),
	}
	report, err := program.Boot(func() {
		steps = append(steps, "main")
		TxKernelEnter()
		steps = append(steps, "behind TxKernelEnter")
	})
	if err != nil || report == nil || report.End != sim.EndDone {
		t.Errorf("report %+v, error %v", report, err)
	}
	if diff := cmp.Diff([]string{"main", "define unused"}, steps); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if report, err := new(Program).Boot(func() {}); report != nil || err != nil {
		t.Errorf("main that does not enter the kernel: report %v, error %v", report, err)
	}
}
