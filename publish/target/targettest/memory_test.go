package targettest_test

import (
	"testing"

	"github.com/bindery-data/bindery/publish/target/targettest"
)

func TestMemory(t *testing.T) {
	targettest.Run(t, targettest.Options{}, func(*testing.T) targettest.Target { return new(targettest.Memory) })
}
