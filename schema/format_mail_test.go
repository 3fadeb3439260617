package schema

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// takesSlowly is takes, name by name.
func takesSlowly(s string, names *charSet) bool {
	for name := range strings.SplitSeq(s, ".") {
		if name == "" || !names['-'] && (name[0] == '-' || name[len(name)-1] == '-') {
			return false
		}
		for i := range len(name) {
			if c := name[i]; c != '-' && (c >= 0x80 || !names[c]) {
				return false
			}
		}
	}
	return true
}

func TestDottedNames(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 200_000 {
		b := make([]byte, r.IntN(7))
		for i := range b {
			b[i] = "aZ09.-.-_!@ \x00\x80\xff"[r.IntN(15)]
		}
		s := string(b)
		if got, want := mailLocal.takes(s), takesSlowly(s, mailAtom); got != want {
			t.Fatalf("local part %q: %t", s, got)
		}
		if got, want := mailDomain.takes(s), takesSlowly(s, newCharSet("")); got != want {
			t.Fatalf("domain %q: %t", s, got)
		}
	}
	for c := range 256 {
		s := "a" + string([]byte{byte(c)}) + "b"
		if mailLocal.takes(s) != takesSlowly(s, mailAtom) || mailDomain.takes(s) != takesSlowly(s, newCharSet("")) {
			t.Errorf("byte %#02x inside", c)
		}
	}
}

func BenchmarkEmail(b *testing.B) {
	addresses := []string{"user.b72199@mail.example.org", "jon.jonsson@hi.is", "a+b=c@example.com", "x@sub-domain.example.museum"}
	for b.Loop() {
		for _, a := range addresses {
			if !isEmail(a) {
				b.Fatal(a)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(addresses)), "ns/value")
}
