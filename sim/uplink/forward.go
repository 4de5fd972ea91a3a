package uplink

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"go.uber.org/zap"

	"netxsim/ipstack/host"
)

// forward says where what is for some simulated addresses goes.
type forward func(to netip.AddrPort) (address string, ok bool)

// Forward continues connections to a TCP port of the uplink's host at an
// address of the machine's network, such as "127.0.0.1:110". The latest call
// that fits a connection decides.
func (u *Uplink) Forward(port uint16, address string) {
	u.forwards = append(u.forwards, func(to netip.AddrPort) (string, bool) {
		return address, to == netip.AddrPortFrom(u.host.Addr(), port)
	})
}

// ForwardAll asks where for every connection to the uplink's host, and to any
// other address for which simulated hosts have it as their gateway, which
// address of the machine's network to continue it at. Connections for which ok is
// false are not taken. where is called in event context and must not wait.
func (u *Uplink) ForwardAll(where func(to netip.AddrPort) (address string, ok bool)) {
	u.host.AnswerAll()
	u.forwards = append(u.forwards, where)
}

// take starts to continue a connection, if it is one of ours.
func (u *Uplink) take(r *host.ConnRequest) bool {
	address, ok := find(u.forwards, r.To())
	if ok {
		u.connect(r, address)
	}
	return ok
}

// find returns where the latest forward that fits sends what is for to.
func find(forwards []forward, to netip.AddrPort) (address string, ok bool) {
	for _, where := range slices.Backward(forwards) {
		if address, ok := where(to); ok {
			return address, true
		}
	}
	return "", false
}

// connect dials address and answers r then.
func (u *Uplink) connect(r *host.ConnRequest, address string) {
	done := u.kernel.Outside()
	u.outside.start(func() {
		outer, err := u.dialOut(u.outside.ctx, address)
		u.kernel.Post(func() {
			defer done()
			if err != nil {
				u.log.Warn("uplink: connection refused", zap.Stringer("from", r.From()), zap.Stringer("to", r.To()), zap.Error(err))
				r.Refuse()
				return
			}
			u.start(func() { u.accept(r, outer) })
		})
	})
}

// dialOut opens a socket of the machine, which is closed with the run.
func (u *Uplink) dialOut(ctx context.Context, address string) (stream, error) {
	conn, err := u.dial(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	outer, ok := conn.(stream)
	if !ok {
		_ = conn.Close()
		return nil, fmt.Errorf("uplink: a %T has no half-close", conn)
	}
	u.outside.add(outer)
	return outer, nil
}

// accept lets the client in and joins the two ends.
func (u *Uplink) accept(r *host.ConnRequest, outer stream) {
	inner, err := r.Accept()
	if err != nil {
		u.log.Debug("uplink: the client is gone", zap.Error(err))
		u.abort(outer)
		return
	}
	u.join(inner.(inside), outer)
}

// Expose continues the connections of a listener of the machine at a server on
// the wire. The uplink closes the listener at the end of the run. A client
// whose connection the server refuses is reset.
func (u *Uplink) Expose(listener net.Listener, server netip.AddrPort) {
	u.outside.add(listener)
	done := u.kernel.Outside()
	u.outside.start(func() {
		defer done()
		for {
			conn, err := listener.Accept()
			if err != nil {
				if !errors.Is(err, net.ErrClosed) {
					u.log.Warn("uplink: no more connections", zap.Stringer("at", listener.Addr()), zap.Error(err))
				}
				return
			}
			outer, ok := conn.(stream)
			if !ok {
				u.log.Warn(fmt.Sprintf("uplink: a %T has no half-close", conn))
				_ = conn.Close()
				continue
			}
			u.outside.add(outer)
			u.kernel.Post(func() { u.start(func() { u.reach(outer, server) }) })
		}
	})
}

// reach connects with a server on the wire and joins the two ends.
func (u *Uplink) reach(outer stream, server netip.AddrPort) {
	inner, err := u.host.Dial("tcp", server.String())
	if err != nil {
		u.log.Warn("uplink: connection refused", zap.Stringer("to", server), zap.Error(err))
		u.abort(outer)
		return
	}
	u.join(inner.(inside), outer)
}

// abort resets the machine's end of a connection.
func (u *Uplink) abort(outer stream) {
	_ = outer.SetLinger(0)
	u.outside.close(outer)
}
