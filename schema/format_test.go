package schema

import (
	"strings"
	"testing"
)

var formatCases = map[string]struct{ good, bad []string }{
	"uri": {
		good: []string{
			"http://example.org", "HTTP://example.org/", "https://example.org:8080/a/b;c=1/?q=1&r=%C3%A6#frag/?",
			"mailto:a@b.is", "urn:isbn:0451450523", "tel:+354-555", "file:///etc/passwd", "http://[2001:db8::1]:80/x",
			"http://[v1F.a:b]/", "http://user:pass@example.org/", "http://1.2.3.4/", "a:", "http://", "x-y+z.1:foo",
			"http://example.org:/", "data:,a%20b", "http://xn--slensk-bza.is/",
		},
		bad: []string{
			"", ":", "example.org", "/path", "//example.org/", "1http://x", "http//x", "-a:b",
			"http://example.org/a b", "http://example.org/%", "http://example.org/%4", "http://example.org/%zz",
			"http://íslensk.is/", "http://example.org/æ", "http://[::1", "http://[::1%25eth0]/", "http://[1.2.3.4]/",
			"http://example.org:80a/", "http://a b/", "http://example.org/\n", "http://exa[mple]/", "http://a@b@c/",
			"http://example.org/#a#b", "http://example.org/<x>", `http://example.org/"`, "http://example.org/{x}", "http://a/\x00",
			"http://[]/", "http://[v.x]/", "http://[v1.]/", "http://[::1]x/", "a:b|c", `a:\`,
		},
	},
	"email": {
		good: []string{
			"a@b", "jon.jonsson@hi.is", "a+b/c=d@example.org", `"a b"@example.org`, `"a\"b"@example.org`, "x@[127.0.0.1]",
			"x@[IPv6:::1]", "x@sub-domain.example.museum", "o'brien@example.org", `"@"@example.org`,
			strings.Repeat("a", 64) + "@b.is", "a@" + strings.Repeat("b", 63) + ".is", "a@" + strings.Repeat("b.", 126) + "is",
		},
		bad: []string{
			"", "a", "@", "a@", "@b", "a@b@c", "Jon <a@b.is>", "<a@b.is>", " a@b.is", "a@b.is ", "a b@c.is", ".a@b.is", "a.@b.is",
			"a..b@c.is", "a@-b.is", "a@b-.is", "a@b..is", "a@.is", "a@b.is.", "jón@hi.is", "a@íslensk.is", "a@b_c.is", `"a"b"@c.is`,
			`"a\"@c.is`, "x@[1.2.3]", "x@[::1]", "x@[IPv6:1.2.3.4]", "x@[127.0.0.1", "a@b.is, c@d.is", "a(x)@b.is", "a@b.is\n", `"@c.is`,
			strings.Repeat("a", 65) + "@b.is", "a@" + strings.Repeat("b", 64) + ".is", "a@" + strings.Repeat("b.", 128) + "is",
		},
	},
	"uuid": {
		good: []string{"f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", "00000000-0000-0000-0000-000000000000"},
		bad: []string{
			"", "f81d4fae7dec11d0a76500a0c91e6bf6", "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}", "f81d4fae-7dec-11d0-a765-00a0c91e6bf",
			"f81d4fae-7dec-11d0-a765-00a0c91e6bfg", "f81d4fae-7dec-11d0-a76500-a0c91e6bf6", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
		},
	},
	"bcp47": {
		good: []string{"is", "en", "en-GB", "EN-us", "zh-Hant-TW", "sr-Latn-RS", "es-419", "yue", "sl-nedis", "de-DE-u-co-phonebk", "x-foo", "en-x-foo", "und", "mul"},
		bad: []string{"", "zh_CN", "isl", "zh-yue", "i-klingon", "en-", "-en", "e", "root", "en-AAAA", "xyz", "icelandic", "en GB", "en-GB-oed",
			"iw", "mo", "hau", "i-default", "cel-gaulish", "de-DD",
			strings.Repeat("en-x-a", 100), "\x00", "en-😀"},
	},
	"iso639": {
		good: []string{"is", "isl", "en", "eng", "yue", "deu", "und", "mul", "nb"},
		bad:  []string{"", "i", "IS", "Isl", "icel", "en-GB", "zzz", "í", "i s", "1a", "root"},
	},
	"spdx": {
		good: []string{"MIT", "CC-BY-4.0 OR CC0-1.0", "LicenseRef-terms"},
		bad:  []string{"", "mit", "MIT AND", "CC BY 4.0"},
	},
}

func TestFormats(t *testing.T) {
	for _, name := range formatNames {
		f := newFormat(name)
		cases, ok := formatCases[name]
		if f == nil || !ok {
			t.Fatalf("format %s is not implemented or not tested", name)
		}
		for _, v := range cases.good {
			if !f.valid(v) {
				t.Errorf("%s rejects %q", name, v)
			}
		}
		for _, v := range cases.bad {
			if f.valid(v) {
				t.Errorf("%s accepts %q", name, v)
			}
			if message, _ := f.explain(v); message == "" {
				t.Errorf("%s does not explain %q", name, v)
			}
		}
	}
}

func TestFormatHints(t *testing.T) {
	const (
		noTag        = "is not a BCP 47 language tag"
		notCanonical = "is not the canonical form of its BCP 47 language tag"
		noCode       = "is not an ISO 639 language code"
	)
	for _, c := range []struct{ format, value, message, hint string }{
		{"bcp47", "zh_CN", noTag, "write zh-CN"},
		{"bcp47", "hau", notCanonical, "write ha"},
		{"bcp47", "iw", notCanonical, "write he"},
		{"bcp47", "i-klingon", notCanonical, "write tlh"},
		{"bcp47", "i-default", "is a grandfathered BCP 47 tag, which is not taken", ""},
		{"bcp47", "nonsense", noTag, ""},
		{"iso639", "IS", noCode, "write is"},
		{"iso639", "zzz", noCode, ""},
		{"spdx", "mit", "is not an SPDX license expression", `license id "mit" is not written as the SPDX list has it (at character 1); write MIT`},
	} {
		if message, hint := newFormat(c.format).explain(c.value); message != c.message || hint != c.hint {
			t.Errorf("%s %q: %q, hint %q; not %q, hint %q", c.format, c.value, message, hint, c.message, c.hint)
		}
	}
}

func TestRememberIsBounded(t *testing.T) {
	calls := 0
	valid := remember(func(s string) bool { calls++; return len(s)%2 == 0 })
	for range 2 {
		if !valid("ab") || valid("abc") {
			t.Fatal("wrong verdict")
		}
	}
	if calls != 2 {
		t.Fatalf("%d calls for two values", calls)
	}
	long := strings.Repeat("x", maxKeyLength+1)
	valid(long)
	valid(long)
	if calls != 4 {
		t.Fatal("a long value was remembered")
	}
	for i := range maxRemembered {
		valid(strings.Repeat("y", i%100) + string(rune('0'+i/100)))
	}
	if valid("ab"); calls <= 4+maxRemembered {
		t.Fatal("nothing was forgotten")
	}
}

// FuzzFormats feeds every format whatever there is: a verdict, never a panic, and none that changes.
func FuzzFormats(f *testing.F) {
	for _, cases := range formatCases {
		for _, v := range append(cases.good, cases.bad...) {
			f.Add(v)
		}
	}
	f.Fuzz(func(t *testing.T, v string) {
		for _, name := range formatNames {
			format := newFormat(name)
			first := format.valid(v)
			if again := format.valid(v); again != first {
				t.Errorf("%s: two verdicts about %q", name, v)
			}
			format.explain(v)
		}
	})
}
