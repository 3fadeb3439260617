package catalog

import (
	"math"
	"regexp"
	"strconv"

	"github.com/bindery-data/bindery/schema/toml"
)

// The bounds of [build].
const (
	minFileSize, maxFileSize = 1 << 20, 500 << 30
	minUnitSize, maxUnitSize = 64 << 10, 64 << 20
	defaultMaxInvalid        = 0.01
)

// build reads [build], or what holds where it is not declared.
func (l *loader) build(root *toml.Table) BuildOptions {
	t := root.Table("build")
	if t == nil {
		return BuildOptions{FileSize: DefaultFileSize, UnitSize: DefaultUnitSize, Compression: "zstd", OnInvalid: OnInvalidFail}
	}
	b := BuildOptions{
		FileSize:    l.size(t, "file_size", DefaultFileSize, minFileSize, maxFileSize),
		UnitSize:    l.size(t, "unit_size", DefaultUnitSize, minUnitSize, maxUnitSize),
		Compression: l.oneOf(t, "compression", "zstd", "snappy", "none"),
		OnInvalid:   l.oneOf(t, "on_invalid", OnInvalidFail, OnInvalidQuarantine),
	}
	b.MaxInvalid = l.maxInvalid(t, b.OnInvalid)
	t.End()
	return b
}

// maxInvalid reads the share of the records that may be quarantined.
func (l *loader) maxInvalid(t *toml.Table, onInvalid string) float64 {
	const key = "max_invalid"
	n := t.Value(key)
	switch {
	case n == nil && onInvalid == OnInvalidQuarantine:
		return defaultMaxInvalid
	case n == nil:
		return 0
	case onInvalid == OnInvalidFail && (!t.Has("on_invalid") || t.Value("on_invalid").Kind == toml.String):
		t.Report(key, `add on_invalid = "quarantine"`, "max_invalid has no effect where invalid records fail the build")
		return 0
	}
	share := n.Float
	if n.Kind == toml.Integer {
		share = float64(n.Int)
	}
	const hint = "0.01 is one record in a hundred"
	switch {
	case n.Kind != toml.Float && n.Kind != toml.Integer:
		t.Report(key, hint, "%s must be a number, not %s", toml.Quote(key), n.Kind)
	case !(share >= 0 && share <= 1):
		t.Report(key, hint, "%s must be a share from 0 to 1, not %s", toml.Quote(key), toml.Quote(n.Raw))
	}
	return share
}

var (
	sizePattern = regexp.MustCompile(`^(\d{1,18}) ?([A-Za-z]*)$`)
	sizeUnits   = map[string]int64{
		"B": 1, "": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
	}
)

// size reads a number of bytes.
func (l *loader) size(t *toml.Table, key string, otherwise, least, most int64) int64 {
	n := t.Value(key)
	if n == nil {
		return otherwise
	}
	written, size, ok := n.Raw, n.Int, n.Kind == toml.Integer
	if n.Kind == toml.String {
		written = n.Text
		size, ok = parseSize(n.Text)
	}
	switch {
	case !ok:
		t.Report(key, `write it as "256MiB", "500MB", or a number of bytes`, "%s is no size", toml.Quote(written))
	case size < least || size > most:
		t.Report(key, "", "%s must be %s to %s", toml.Quote(key), sizeText(least), sizeText(most))
	}
	return size
}

func parseSize(text string) (int64, bool) {
	m := sizePattern.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	unit, ok := sizeUnits[m[2]]
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || !ok || n > math.MaxInt64/unit {
		return 0, false
	}
	return n * unit, true
}

func sizeText(n int64) string {
	for _, unit := range []string{"GiB", "MiB", "KiB"} {
		if n%sizeUnits[unit] == 0 {
			return strconv.FormatInt(n/sizeUnits[unit], 10) + unit
		}
	}
	return strconv.FormatInt(n, 10) + "B"
}
