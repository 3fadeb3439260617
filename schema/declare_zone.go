package schema

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed zone_names.txt
var zoneText string

// zones are the names of time zones. A machine's own database has no say, so that a declaration is valid
// everywhere or nowhere.
var zones = sync.OnceValue(func() map[string]bool {
	names := make(map[string]bool)
	for line := range strings.Lines(zoneText) {
		if name := strings.TrimSpace(line); !strings.HasPrefix(name, "#") {
			names[name] = true
		}
	}
	return names
})
