package netx_test

import (
	"fmt"
	"time"

	. "netxsim/netx"
	"netxsim/sim"
)

const (
	stack_size = 1024
	pool_size  = 9120
	queue_size = 100
)

// The variables of the C file: two pairs of threads that talk through a queue and through event flags, two pairs
// that share a semaphore and a mutex.
var (
	thread                          [8]TX_THREAD
	queue                           TX_QUEUE
	semaphore                       TX_SEMAPHORE
	mutex                           TX_MUTEX
	event_flags                     TX_EVENT_FLAGS_GROUP
	byte_pool                       TX_BYTE_POOL
	block_pool                      TX_BLOCK_POOL
	memory_area                     [pool_size]UCHAR
	counter                         [8]ULONG
	messages_sent, messages_correct ULONG
)

// tx_application_define of the C file.
func tx_application_define([]byte) {
	var pointer []byte
	entries := [8]func(ULONG){
		heartbeat, producer, consumer, semaphore_user, semaphore_user, event_waiter, mutex_user, mutex_user,
	}
	priorities := [8]UINT{1, 16, 16, 8, 8, 4, 8, 8}

	status := TxBytePoolCreate(&byte_pool, "byte pool", memory_area[:], pool_size)
	for i := range thread {
		status += TxByteAllocate(&byte_pool, &pointer, stack_size, TX_NO_WAIT)
		status += TxThreadCreate(&thread[i], fmt.Sprint("thread ", i), entries[i], ULONG(i), pointer, stack_size,
			priorities[i], priorities[i], TX_NO_TIME_SLICE, TX_AUTO_START)
	}
	status += TxByteAllocate(&byte_pool, &pointer, queue_size*4, TX_NO_WAIT)
	status += TxQueueCreate(&queue, "queue", TX_1_ULONG, pointer, queue_size*4)
	status += TxSemaphoreCreate(&semaphore, "semaphore", 1)
	status += TxEventFlagsCreate(&event_flags, "event flags")
	status += TxMutexCreate(&mutex, "mutex", TX_NO_INHERIT)
	status += TxByteAllocate(&byte_pool, &pointer, 100, TX_NO_WAIT)
	status += TxBlockPoolCreate(&block_pool, "block pool", 4, pointer, 100)
	status += TxBlockAllocate(&block_pool, &pointer, TX_NO_WAIT)
	status += TxBlockRelease(pointer)
	fmt.Println("definition:", status)
}

func heartbeat(ULONG) {
	for {
		counter[0]++
		TxThreadSleep(10)
		if TxEventFlagsSet(&event_flags, 0x1, TX_OR) != TX_SUCCESS {
			break
		}
	}
}

func producer(ULONG) {
	for {
		counter[1]++
		if TxQueueSend(&queue, []ULONG{messages_sent}, TX_WAIT_FOREVER) != TX_SUCCESS {
			break
		}
		messages_sent++
		if messages_sent%50 == 0 {
			TxThreadSleep(5) // computing takes no virtual time, so let some pass
		}
	}
}

func consumer(ULONG) {
	var received [1]ULONG
	for {
		counter[2]++
		if TxQueueReceive(&queue, received[:], TX_WAIT_FOREVER) != TX_SUCCESS || received[0] != messages_correct {
			break
		}
		messages_correct++
	}
}

func semaphore_user(input ULONG) {
	for {
		counter[input]++
		if TxSemaphoreGet(&semaphore, TX_WAIT_FOREVER) != TX_SUCCESS {
			break
		}
		TxThreadSleep(2)
		if TxSemaphorePut(&semaphore) != TX_SUCCESS {
			break
		}
	}
}

func event_waiter(ULONG) {
	var actual ULONG
	for {
		counter[5]++
		status := TxEventFlagsGet(&event_flags, 0x1, TX_OR_CLEAR, &actual, TX_WAIT_FOREVER)
		if status != TX_SUCCESS || actual != 0x1 {
			break
		}
	}
}

func mutex_user(input ULONG) {
	for {
		counter[input]++
		status := TxMutexGet(&mutex, TX_WAIT_FOREVER)
		status += TxMutexGet(&mutex, TX_WAIT_FOREVER)
		TxThreadSleep(2)
		status += TxMutexPut(&mutex)
		status += TxMutexPut(&mutex)
		if status != TX_SUCCESS {
			break
		}
	}
}

// A C program for ThreadX after the rename, run for a virtual second.
func ExampleProgram_Boot() {
	program := &Program{
		Kernel:              sim.New(sim.Config{Horizon: time.Second}),
		TxApplicationDefine: tx_application_define,
	}
	report, err := program.Boot(func() { // main of the C file
		TxKernelEnter()
	})
	fmt.Println("end:", report.End, err)
	fmt.Println("turns:", counter)
	fmt.Println("messages:", messages_sent, messages_correct)
	// Output:
	// definition: 0
	// end: horizon <nil>
	// turns: [11 1050 1051 26 26 11 26 26]
	// messages: 1050 1050
}
