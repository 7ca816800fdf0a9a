package sqlite

import (
	"testing"

	"go.uber.org/goleak"

	"dragoman/gateway/store"
	"dragoman/gateway/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opener {
		dir := t.TempDir()
		return storetest.Opener{Open: func() (store.Store, error) { return Open(dir) }, Persistent: true}
	})
}
