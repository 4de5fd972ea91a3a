package threadx

import "netxsim/netx"

func init() {
	register(map[string]func(m *machine, in args) out{
		"queue_create": queueCreate,
		"queue_send": func(m *machine, in args) out {
			return answer(netx.TxQueueSend(m.queue(in), message(in), in.wait()))
		},
		"queue_front_send": func(m *machine, in args) out {
			return answer(netx.TxQueueFrontSend(m.queue(in), message(in), in.wait()))
		},
		"queue_receive":    queueReceive,
		"queue_flush":      func(m *machine, in args) out { return answer(netx.TxQueueFlush(m.queue(in))) },
		"queue_prioritize": func(m *machine, in args) out { return answer(netx.TxQueuePrioritize(m.queue(in))) },
		"queue_send_notify": func(m *machine, in args) out {
			return answer(netx.TxQueueSendNotify(m.queue(in), notified[netx.TX_QUEUE](m, in, "send_notify", "queue")))
		},
		"queue_delete":   func(m *machine, in args) out { return answer(netx.TxQueueDelete(m.queue(in))) },
		"queue_info_get": queueInfo,
	})
}

func (m *machine) queue(in args) *netx.TX_QUEUE {
	return object(in, "queue", m.queues[:], &m.blank.queue)
}

func queueCreate(m *machine, in args) out {
	size := in.u32("queue_size", 0)
	return answer(netx.TxQueueCreate(m.queue(in), "", in.u32("message_size", 0), memoryOf(in, size), size))
}

// memoryOf returns so many bytes for an object, nil if the memory is a null pointer.
func memoryOf(in args, size uint32) []byte {
	if in.null("memory") {
		return nil
	}
	return make([]byte, size)
}

// message is the message that is sent, in the largest size there is.
func message(in args) []netx.ULONG {
	if in.null("source") {
		return nil
	}
	words := make([]netx.ULONG, netx.TX_16_ULONG)
	for i := range words {
		words[i] = in.u32("value", 0) + netx.ULONG(i)
	}
	return words
}

func queueReceive(m *machine, in args) out {
	if in.null("destination") {
		return answer(netx.TxQueueReceive(m.queue(in), nil, in.wait()))
	}
	words := make([]netx.ULONG, netx.TX_16_ULONG)
	if status := netx.TxQueueReceive(m.queue(in), words, in.wait()); status != netx.TX_SUCCESS {
		return answer(status)
	}
	return out{"status": 0, "message": words[:m.queue(in).MessageWords()]}
}

func queueInfo(m *machine, in args) out {
	if in.null("outputs") {
		return answer(netx.TxQueueInfoGet(m.queue(in), nil, nil, nil, nil, nil, nil))
	}
	var name string
	var enqueued, available, suspended netx.ULONG
	var first *netx.TX_THREAD
	var next *netx.TX_QUEUE
	status := netx.TxQueueInfoGet(m.queue(in), &name, &enqueued, &available, &first, &suspended, &next)
	return info(in, status, out{
		"enqueued": enqueued, "available": available, "first": m.ref(first), "suspended": suspended,
	})
}
