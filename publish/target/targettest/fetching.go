package targettest

import (
	"bytes"
	"errors"
	"slices"

	"github.com/bindery-data/bindery/publish/target"
)

func (s *suite) offsets() {
	b := s.small("1.0.0")
	s.publish(b)
	name := b.Manifest.Files[len(b.Manifest.Files)-1].Name
	want := b.Text[name]
	size := int64(len(want))
	for _, offset := range []int64{0, 1, size / 2, size - 1, size} {
		if got := s.read(b, name, offset); !bytes.Equal(got, want[offset:]) {
			s.Errorf("from %d on, %s has %d bytes other than the %d it should have", offset, name, len(got), size-offset)
		}
	}
	for _, offset := range []int64{-1, size + 1} {
		r, err := s.target.Open(s.ctx, "small", "1.0.0", name, offset)
		if err == nil {
			s.Errorf("Open at %d of %d bytes gives no error (Close: %v)", offset, size, r.Close())
		}
		if offset > size && !errors.Is(err, target.ErrMismatch) {
			s.Errorf("Open at %d of %d bytes gives %v, want ErrMismatch", offset, size, err)
		}
	}
}

func (s *suite) notFound() {
	b := s.small("1.0.0")
	s.publish(b)
	s.invisible(s.small("1.0.1"))
	for _, place := range [][3]string{
		{"other", "1.0.0", "README.md"}, {"small", "2.0.0", "README.md"}, {"small", "1.0.0", "other.md"},
		{"small", "1.0.0", "../1.0.0/README.md"}, {"small", "1.0.0", "."}, {"small", "1.0.0", ""},
		{"small", "..", "README.md"}, {"small", "", "1.0.0"}, {"..", "1.0.0", "README.md"}, {"", "1.0.0", "README.md"},
	} {
		s.notOpened(place[0], place[1], place[2])
	}
	for _, name := range []string{"other", "..", "", "small/1.0.0"} {
		if versions, err := s.target.Versions(s.ctx, name); err != nil || len(versions) > 0 {
			s.Errorf("Versions of %q gives %v, %v, want none", name, versions, err)
		}
	}
}

func (s *suite) versions() {
	want := []string{"0.9.0", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0", "1.2.0", "1.10.0"}
	for _, i := range []int{3, 0, 5, 2, 4, 1} {
		s.publish(NewBundle("small", want[i], map[string][]byte{"train.parquet": []byte("text")}))
	}
	s.publish(NewBundle("other", "3.0.0", map[string][]byte{"train.parquet": []byte("text")}))
	got, err := s.target.Versions(s.ctx, "small")
	if err != nil || !slices.Equal(got, want) {
		s.Errorf("Versions gives %v, %v, want %v", got, err, want)
	}
}
