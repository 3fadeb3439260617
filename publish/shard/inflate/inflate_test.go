package inflate

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	klauspost "github.com/klauspost/compress/gzip"
)

// contents are texts of every shape that takes a path of its own through the decoder.
func contents() map[string][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	random := make([]byte, 3*chunk+17)
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	var records bytes.Buffer
	for i := 0; records.Len() < 2*chunk; i++ {
		fmt.Fprintf(&records, "{\"id\":%d,\"score\":%.3f,\"tags\":[\"%x\"]}\n", i, r.Float64(), r.Uint32N(1<<12))
	}
	// Matches of every length and of short distances, and of long ones.
	var matches []byte
	for i := 0; len(matches) < 2*chunk; i++ {
		matches = append(matches, random[i%1000:i%1000+i%7]...)
		from := max(0, len(matches)-1-i%40-i%3*r.IntN(window-50))
		for range i % 300 {
			matches = append(matches, matches[from])
			from++
		}
	}
	skewed := make([]byte, 2*chunk) // codes of up to 15 bits
	for i := range skewed {
		skewed[i] = byte(min(r.ExpFloat64()*20, 255))
	}
	return map[string][]byte{
		"nothing": {},
		"a byte":  {'x'},
		"zeros":   make([]byte, 2*chunk),
		"random":  random,
		"records": records.Bytes(),
		"matches": matches,
		"skewed":  skewed,
		"spread":  bytes.Repeat(random[:window-300], 3), // long distances
	}
}

// compressed returns content as the standard library compresses it at a level, and as klauspost/compress does.
func compressed(t testing.TB, content []byte, level int) [][]byte {
	t.Helper()
	var all [][]byte
	for _, open := range []func(w io.Writer) (io.WriteCloser, error){
		func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, level) },
		func(w io.Writer) (io.WriteCloser, error) { return klauspost.NewWriterLevel(w, level) },
	} {
		var b bytes.Buffer
		w, err := open(&b)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		all = append(all, b.Bytes())
	}
	return all
}

// reader reads one file after the other, whatever became of those before.
var reader Reader

// read reads a file to its end, or to what is wrong with it, in pieces of so many bytes.
func read(file io.Reader, piece int) ([]byte, error) {
	if err := reader.Reset(file); err != nil {
		return nil, err
	}
	return readPieces(&reader, piece)
}

func readPieces(r io.Reader, piece int) ([]byte, error) {
	var all []byte
	p := make([]byte, piece)
	for {
		n, err := r.Read(p)
		all = append(all, p[:n]...)
		if err != nil {
			return all, err
		}
	}
}

// judge is what the standard library makes of a file.
func judge(file []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	return readPieces(r, 1<<16)
}

// alike reports whether a file was read as the standard library does it, which reads a byte or two more at times
// before it finds data corrupt.
func alike(got, want []byte, err, wantErr error) bool {
	var at, wantAt flate.CorruptInputError
	if errors.As(err, &at) && errors.As(wantErr, &wantAt) && at <= wantAt && wantAt <= at+2 {
		err = wantErr
	}
	return err == wantErr && bytes.Equal(got, want)
}

// check compares what is read of a file with what the standard library does.
func check(t *testing.T, name string, file []byte) (got []byte, err error) {
	t.Helper()
	got, err = read(bytes.NewReader(file), 1<<16)
	want, wantErr := judge(file)
	if !alike(got, want, err, wantErr) {
		t.Errorf("%s: %d bytes, %v; %d and %v for the standard library", name, len(got), err, len(want), wantErr)
	}
	return got, err
}

func TestRead(t *testing.T) {
	for name, content := range contents() {
		for level := gzip.HuffmanOnly; level <= gzip.BestCompression; level++ {
			for i, file := range compressed(t, content, level) {
				got, err := read(bytes.NewReader(file), 100_000)
				if err != io.EOF || !bytes.Equal(got, content) {
					t.Errorf("%s at level %d of writer %d: %d bytes of %d, %v", name, level, i, len(got), len(content), err)
				}
			}
		}
	}
}

// TestOtherPrograms reads what testdata/make.py wrote with gzip and with zlib, in every one of its strategies.
func TestOtherPrograms(t *testing.T) {
	want, err := os.ReadFile("testdata/text")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/*.gz")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := read(bytes.NewReader(file), 1000); err != io.EOF || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes of %d, %v", name, len(got), len(want), err)
		}
	}
}

// TestPieces reads files that come in pieces, into pieces of every kind.
func TestPieces(t *testing.T) {
	all := contents()
	for _, name := range []string{"nothing", "records", "matches", "random"} {
		content := all[name]
		content = content[:min(len(content), window+chunk+1000)]
		file := compressed(t, content, 6)[0]
		file = append(file, compressed(t, content, 1)[1]...)
		content = append(bytes.Clone(content), content...)
		for how, wrap := range map[string]func(io.Reader) io.Reader{
			"whole":             func(r io.Reader) io.Reader { return r },
			"byte by byte":      iotest.OneByteReader,
			"in halves":         iotest.HalfReader,
			"with its end":      iotest.DataErrReader,
			"in a small buffer": func(r io.Reader) io.Reader { return bufio.NewReaderSize(r, 16) },
			"in a buffer":       func(r io.Reader) io.Reader { return bufio.NewReaderSize(r, minInput) },
		} {
			for _, piece := range []int{1, 7, 4 << 10, 1 << 20} {
				got, err := read(wrap(bytes.NewReader(file)), piece)
				if err != io.EOF || !bytes.Equal(got, content) {
					t.Errorf("%s %s, read by %d: %d bytes of %d, %v", name, how, piece, len(got), len(content), err)
				}
			}
		}
	}
}

func TestErrorOfTheFile(t *testing.T) {
	file := compressed(t, contents()["records"], 6)[0]
	broken := errors.New("broken")
	for _, n := range []int{0, 5, 10, 11, 100, len(file) - 9, len(file) - 1, len(file)} {
		_, err := read(io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(broken)), 1000)
		if err != broken {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}

// TestReset reads a file after others that broke off at every place.
func TestReset(t *testing.T) {
	content := contents()["records"][:5000]
	file := compressed(t, content, 6)[0]
	var r Reader
	for n := range file {
		if r.Reset(bytes.NewReader(file[:n])) == nil {
			if _, err := readPieces(&r, 1000); err != io.ErrUnexpectedEOF {
				t.Fatalf("cut at %d: %v", n, err)
			}
		}
		if err := r.Reset(bytes.NewReader(file)); err != nil {
			t.Fatal(err)
		}
		if got, err := readPieces(&r, 1000); err != io.EOF || !bytes.Equal(got, content) {
			t.Fatalf("after one cut at %d: %d bytes, %v", n, len(got), err)
		}
		if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Fatalf("after the end: %d bytes, %v", n, err)
		}
	}
	for range 2 { // The first is left before all of it was read.
		if err := r.Reset(bytes.NewReader(file)); err != nil {
			t.Fatal(err)
		}
		p := make([]byte, 10)
		if n, err := r.Read(p); err != nil || !bytes.Equal(p[:n], content[:n]) {
			t.Fatalf("%q, %v", p[:n], err)
		}
	}
	file[len(file)-1] ^= 1
	if err := r.Reset(bytes.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	for range 2 { // What it fails with, it goes on failing with.
		if _, err := readPieces(&r, 1000); err != gzip.ErrChecksum {
			t.Error(err)
		}
	}
}

// header returns a header with such flags, and all that they announce.
func header(flags byte) []byte {
	h := []byte{0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 2, 255}
	if flags&headerExtra != 0 {
		h = append(h, 6, 0, 'B', 'C', 2, 0, 27, 0)
	}
	if flags&headerName != 0 {
		h = append(h, "n\xe4me\x00"...)
	}
	if flags&headerComment != 0 {
		h = append(h, "\x00"...)
	}
	if flags&headerSummed != 0 {
		h = binary.LittleEndian.AppendUint16(h, uint16(crc32.ChecksumIEEE(h)))
	}
	return h
}

// TestHeaders reads members with headers of every kind, two of them, and cut short and changed at every byte.
func TestHeaders(t *testing.T) {
	member := compressed(t, []byte("content"), 6)[0][10:]
	for flags := range byte(32) {
		head := header(flags)
		one := append(head, member...)
		two := append(bytes.Clone(one), one...)
		if got, err := check(t, fmt.Sprintf("flags %x", flags), two); err != io.EOF || string(got) != "contentcontent" {
			t.Errorf("flags %x: %q, %v", flags, got, err)
		}
		for n := range two {
			check(t, fmt.Sprintf("flags %x, cut at %d", flags, n), two[:n])
		}
		for n := range head {
			changed := bytes.Clone(two)
			for _, bit := range []byte{1, 0x10, 0xff} {
				if changed[n] ^= bit; changed[3]&headerReserved == 0 {
					check(t, fmt.Sprintf("flags %x, byte %d changed", flags, n), changed)
				}
			}
		}
	}
	for _, flag := range []byte{0x20, 0x40, 0x80} { // Such headers must be refused (2.3.1.2); one library does.
		if _, err := read(bytes.NewReader(append(header(flag), member...)), 10); err != gzip.ErrHeader {
			t.Errorf("flag %x: %v", flag, err)
		}
	}
	for _, n := range []int{510, 511, 512, 600} {
		long := append(header(0)[:10], strings.Repeat("x", n)...)
		long[3] = headerName
		_, err := check(t, fmt.Sprintf("a name of %d bytes", n), append(append(long, 0), member...))
		if (err == io.EOF) != (n < maxText) {
			t.Errorf("a name of %d bytes: %v", n, err)
		}
	}
}

// TestMembers reads what may come after a member, and what may not.
func TestMembers(t *testing.T) {
	a := compressed(t, []byte("aaaaaaaaaaaabcd"), 6)[0]
	empty := compressed(t, nil, 6)[1]
	reaching := append(header(0), one().fixed(257).code(0, 5).fixed(256).data...)
	for _, tt := range []struct {
		name string
		file []byte
		want error
	}{
		{"nothing", nil, io.EOF},
		{"empty", empty, io.EOF},
		{"many", bytes.Repeat(append(bytes.Clone(a), empty...), 1000), io.EOF},
		{"a byte", append(bytes.Clone(a), 'x'), io.ErrUnexpectedEOF},
		{"zeros", append(bytes.Clone(a), make([]byte, 100)...), gzip.ErrHeader},
		{"text", append(bytes.Clone(a), "some text that is no member"...), gzip.ErrHeader},
		{"half a member", append(bytes.Clone(a), a[:len(a)-3]...), io.ErrUnexpectedEOF},
		{"a match of the member before", append(bytes.Clone(a), reaching...), flate.CorruptInputError(2)},
		{"such a match far from the end", append(append(bytes.Clone(a), reaching...), make([]byte, 50)...), flate.CorruptInputError(2)},
	} {
		if _, err := check(t, tt.name, tt.file); err != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// TestCutAndChanged cuts files at every byte, and changes every one.
func TestCutAndChanged(t *testing.T) {
	for name, content := range contents() {
		content = content[:min(len(content), 200)]
		for _, level := range []int{gzip.HuffmanOnly, gzip.NoCompression, gzip.BestSpeed, gzip.BestCompression} {
			for i, file := range compressed(t, content, level) {
				name := fmt.Sprintf("%s at level %d of writer %d", name, level, i)
				for n := 10; n < len(file); n++ {
					got, err := check(t, fmt.Sprintf("%s, cut at %d", name, n), file[:n])
					if err != io.ErrUnexpectedEOF || !bytes.HasPrefix(content, got) {
						t.Errorf("%s, cut at %d: %q, %v", name, n, got, err)
					}
					changed := bytes.Clone(file)
					for _, bit := range []byte{1, 8, 0x81} {
						changed[n] ^= bit
						check(t, fmt.Sprintf("%s, byte %d changed", name, n), changed)
					}
				}
			}
		}
	}
}

// TestCutFar cuts and changes files behind where the fast loop decodes.
func TestCutFar(t *testing.T) {
	for name, content := range contents() {
		file := compressed(t, content, 6)[0]
		for n := 10; n < len(file); n += 1 + len(file)/50 {
			check(t, fmt.Sprintf("%s, cut at %d", name, n), file[:n])
			changed := bytes.Clone(file)
			changed[n] ^= 0x42
			check(t, fmt.Sprintf("%s, byte %d changed", name, n), changed)
		}
	}
}

// FuzzRead compares what becomes of a file, or of DEFLATE data that a right header and tail are made for, with what
// the standard library makes of it, whatever the pieces in which it comes and goes.
func FuzzRead(f *testing.F) {
	for _, content := range contents() {
		content = content[:min(len(content), 300)]
		for _, level := range []int{gzip.HuffmanOnly, 0, 1, 9} {
			for _, file := range compressed(f, content, level) {
				f.Add(file, false, uint16(level))
				f.Add(file[10:len(file)-8], true, uint16(100*level))
			}
		}
	}
	for _, tt := range blocks {
		f.Add(tt.w.data, true, uint16(3))
	}
	f.Add(append(header(31), 3, 0, 0, 0, 0, 0, 0, 0, 0, 0), false, uint16(7))
	r := new(Reader)
	f.Fuzz(func(t *testing.T, data []byte, bare bool, pieces uint16) {
		file := data
		if bare {
			file = wrapped(data)
		} else if reservedFlags(file) {
			return
		}
		want, wantErr := judge(file)
		var in io.Reader = bytes.NewReader(file)
		switch pieces % 5 {
		case 1:
			in = iotest.OneByteReader(in)
		case 2:
			in = iotest.HalfReader(in)
		case 3:
			in = iotest.DataErrReader(in)
		case 4:
			in = bufio.NewReaderSize(iotest.HalfReader(in), minInput)
		}
		var got []byte
		err := r.Reset(in)
		if err == nil {
			got, err = readPieces(r, 1+int(pieces)*7)
		}
		if !alike(got, want, err, wantErr) {
			t.Fatalf("%d bytes, %v; %d and %v for the standard library\n%x", len(got), err, len(want), wantErr, file)
		}
	})
}

// wrapped returns a file of DEFLATE data, with the tail that belongs to it where it has an end.
func wrapped(data []byte) []byte {
	file := append(header(0), data...)
	in := bytes.NewReader(data)
	text, err := io.ReadAll(flate.NewReader(in))
	if err != nil {
		return file
	}
	file = file[:len(file)-in.Len()]
	file = binary.LittleEndian.AppendUint32(file, crc32.ChecksumIEEE(text))
	return binary.LittleEndian.AppendUint32(file, uint32(len(text)))
}

// reservedFlags reports whether a file may have a header that the standard library takes though it must not.
func reservedFlags(file []byte) bool {
	for {
		i := bytes.Index(file, []byte{0x1f, 0x8b, 8})
		if i < 0 || i+3 >= len(file) {
			return false
		}
		if file[i+3]&headerReserved != 0 {
			return true
		}
		file = file[i+3:]
	}
}

func BenchmarkRead(b *testing.B) {
	var text []byte
	err := filepath.WalkDir("../../..", func(path string, _ os.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".go" {
			var more []byte
			more, err = os.ReadFile(path)
			text = append(text, more...)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for name, content := range map[string][]byte{"source": text, "records": contents()["records"]} {
		file := compressed(b, content, gzip.DefaultCompression)[0]
		for library, open := range map[string]func(io.Reader) (io.Reader, error){
			"bindery":   func(r io.Reader) (io.Reader, error) { return NewReader(r) },
			"klauspost": func(r io.Reader) (io.Reader, error) { return klauspost.NewReader(r) },
			"standard":  func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		} {
			b.Run(name+"/"+library, func(b *testing.B) {
				p := make([]byte, 512<<10)
				b.SetBytes(int64(len(content)))
				for b.Loop() {
					r, err := open(bufio.NewReaderSize(bytes.NewReader(file), 128<<10))
					for err == nil {
						_, err = io.ReadFull(r, p)
					}
					if err != io.EOF && err != io.ErrUnexpectedEOF {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
