package publish

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/bindery-data/bindery/publish/disk"
)

// TestQuarantineRecovers holds the file of quarantined records to going with the bundle that is there,
// wherever a build was killed. In each case, the new file has its name and the bundle may have.
func TestQuarantineRecovers(t *testing.T) {
	for name, c := range map[string]struct {
		aside  string // "" for none, "-" for an empty file
		sealed bool
		want   string // "" for none
	}{
		"nothing was set aside":               {"", true, "new"},
		"the bundle of before stays":          {"old", false, "old"},
		"there was none before":               {"-", false, ""},
		"the new bundle is there":             {"old", true, "new"},
		"the new bundle is there, first ever": {"-", true, "new"},
	} {
		dir := t.TempDir()
		q := quarantineFile{fs: disk.OS, final: filepath.Join(dir, "final"), aside: filepath.Join(dir, "aside")}
		files := map[string]string{q.final: "new"}
		if c.aside == "-" {
			files[q.aside] = ""
		} else if c.aside != "" {
			files[q.aside] = c.aside
		}
		for path, text := range files {
			if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if err := q.recover(c.sealed); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got, err := os.ReadFile(q.final)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if string(got) != c.want || q.unsettled() {
			t.Errorf("%s: %q stays, want %q; unsettled: %t", name, got, c.want, q.unsettled())
		}
	}
}
