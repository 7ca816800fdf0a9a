//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package sqlite

import (
	"fmt"
	"os"
	"runtime"
)

// lockDir refuses: without a lock that ends with its process, two gateways could
// work one lane.
func lockDir(dir string) (*os.File, error) {
	return nil, fmt.Errorf("sqlite: %s: a data directory cannot be locked on %s", dir, runtime.GOOS)
}
