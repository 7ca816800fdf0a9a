package memory_test

import (
	"testing"

	"go.uber.org/goleak"

	"dragoman/gateway/store"
	"dragoman/gateway/store/memory"
	"dragoman/gateway/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) storetest.Opener {
		return storetest.Opener{Open: func() (store.Store, error) { return memory.New(), nil }}
	})
}
