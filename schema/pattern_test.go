package schema

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// tabled are patterns that a table must be made of, untabled ones that it cannot be.
var (
	tabled = []string{
		``, `^`, `$`, `^$`, `$^`, `^a|b$`, `a`, `abc`, `^abc$`, `^[0-9a-z_]+/\d\d$`, `\d{4}-\d{2}-\d{2}`, `^(foo|bar)+$`,
		`^\w+(\.\w+)*$`, `a.c`, `^[^,]*$`, `[^a-z]`, `\S`, `^\S+$`, `(?i)^mit$`, `(?i)kelvin`, `^a{2,5}b?$`, `x*$`, `(^|,)a(,|$)`,
		`(?s)^.*$`, `^.{3}$`, `^[a-z0-9æö]+$`, `\pL`, `^\p{Lu}\p{Ll}*$`, `(a|ab)(c|bcd)(d*)`, `^(a*)*$`, `a$|^b`, `^(?:a$|b)*$`, `é`,
		`[^é]`, `^(?:)$`, `^[\x00-\x1f]*$`, `^[0-9a-f]{8}-[0-9a-f]{4}$`, `aa*b|ba*a`, `(?:a|b)*abb`, `^a*?$`, `\Aabc\z`, `[[:alpha:]]+$`,
	}
	untabled = []string{`\bfoo\b`, `(?m)^a$`, `a\B`, `^[a-z]{1,900}[0-9]{1,900}$`, `(a|b)*a(a|b){12}$`}
)

var patternValues = []string{
	"", "a", "b", "ab", "abc", "abcd", "xabc", "abcx", "aaaaa", "aaaaaa", "aab", "\n", "a\nc", "a\n", "foo", "foobar", "foo bar",
	"is/01", "isl_x/99", "isl_x/9", "2024-02-29", "x2024-02-29", "a,b", ",a", "b,a", "1.2", "mit", "MIT", "kelvin", "\u212aelvin", "KELVIN",
	"é", "æö", "aéc", "éa", "日本", "😀😀😀", "a😀c", "Ísland", "ísland", "ſ", " ", "\t", "\x00", "deadbeef-0123", "abb", "babb", "\u0080", "\U0010ffff",
}

// tabledMatcher returns a matcher that has its table already, if the pattern can have one.
func tabledMatcher(re *regexp.Regexp) *matcher {
	budget := maxTableWork
	m := newMatcher(re, &budget)
	for m.wait > 0 {
		m.match("")
	}
	return m
}

func TestMatcher(t *testing.T) {
	for _, p := range append(tabled, untabled...) {
		re := regexp.MustCompile(p)
		m := tabledMatcher(re)
		for _, v := range patternValues {
			if got, want := m.match(v), re.MatchString(v); got != want {
				t.Errorf("%q in %q: %v, not %v", p, v, got, want)
			}
		}
	}
	for _, p := range tabled {
		if tabledMatcher(regexp.MustCompile(p)).next == nil {
			t.Errorf("no table for %q", p)
		}
	}
	for _, p := range untabled {
		if tabledMatcher(regexp.MustCompile(p)).next != nil {
			t.Errorf("a table for %q", p)
		}
	}
	if !tabledMatcher(regexp.MustCompilePOSIX(`^a+$`)).match("aa") {
		t.Error("a POSIX pattern is not found")
	}
}

// A table is made when it pays, and the tables of a schema only while their budget lasts.
func TestTableBudget(t *testing.T) {
	budget := maxTableWork
	m := newMatcher(regexp.MustCompile(`^a+$`), &budget)
	for range tableWait - 1 {
		m.match("a")
	}
	if m.next != nil || budget != maxTableWork {
		t.Fatal("a table was made for few strings")
	}
	if m.match("a"); m.next == nil || budget == maxTableWork {
		t.Fatal("no table was made for many strings, or none was counted")
	}
	size, made, matchers := 0, 0, 2000
	re := regexp.MustCompile(`(a|b|c)*d.{40}`)
	for range matchers {
		m := newMatcher(re, &budget)
		for m.wait > 0 {
			m.match("")
		}
		if m.next != nil {
			made++
		}
		size += len(m.next)
		if value := "d" + strings.Repeat("x", 40); !m.match(value) || m.match(value[1:]) {
			t.Fatal("a wrong verdict without a table")
		}
	}
	if budget < -maxTable || budget > 0 {
		t.Errorf("%d of the budget is left after %d tables of %d patterns", budget, made, matchers)
	}
	if tableBudget(size) > maxTableWork {
		t.Errorf("the tables have %d places", size)
	}
}

// What a rule is called does not take its table.
func TestRulesAreCheap(t *testing.T) {
	f := &Field{Type: String, Constraints: Constraints{Pattern: regexp.MustCompile(`(a|b|c)*d.{40}`), Format: "bcp47"}}
	if n := testing.AllocsPerRun(10, func() { f.Rules() }); n > 40 {
		t.Errorf("%.0f allocations", n)
	}
}

// FuzzMatcher holds the table to the regular expression.
func FuzzMatcher(f *testing.F) {
	for i, p := range append(tabled, untabled...) {
		for j := range 4 {
			f.Add(p, patternValues[(i*7+j*11)%len(patternValues)])
		}
	}
	f.Fuzz(func(t *testing.T, pattern, value string) {
		re, err := regexp.Compile(pattern)
		if err != nil || len(pattern) > 200 {
			t.Skip()
		}
		m := tabledMatcher(re)
		value = strings.ToValidUTF8(value, "\ufffd")
		for _, v := range []string{value, value + value, "", value + "\n", "a" + value} {
			if got, want := m.match(v), re.MatchString(v); got != want {
				t.Errorf("%q in %q: %v, not %v", pattern, v, got, want)
			}
		}
	})
}

func BenchmarkMatcher(b *testing.B) {
	re := regexp.MustCompile(`^[0-9a-z_]+/\d\d$`)
	m := tabledMatcher(re)
	var values []string
	size := 0
	for i := range 1000 {
		values = append(values, fmt.Sprintf("isl_%d/%02d", i*i, i%100))
		size += len(values[i])
	}
	for name, match := range map[string]func(string) bool{"table": m.match, "regexp": re.MatchString} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(size))
			for range b.N {
				for _, v := range values {
					if !match(v) {
						b.Fatal(v)
					}
				}
			}
		})
	}
}
