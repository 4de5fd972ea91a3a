package host_test

import (
	"context"
	"net"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// TestGRPC asks a health service once, watches it for ten minutes, and gives up on a slow one.
func TestGRPC(t *testing.T) {
	pairs(t, func(t *testing.T, server, client machine) {
		l, err := server.Listen("tcp", ":50051")
		if err != nil {
			t.Fatal(err)
		}
		state := health.NewServer()
		slow := func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
			if request.(*grpc_health_v1.HealthCheckRequest).GetService() == "" {
				return handler(ctx, request)
			}
			<-ctx.Done()
			return nil, ctx.Err()
		}
		service := grpc.NewServer(grpc.UnaryInterceptor(slow))
		grpc_health_v1.RegisterHealthServer(service, state)
		done := make(chan error)
		go func() { done <- service.Serve(l) }()
		conn, err := grpc.NewClient("passthrough:///"+serverName(server)+":50051",
			grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
				return client.DialContext(ctx, "tcp", address)
			}))
		if err != nil {
			t.Fatal(err)
		}
		asks := grpc_health_v1.NewHealthClient(conn)

		answer, err := asks.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{})
		if err != nil || answer.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
			t.Errorf("Check: %v, %v", answer, err)
		}

		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		begin := time.Now()
		_, err = asks.Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: "slow"})
		took(t, "the slow one", begin, 10*time.Second)
		cancel()
		if status.Code(err) != codes.DeadlineExceeded {
			t.Errorf("slow Check: %v", err)
		}

		ctx, cancel = context.WithCancel(t.Context())
		stream, err := asks.Watch(ctx, &grpc_health_v1.HealthCheckRequest{})
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(10*time.Minute, func() { state.SetServingStatus("", grpc_health_v1.HealthCheckResponse_NOT_SERVING) })
		for _, want := range []grpc_health_v1.HealthCheckResponse_ServingStatus{
			grpc_health_v1.HealthCheckResponse_SERVING, grpc_health_v1.HealthCheckResponse_NOT_SERVING,
		} {
			if answer, err := stream.Recv(); err != nil || answer.GetStatus() != want {
				t.Errorf("Watch: %v, %v; want %v", answer, err, want)
			}
		}
		cancel()
		conn.Close()
		service.Stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
