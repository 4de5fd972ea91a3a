package status_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/netx/status"
	"netxsim/test/inventory"
)

func ExampleOf() {
	err := fmt.Errorf("read greeting: %w", status.NoPacket)
	fmt.Println(err)
	fmt.Printf("0x%02X\n", status.Of(err))
	fmt.Printf("0x%02X\n", status.Of(nil))
	// Output:
	// read greeting: NX_NO_PACKET
	// 0x01
	// 0x00
}

func TestTextIsTheCName(t *testing.T) {
	tests := []struct {
		err  error
		want string
	}{
		{status.NoPacket, "NX_NO_PACKET"},
		{status.PoolDeleted, "NX_POOL_DELETED"},
		{status.Pop3ParamError, "NX_POP3_PARAM_ERROR"},
		{status.TxNoInstance, "TX_NO_INSTANCE"},
		{status.TxNoMemory, "TX_NO_MEMORY or TX_START_ERROR"},
		{status.Code(0x99), "NX status 0x99"},
		{status.KernelCode(0x99), "TX status 0x99"},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, test.err.Error()); diff != "" {
			t.Errorf("Error() (-want +got):\n%s", diff)
		}
	}
}

func TestEveryRecordedCodeHasItsName(t *testing.T) {
	netx, err := inventory.LoadNetX()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range append(netx.Status, netx.POP3Status...) {
		if c.Value == 0 || c.Reserved {
			continue
		}
		if got := status.Code(c.Value).Error(); got != c.Name {
			t.Errorf("0x%02X: %q, want %q", c.Value, got, c.Name)
		}
	}
}

func TestOf(t *testing.T) {
	tests := []struct {
		err  error
		want uint32
	}{
		{nil, 0},
		{status.NoPacket, 0x01},
		{status.TxWaitAborted, 0x1A},
		{fmt.Errorf("a: %w", fmt.Errorf("b: %w", status.PoolDeleted)), 0x30},
		{fmt.Errorf("a: %w", status.TxNoInstance), 0x0D},
	}
	for _, test := range tests {
		if got := status.Of(test.err); got != test.want {
			t.Errorf("Of(%v) = 0x%02X, want 0x%02X", test.err, got, test.want)
		}
	}
}

func TestOfPanicsWithoutCode(t *testing.T) {
	for _, err := range []error{errors.New("plain"), status.Code(0), status.KernelCode(0)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Of(%v) did not panic", err)
				}
			}()
			status.Of(err)
		}()
	}
}

func TestOfDoesNotAllocate(t *testing.T) {
	var err error = status.NoPacket
	if n := testing.AllocsPerRun(100, func() { status.Of(err) }); n != 0 {
		t.Errorf("Of allocates %v times", n)
	}
}
