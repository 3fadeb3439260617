package github

import (
	"testing"
	"time"
)

func TestAddresses(t *testing.T) {
	for api, want := range map[string][2]string{
		"":                                {"https://uploads.github.com/", "https://github.com/"},
		"https://api.github.com":          {"https://uploads.github.com/", "https://github.com/"},
		"https://api.octo.ghe.com/":       {"https://uploads.octo.ghe.com/", "https://octo.ghe.com/"},
		"https://git.example.org/api/v3":  {"https://git.example.org/api/uploads/", "https://git.example.org/"},
		"https://example.org/git/api/v3/": {"https://example.org/git/api/uploads/", "https://example.org/git/"},
		"http://127.0.0.1:3000/api/v1":    {"http://127.0.0.1:3000/api/v1/", "http://127.0.0.1:3000/api/v1/"},
	} {
		_, uploads, web, err := addresses(Options{API: api})
		if err != nil || uploads.String() != want[0] || web.String() != want[1] {
			t.Errorf("%s: uploads %s, web %s, %v, want %v", api, uploads, web, err, want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	const now = "Wed, 25 Nov 2026 18:00:00 GMT"
	for text, want := range map[string]time.Duration{
		"": 0, "soon": 0, "7": 7 * time.Second, "0": time.Second, "-5": time.Second, "99999999999999": 24 * time.Hour,
		"Wed, 25 Nov 2026 18:01:30 GMT": 90 * time.Second, "Wed, 25 Nov 2020 18:01:30 GMT": time.Second,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
