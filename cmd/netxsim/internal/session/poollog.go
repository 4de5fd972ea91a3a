package session

import (
	"go.uber.org/zap"

	"netxsim/packetpool"
)

// logPool logs what happens to a pool, if anybody wants to read it: time, cause, who has the packet, and how many are free.
// Without that, the pool is not watched.
func logPool(log *zap.Logger, pool *packetpool.Pool) {
	if !log.Core().Enabled(zap.DebugLevel) {
		return
	}
	pool.Watch(func(e packetpool.Event) {
		fields := make([]zap.Field, 0, 6)
		fields = append(fields, zap.String("pool", e.Pool.Name()))
		if e.Packet != nil {
			fields = append(fields, zap.Int("packet", e.Packet.Index()))
		}
		if e.From != "" {
			fields = append(fields, zap.String("from", e.From))
		}
		if e.Holder != "" {
			fields = append(fields, zap.String("holder", e.Holder))
		}
		fields = append(fields, zap.Uint32("free", e.Free))
		if e.Waiting > 0 {
			fields = append(fields, zap.Int("waiting", e.Waiting))
		}
		if e.Err != nil {
			log.Warn("pool: "+e.Cause.String(), append(fields, zap.Error(e.Err))...)
			return
		}
		log.Debug("pool: "+e.Cause.String(), fields...)
	})
}
