package shard

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/ulikunitz/xz"
)

// TestXZ reads blocks of text and of noise, which LZMA2 stores as it is, under every kind of checksum,
// and expects that no changed byte that matters and no cut goes unnoticed.
func TestXZ(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	text := bytes.Repeat([]byte("what is there to say? "), 10)
	for range 100 {
		text = append(text, byte(r.Uint32()))
	}
	for _, check := range []byte{xz.CRC32, xz.CRC64, xz.SHA256, xz.None} {
		var b bytes.Buffer
		for range 2 {
			w, err := xz.WriterConfig{CheckSum: check, NoCheckSum: check == xz.None, BlockSize: 150, DictCap: 4096}.NewWriter(&b)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(text); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			b.Write(make([]byte, 8)) // padding between streams
		}
		whole, twice := b.Bytes(), append(bytes.Clone(text), text...)
		if got, err := io.ReadAll(newXZReader(bytes.NewReader(whole))); err != nil || !bytes.Equal(got, twice) {
			t.Fatalf("check %d: %d of %d bytes, %v", check, len(got), len(twice), err)
		}
		for n := 0; n < len(whole); n += 2 {
			got, err := io.ReadAll(newXZReader(bytes.NewReader(whole[:n])))
			if n > 0 && err == nil && !bytes.Equal(got, text) && !bytes.Equal(got, twice) {
				t.Errorf("check %d: a cut at %d was not noticed", check, n)
			}
			if check == xz.None {
				continue
			}
			changed := bytes.Clone(whole)
			changed[n] ^= 1
			if got, err := io.ReadAll(newXZReader(bytes.NewReader(changed))); err == nil && !bytes.Equal(got, twice) {
				t.Errorf("check %d: a change of byte %d was not noticed (%d bytes)", check, n, len(got))
			}
		}
	}
}

// TestXZIndex gives an index that is sound in itself and not that of the blocks.
func TestXZIndex(t *testing.T) {
	whole := pack(t, ".xz", bytes.Repeat([]byte("text"), 100))
	footer := len(whole) - 12
	sum := footer - 4
	index := sum + 4 - 4*(1+int(binary.LittleEndian.Uint32(whole[footer+4:])))
	for i := index + 1; i < sum; i++ {
		changed := bytes.Clone(whole)
		changed[i] ^= 1
		binary.LittleEndian.PutUint32(changed[sum:], crc32.ChecksumIEEE(changed[index:sum]))
		if _, err := io.ReadAll(newXZReader(bytes.NewReader(changed))); err == nil {
			t.Errorf("byte %d of an index of %d was changed, and that was not noticed", i-index, sum-index)
		}
	}
}
