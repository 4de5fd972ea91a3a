package threadx

import (
	"netxsim/netx/status"
	"netxsim/sim"
)

func init() {
	register(map[string]func(m *machine, in args) out{
		"queue_create":      queueCreate,
		"queue_send":        func(m *machine, in args) out { return queueSend(m, in, (*sim.Queue).Send) },
		"queue_front_send":  func(m *machine, in args) out { return queueSend(m, in, (*sim.Queue).FrontSend) },
		"queue_receive":     queueReceive,
		"queue_flush":       queueFlush,
		"queue_prioritize":  queuePrioritize,
		"queue_send_notify": queueNotify,
		"queue_delete":      queueDelete,
		"queue_info_get":    queueInfo,
	})
}

func (m *machine) queue(in args) (*sim.Queue, error) {
	q := object(in, "queue", m.queues[:], &m.blank.queue)
	return q, when(q == nil || !q.Exists(), status.TxQueueError)
}

func queueCreate(m *machine, in args) out {
	q := object(in, "queue", m.queues[:], &m.blank.queue)
	words, size := int(in.u32("message_size", 0)), int(in.u32("queue_size", 0))
	err := first(
		when(q == nil || q.Exists(), status.TxQueueError),
		when(in.null("memory"), status.TxPtrError),
		when(words < 1 || words > sim.MaxMessageWords || size/4 < words, status.TxSizeError),
		m.mayCreate())
	if err != nil {
		return code(err)
	}
	return code(m.k.CreateQueue(q, "", words, size))
}

func queueSend(m *machine, in args, send func(*sim.Queue, []uint32, uint32) error) out {
	q, err := m.queue(in)
	err = first(err, when(in.null("source"), status.TxPtrError), m.mayWait(in.wait()))
	if err != nil {
		return code(err)
	}
	message := make([]uint32, sim.MaxMessageWords)
	for i := range message {
		message[i] = in.u32("value", 0) + uint32(i)
	}
	return code(send(q, message, in.wait()))
}

func queueReceive(m *machine, in args) out {
	q, err := m.queue(in)
	err = first(err, when(in.null("destination"), status.TxPtrError), m.mayWait(in.wait()))
	if err != nil {
		return code(err)
	}
	message := make([]uint32, q.MessageWords())
	if err := q.Receive(message, in.wait()); err != nil {
		return code(err)
	}
	return out{"status": 0, "message": message}
}

func queueFlush(m *machine, in args) out {
	q, err := m.queue(in)
	if err != nil {
		return code(err)
	}
	return code(q.Flush())
}

func queuePrioritize(m *machine, in args) out {
	q, err := m.queue(in)
	if err != nil {
		return code(err)
	}
	return code(q.Prioritize())
}

func queueNotify(m *machine, in args) out {
	q, err := m.queue(in)
	if err != nil {
		return code(err)
	}
	f := notified[*sim.Queue](m, "send_notify", "queue", in["queue"])
	if in.null("notify") {
		f = nil
	}
	return code(q.OnSend(f))
}

func queueDelete(m *machine, in args) out {
	q, err := m.queue(in)
	if err = first(err, m.mayDelete()); err != nil {
		return code(err)
	}
	return code(q.Delete())
}

func queueInfo(m *machine, in args) out {
	q, err := m.queue(in)
	if err != nil || in.null("outputs") {
		return code(err)
	}
	i := q.Info()
	return out{
		"status": 0, "enqueued": i.Enqueued, "available": i.Available,
		"first": m.ref(i.First), "suspended": i.Waiting,
	}
}
