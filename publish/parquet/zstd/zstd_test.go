package zstd

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"math/bits"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// newDecoder returns the decoder that judges frames; it takes no window of more than maxWindow.
func newDecoder(t testing.TB) *zstd.Decoder {
	t.Helper()
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// contents are pages of every shape that takes a path of its own through the encoder.
func contents() map[string][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	random := make([]byte, 3*maxBlock+17)
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	words := strings.Fields("one two three four five six seven eight nine ten eleven twelve lorem ipsum dolor sit amet")
	var text bytes.Buffer
	for text.Len() < 5*maxBlock {
		text.WriteString(words[r.IntN(len(words))])
		text.WriteByte(" \n"[r.IntN(2)])
	}
	numbers := make([]byte, 0, 2*maxBlock)
	for i := range cap(numbers) / 8 {
		numbers = append(numbers, byte(i), byte(i>>8), byte(r.Uint32()), 0, 0, 0, 0, 0x40)
	}
	skewed := make([]byte, maxBlock+1)
	for i := range skewed {
		skewed[i] = byte(bits.TrailingZeros32(r.Uint32()))
	}
	all := map[string][]byte{
		"random": random, "text": text.Bytes(), "numbers": numbers, "skewed": skewed,
		"zeros":                      make([]byte, 2*maxBlock+1),
		"random and text":            slices.Concat(random[:maxBlock], text.Bytes()[:maxBlock], random[:maxBlock], text.Bytes()),
		"random twice":               slices.Concat(random[:100_000], random[:100_000]),
		"every byte":                 bytes.Repeat([]byte(byteRange()), 40),
		"literals of one byte":       oneByteLiterals(random),
		"matches of every length":    everyLength(random),
		"repeated offsets":           alternating(random),
		"recent offsets of no block": recentOffsets(random),
		"repeats between texts":      slices.Concat(text.Bytes()[:maxBlock], bytes.Repeat(random[:8], maxBlock/4), text.Bytes()),
		"shortest matches":           shortestMatches(r),
		"rare lengths":               rareLengths(r, random),
		"zeros before anything":      append(make([]byte, 5), random[:40]...),
		"raw between tables":         rawBetweenTables(random, text.Bytes()),
	}
	for _, n := range []int{0, 1, 2, 9, 10, 11, 31, 32, 33, 255, 256, 257, 1000, smallContent - 1, smallContent, 65791, 65792, maxBlock - 1, maxBlock, maxBlock + 1} {
		all[fmt.Sprintf("%d bytes of text", n)] = text.Bytes()[:n]
		all[fmt.Sprintf("%d random bytes", n)] = random[:n]
	}
	return all
}

func byteRange() string {
	var b [256]byte
	for i := range b {
		b[i] = byte(i)
	}
	return string(b[:])
}

// recentOffsets has, behind a block of random bytes that one match does not make smaller, blocks that
// repeat at that match's distance: what was found in a block that is not compressed must be forgotten.
func recentOffsets(random []byte) []byte {
	out := slices.Clone(random[:3*maxBlock])
	copy(out[1000:1008], out[990:998])
	for i := maxBlock; i < maxBlock+4000; i += 20 {
		copy(out[i:i+9], out[i-10:])
	}
	copy(out[2*maxBlock:], bytes.Repeat(random[:10], 10_000))
	return out
}

// rawBetweenTables has random blocks, the first of which has a few matches, between blocks of text.
func rawBetweenTables(random, text []byte) []byte {
	out := slices.Concat(text[:maxBlock], random[:maxBlock])
	for _, at := range []int{100, 200} { // before the search's steps become longer
		copy(out[maxBlock+at:][:8], out[maxBlock+at-50:])
	}
	for range unsearchedBlocks / 3 { // The search is given up for as long.
		out = append(out, random[:3*maxBlock]...)
	}
	for i := range 20 {
		out = append(out, out[maxBlock+i*5000:][:400+i*200]...)
	}
	return append(out, text[:200]...)
}

// shortestMatches are as many sequences as a block can have: words of four bytes in any order.
func shortestMatches(r *rand.Rand) []byte {
	var words [512][4]byte
	for i := range words {
		words[i] = [4]byte{byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32())}
	}
	var out []byte
	for len(out) < 2*maxBlock {
		word := words[r.IntN(len(words))]
		out = append(out, word[:]...)
	}
	return out
}

// rareLengths has matches of one length nearly always, and of many lengths once, some of them and of the
// literals before them among the longest.
func rareLengths(r *rand.Rand, random []byte) []byte {
	out := slices.Clone(random[:70_000])
	for i := range 9000 {
		length, literals := 12, 3
		if i%300 == 299 {
			length, literals = 20<<(i/300%11), 1<<(i/300%12)
		}
		from := r.IntN(70_000 - length)
		out = append(out, random[from:from+length]...)
		out = append(out, random[80_000+r.IntN(1000):][:literals]...)
	}
	return out
}

// oneByteLiterals are matches with the same byte between them.
func oneByteLiterals(random []byte) []byte {
	var out []byte
	for i := range 3000 {
		out = append(out, random[(i%7)*100:(i%7)*100+20]...)
		out = append(out, '#')
	}
	return out
}

// everyLength has matches of all lengths up to a few thousand, with literals of all lengths between.
func everyLength(random []byte) []byte {
	out := slices.Clone(random[:8192])
	for n := range 2500 {
		out = append(out, random[n:2*n+3]...)
		out = append(out, random[20_000+n:20_000+n+n%70]...)
	}
	return out
}

// alternating goes back and forth between two offsets without anything between.
func alternating(random []byte) []byte {
	out := slices.Clone(random[:400])
	for i := range 5000 {
		back := 100 + i%2*200
		out = append(out, out[len(out)-back:len(out)-back+12]...)
	}
	return out
}

func TestRoundTrip(t *testing.T) {
	d := newDecoder(t)
	used := new(Encoder)
	for name, content := range contents() {
		t.Run(name, func(t *testing.T) {
			frame := used.Encode([]byte("before"), content)
			if !bytes.HasPrefix(frame, []byte("before")) {
				t.Fatal("what stood in dst is gone")
			}
			frame = frame[len("before"):]
			got, err := d.DecodeAll(frame, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, content) {
				t.Fatalf("%d bytes came back as %d others", len(content), len(got))
			}
			if most := len(content) + 3*(1+len(content)/maxBlock) + 12; len(frame) > most {
				t.Errorf("%d bytes became %d; more than %d is never needed", len(content), len(frame), most)
			}
			if fresh := new(Encoder).Encode(nil, content); !bytes.Equal(fresh, frame) {
				t.Error("the frame depends on the pages before")
			}
		})
	}
}

// cut returns two parts of content in places of their own.
func cut(content []byte, at int) (head, body []byte) {
	return slices.Clone(content[:at]), slices.Clone(content[at:])
}

// TestParts has content compressed in two parts. A head that is empty changes nothing.
func TestParts(t *testing.T) {
	d := newDecoder(t)
	used := new(Encoder)
	for name, content := range contents() {
		t.Run(name, func(t *testing.T) {
			for _, at := range []int{0, 1, 5, len(content) / 3, maxBlock, maxBlock + 1, len(content) - 1, len(content)} {
				if at < 0 || at > len(content) {
					continue
				}
				head, body := cut(content, at)
				frame := used.EncodeParts([]byte("before"), head, body)[len("before"):]
				got, err := d.DecodeAll(frame, nil)
				if err != nil || !bytes.Equal(got, content) {
					t.Fatalf("cut at %d, %d bytes came back as %d others: %v", at, len(content), len(got), err)
				}
				if fresh := new(Encoder).EncodeParts(nil, head, body); !bytes.Equal(fresh, frame) {
					t.Errorf("cut at %d, the frame depends on the pages before", at)
				}
				if at == 0 && !bytes.Equal(frame, used.Encode(nil, content)) {
					t.Error("with an empty head, the frame is another one")
				}
			}
		})
	}
}

// TestReuse has an Encoder compress a page from which its tables know more of the next one than that tells by itself.
// The next one's frame must be the same as a new Encoder's.
func TestReuse(t *testing.T) {
	r := rand.New(rand.NewPCG(14, 15))
	random := make([]byte, 4600)
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	head, words := random[:4000], random[4000:]
	// Behind zeros every position of the words is entered, behind random bytes few are.
	known := append(make([]byte, len(head)), words...)
	for _, size := range []int{5, 7, 9, 20} {
		content := slices.Clone(random)
		for at := 10; at+size < len(words); at += 30 {
			content = append(append(content, make([]byte, 40)...), words[at:at+size]...)
		}
		for _, more := range []int{0, smallContent} { // for the tables of either size
			known, content := append(known, make([]byte, more)...), append(content, make([]byte, more)...)
			var used Encoder
			used.Encode(nil, known)
			if !bytes.Equal(used.Encode(nil, content), new(Encoder).Encode(nil, content)) {
				t.Errorf("pieces of %d bytes in %d: what was compressed before changes the frame", size, len(content))
			}
		}
	}
}

// The digests of frames stand here, so that nobody changes bytes without saying so.
func TestVersion(t *testing.T) {
	digests := map[string]string{"6": "787831d70934e2a776100e79639c7548db5fe6838fe472816495d78858d3afbc"}
	var e Encoder
	sum := sha256.New()
	all := contents()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		sum.Write(e.Encode(nil, all[name]))
		head, body := cut(all[name], len(all[name])/3)
		sum.Write(e.EncodeParts(nil, head, body))
	}
	if got := hex.EncodeToString(sum.Sum(nil)); digests[Version] != got {
		t.Errorf("version %s gives bytes with the digest %s, not %s: give Version a new value, and the changelog a line",
			Version, got, digests[Version])
	}
}

// After each window of 8 MiB the tables begin anew, and nothing further back may be matched.
func TestLongContent(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	r := rand.New(rand.NewPCG(3, 4))
	part := make([]byte, 3<<20)
	for i := range part {
		part[i] = byte(r.IntN(20))
	}
	var content []byte
	for i := range 13 { // The last parts repeat what is 3 MiB, and then 12 MiB, back.
		content = append(content, part...)
		if i%4 == 3 {
			part = slices.Clone(part)
			for j := 0; j < len(part); j += 64 {
				part[j]++
			}
		}
	}
	frame := new(Encoder).Encode(nil, content)
	if len(frame) > len(content)/2 {
		t.Errorf("%d bytes became %d: repetitions were not found", len(content), len(frame))
	}
	// The search begins anew after each window, and finds as much there as at the beginning.
	tail := make([]byte, 0, 1<<20)
	for len(tail) < cap(tail) {
		tail = append(tail, content[r.IntN(1<<16):][:128]...)
	}
	alone, behind := len(new(Encoder).Encode(nil, tail)), len(new(Encoder).Encode(nil, slices.Concat(content, tail)))-len(frame)
	if behind > alone*11/10 {
		t.Errorf("%d bytes became %d, and %d behind %d others", len(tail), alone, behind, len(content))
	}
	// What is further back than the window is not found again.
	far := slices.Concat(content[:maxWindow/2], make([]byte, maxWindow), content[:maxWindow/2])
	if size := len(new(Encoder).Encode(nil, far)); size < len(new(Encoder).Encode(nil, far[:maxWindow+maxWindow/2]))*3/2 {
		t.Errorf("what is beyond the window was matched: %d bytes became %d", len(far), size)
	}
	// A reader of streams keeps no more than the window.
	in, err := zstd.NewReader(bytes.NewReader(frame), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var got bytes.Buffer
	if _, err := got.ReadFrom(in); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), content) {
		t.Error("the content came back changed")
	}
}

// The ratio is held to that of the library's default level, within one in a hundred, so that a
// change that finds less is seen.
func TestRatio(t *testing.T) {
	content := sourceText(t, 4<<20)
	library, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []int{64 << 10, 256 << 10, 1 << 20} {
		var e Encoder
		own, other := 0, 0
		for i := 0; i < len(content); i += page {
			own += len(e.Encode(nil, content[i:i+page]))
			other += len(library.EncodeAll(content[i:i+page], nil))
		}
		if own > other+other/100 {
			t.Errorf("pages of %d KiB: %d bytes, where the library takes %d", page>>10, own, other)
		}
	}
}

// TestDuplicates has random bytes, and behind each 8000 of them as many that stood somewhere before. Steps are long where
// those begin, so that the search sees them far behind their beginning, and has to find that too.
func TestDuplicates(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	const value = 8000
	var content []byte
	for len(content) < 1<<20 {
		for range value {
			content = append(content, byte(r.Uint32()))
		}
		from := r.IntN(len(content) - value + 1)
		content = append(content, content[from:from+value]...)
	}
	fresh := len(content) / 2
	if size := len(new(Encoder).Encode(nil, content)); size > fresh+fresh/10 {
		t.Errorf("%d bytes, of which %d are new, became %d", len(content), fresh, size)
	}
}

// sourceText returns so many bytes of the standard library's source.
func sourceText(t testing.TB, size int) []byte {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skipf("go does not say where its source is: %v", err)
	}
	var text []byte
	err = filepath.WalkDir(filepath.Join(strings.TrimSpace(string(root)), "src"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		file, err := os.ReadFile(path)
		text = append(text, file...)
		if len(text) >= size {
			return fs.SkipAll
		}
		return err
	})
	if err != nil || len(text) < size {
		t.Skipf("the standard library's source is not here: %v", err)
	}
	return text[:size]
}

func TestLog2(t *testing.T) {
	for _, n := range []uint32{1, 2, 3, 7, 8, 100, 255, 26215, 1 << 20, 1<<32 - 1} {
		got, want := float64(log2(n))/(1<<fraction), math.Log2(float64(n))
		if got > want || got < want-1.0/(1<<fraction) {
			t.Errorf("log2(%d) = %g, not %g", n, got, want)
		}
	}
}

// Bytes of few kinds without order are not searched for matches, and what follows them is, sooner or later.
func TestSearchIsGivenUp(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	digits := make([]byte, 3<<20)
	for i := range digits {
		digits[i] = "0123456789abcdef"[r.IntN(16)]
	}
	var e Encoder
	if e.Encode(nil, digits); e.unsearched == 0 {
		t.Error("matches were looked for to the end")
	}
	repeated := bytes.Repeat([]byte("what is there again and again, "), 1<<17)
	if size := len(e.Encode(nil, slices.Concat(digits, repeated))) - len(e.Encode(nil, digits)); size > len(repeated)/2 {
		t.Errorf("%d bytes of repetitions became %d", len(repeated), size)
	}
	content := sourceText(t, 1<<20)
	if e.Encode(nil, content); e.unsearched > 0 {
		t.Error("the search was given up on text")
	}
}

// mixed returns content of pieces of every kind, in any order: random bytes, few kinds of bytes, words, numbers, one byte
// repeated, and what stands anywhere before. Rare codes, and many bits behind them, come of such.
func mixed(r *rand.Rand, size int) []byte {
	words := strings.Fields("one two three four five six seven eight nine ten eleven twelve lorem ipsum dolor sit amet")
	content := make([]byte, 0, size+1<<16)
	for len(content) < size {
		n := 1 + r.IntN(1<<r.IntN(14))
		switch kind := r.IntN(10); {
		case kind == 0:
			for range n {
				content = append(content, byte(r.Uint32()))
			}
			from := r.IntN(len(content)) // Many literals, and many bytes that repeat: both have bits behind their codes.
			content = append(content, content[from:min(len(content), from+1+r.IntN(1<<r.IntN(14)))]...)
		case kind == 1:
			for range n {
				content = append(content, byte(bits.TrailingZeros32(r.Uint32())))
			}
		case kind == 2:
			for range n / 2 {
				content = append(content, words[r.IntN(len(words))]...)
			}
		case kind == 3:
			for k := range n / 4 {
				content = binary.LittleEndian.AppendUint32(content, uint32(k)<<8|uint32(r.IntN(4)))
			}
		case kind == 4:
			content = append(content, bytes.Repeat([]byte{byte(r.Uint32())}, n)...)
		case len(content) > 0:
			from := r.IntN(len(content))
			content = append(content, content[from:min(len(content), from+n)]...)
		}
	}
	return content[:size]
}

func TestMixed(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	d := newDecoder(t)
	used := new(Encoder)
	for seed := range uint64(1000) {
		checkMixed(t, d, used, seed, 1<<18)
	}
}

// checkMixed has mixed content of less than most bytes compressed by an Encoder that was used before.
func checkMixed(t *testing.T, d *zstd.Decoder, used *Encoder, seed uint64, most int) {
	r := rand.New(rand.NewPCG(seed, 16))
	content := mixed(r, r.IntN(most))
	frame := used.Encode(nil, content)
	if got, err := d.DecodeAll(frame, nil); err != nil || !bytes.Equal(got, content) {
		t.Fatalf("seed %d: %d bytes came back as %d others: %v", seed, len(content), len(got), err)
	}
	head, body := cut(content, r.IntN(len(content)+1)>>r.IntN(18))
	frame = used.EncodeParts(frame[:0], head, body)
	if got, err := d.DecodeAll(frame, nil); err != nil || !bytes.Equal(got, content) {
		t.Fatalf("seed %d, cut at %d: %d bytes came back as %d others: %v", seed, len(head), len(content), len(got), err)
	}
}

func FuzzEncode(f *testing.F) {
	for _, content := range contents() {
		if len(content) < 10_000 {
			f.Add(content, uint16(1), uint8(0), uint64(1))
		}
	}
	d := newDecoder(f)
	used := new(Encoder)
	f.Fuzz(func(t *testing.T, seed []byte, times uint16, change uint8, other uint64) {
		checkMixed(t, d, used, other, 1<<19)
		// Content is made of the seed again and again, changed a little each time, so that there are
		// matches to be found and several blocks.
		var content []byte
		for i := range int(times) % 2000 {
			content = append(content, seed...)
			if change > 0 && len(seed) > 0 {
				content[len(content)-1-i*int(change)%len(seed)] ^= byte(i)
			}
			if len(content) > 1<<20 {
				break
			}
		}
		frame := used.Encode(nil, content)
		got, err := d.DecodeAll(frame, nil)
		if err != nil || !bytes.Equal(got, content) {
			t.Fatalf("%d bytes came back as %d others: %v", len(content), len(got), err)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	content := sourceText(b, 16<<20)
	var e Encoder
	library, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	if err != nil {
		b.Fatal(err)
	}
	for _, page := range []int{4 << 10, 64 << 10, 256 << 10, 2 << 20} {
		for name, encode := range map[string]func(dst, src []byte) []byte{
			"bindery":   e.Encode,
			"klauspost": func(dst, src []byte) []byte { return library.EncodeAll(src, dst) },
		} {
			b.Run(fmt.Sprintf("%s/%dKiB", name, page>>10), func(b *testing.B) {
				var out []byte
				b.SetBytes(int64(len(content)))
				for b.Loop() {
					out = out[:0]
					for i := 0; i < len(content); i += page {
						out = encode(out, content[i:i+page])
					}
				}
				b.ReportMetric(float64(len(content))/float64(len(out)), "ratio")
			})
		}
	}
}
