package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
)

func TestValidName(t *testing.T) {
	for _, name := range []string{"a", "README.md", "A-b_c.0", "-a", "_", "com", "com10.txt", "console", "LICENSE-0BSD.txt", strings.Repeat("a", 200)} {
		if err := catalog.ValidName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"", ".", "..", ".a", "a.", "a/b", `a\b`, "a b", "a\x00", "é", "a:b", "a+b", "a~", "\xff",
		"con", "CON.txt", "nul.tar.gz", "Com1", "lpt0.x", strings.Repeat("a", 201)} {
		if err := catalog.ValidName(name); err == nil {
			t.Errorf("%q was accepted", name)
		}
	}
}

func TestValidDatasetName(t *testing.T) {
	for _, name := range []string{"a", "0", "udhr", "is-news_2.1"} {
		if err := catalog.ValidDatasetName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"", "-a", "_a", "A", "a.", "..", "a/b", "nul", strings.Repeat("a", 97)} {
		if err := catalog.ValidDatasetName(name); err == nil {
			t.Errorf("%q was accepted", name)
		}
	}
}

func TestValidVersion(t *testing.T) {
	for _, v := range []string{"0.0.0", "1.0.0", "10.20.30", "1.0.0-rc.1", "1.0.0-0.a-b"} {
		if err := catalog.ValidVersion(v); err != nil {
			t.Errorf("%q: %v", v, err)
		}
	}
	for _, v := range []string{"", "1", "1.0", "v1.0.0", "1.0.0.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0+a", "1.0.0-a+b",
		"1.0.0/..", "..", "latest", "1.0.0-" + strings.Repeat("a", 64)} {
		if err := catalog.ValidVersion(v); err == nil {
			t.Errorf("%q was accepted", v)
		}
	}
}

func TestCompareVersions(t *testing.T) {
	want := []string{"0.9.0", "1.0.0-alpha", "1.0.0-alpha.2", "1.0.0-alpha.10", "1.0.0-rc.1", "1.0.0", "1.2.0", "1.10.0", "2.0.0"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, catalog.CompareVersions)
	if !slices.Equal(got, want) {
		t.Errorf("sorted: %v", got)
	}
	if !catalog.Prerelease("1.0.0-rc.1") || catalog.Prerelease("1.0.0") {
		t.Error("Prerelease is wrong about 1.0.0-rc.1 or 1.0.0")
	}
}

func TestChecksums(t *testing.T) {
	other := strings.Repeat("1b", 32)
	text := catalog.Checksums([]catalog.File{{Name: "manifest.json", SHA256: other}, {Name: "README.md", SHA256: sum}})
	want := sum + "  README.md\n" + other + "  manifest.json\n"
	if string(text) != want {
		t.Fatalf("got\n%swant\n%s", text, want)
	}
	sums, err := catalog.ParseChecksums(text)
	if err != nil || len(sums) != 2 || sums["README.md"] != sum || sums["manifest.json"] != other {
		t.Errorf("read back %v, %v", sums, err)
	}
	for _, bad := range []string{"\n", sum, sum + "  a", sum + " a\n", sum[1:] + "  abc\n", sum + "  ../a\n", sum + "  a\r\n",
		strings.ToUpper(sum) + "  a\n", sum + "  a\n" + sum + "  a\n"} {
		if _, err := catalog.ParseChecksums([]byte(bad)); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
