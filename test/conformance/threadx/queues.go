package threadx

import (
	. "netxsim/netx"
)

func init() {
	register(map[string]func(m *machine, in args) out{
		"queue_create": queueCreate,
		"queue_send": func(m *machine, in args) out {
			return answer(TxQueueSend(m.queue(in), message(in), in.wait()))
		},
		"queue_front_send": func(m *machine, in args) out {
			return answer(TxQueueFrontSend(m.queue(in), message(in), in.wait()))
		},
		"queue_receive":    queueReceive,
		"queue_flush":      func(m *machine, in args) out { return answer(TxQueueFlush(m.queue(in))) },
		"queue_prioritize": func(m *machine, in args) out { return answer(TxQueuePrioritize(m.queue(in))) },
		"queue_send_notify": func(m *machine, in args) out {
			return answer(TxQueueSendNotify(m.queue(in), notified[TX_QUEUE](m, in, "send_notify", "queue")))
		},
		"queue_delete":   func(m *machine, in args) out { return answer(TxQueueDelete(m.queue(in))) },
		"queue_info_get": queueInfo,
	})
}

func (m *machine) queue(in args) *TX_QUEUE {
	return object(in, "queue", m.queues[:], &m.blank.queue)
}

func queueCreate(m *machine, in args) out {
	size := in.u32("queue_size", 0)
	return answer(TxQueueCreate(m.queue(in), "", in.u32("message_size", 0), memoryOf(in, size), size))
}

// memoryOf returns so many bytes for an object, nil if the memory is a null pointer.
func memoryOf(in args, size uint32) []byte {
	if in.null("memory") {
		return nil
	}
	return make([]byte, size)
}

// message is the message that is sent, in the largest size there is.
func message(in args) []ULONG {
	if in.null("source") {
		return nil
	}
	words := make([]ULONG, TX_16_ULONG)
	for i := range words {
		words[i] = in.u32("value", 0) + ULONG(i)
	}
	return words
}

func queueReceive(m *machine, in args) out {
	if in.null("destination") {
		return answer(TxQueueReceive(m.queue(in), nil, in.wait()))
	}
	words := make([]ULONG, TX_16_ULONG)
	if status := TxQueueReceive(m.queue(in), words, in.wait()); status != TX_SUCCESS {
		return answer(status)
	}
	return out{"status": 0, "message": words[:m.queue(in).MessageWords()]}
}

func queueInfo(m *machine, in args) out {
	if in.null("outputs") {
		return answer(TxQueueInfoGet(m.queue(in), nil, nil, nil, nil, nil, nil))
	}
	var name string
	var enqueued, available, suspended ULONG
	var first *TX_THREAD
	var next *TX_QUEUE
	status := TxQueueInfoGet(m.queue(in), &name, &enqueued, &available, &first, &suspended, &next)
	return info(in, status, out{
		"enqueued": enqueued, "available": available, "first": m.ref(first), "suspended": suspended,
	})
}
