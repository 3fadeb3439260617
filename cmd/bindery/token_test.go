package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGithubToken looks for the token where people keep it.
func TestGithubToken(t *testing.T) {
	hosts := "github.com:\n    users:\n        octocat:\n            oauth_token: gho_a\n    oauth_token: gho_a\n    user: octocat\ngit.example.org:\n    oauth_token: \"gho_b\"\n"
	for name, c := range map[string]struct {
		env        map[string]string
		hosts, api string
		want, err  string
	}{
		"none":                      {},
		"first":                     {env: map[string]string{"GITHUB_TOKEN": "ghp_1", "GH_TOKEN": "ghp_2"}, hosts: hosts, want: "ghp_1"},
		"second":                    {env: map[string]string{"GH_TOKEN": " ghp_2\n"}, hosts: hosts, want: "ghp_2"},
		"gh":                        {hosts: hosts, want: "gho_a"},
		"gh, the API":               {hosts: hosts, api: "https://api.github.com/", want: "gho_a"},
		"gh, a server":              {hosts: hosts, api: "https://git.example.org/api/v3", want: "gho_b"},
		"gh, none for it":           {hosts: hosts, api: "https://other.example.org/api/v3"},
		"gh, the key ring":          {hosts: "github.com:\n    user: octocat\n"},
		"not for another server":    {env: map[string]string{"GITHUB_TOKEN": "ghp_1", "GH_TOKEN": "ghp_2"}, api: "https://other.example.org/api/v3"},
		"not for a name like it":    {env: map[string]string{"GITHUB_TOKEN": "ghp_1", "GH_TOKEN": "ghp_2"}, api: "https://api.github.com.example.org/"},
		"for a server":              {env: map[string]string{"GITHUB_TOKEN": "ghp_1", "GH_ENTERPRISE_TOKEN": "ghp_3"}, api: "https://other.example.org/api/v3", want: "ghp_3"},
		"not for github.com":        {env: map[string]string{"GH_ENTERPRISE_TOKEN": "ghp_3"}},
		"for ghe.com":               {env: map[string]string{"GITHUB_TOKEN": "ghp_1"}, api: "https://api.octo.ghe.com", want: "ghp_1"},
		"for the server of Actions": {env: map[string]string{"GITHUB_TOKEN": "ghp_1", "GITHUB_API_URL": "https://git.example.org/api/v3"}, api: "https://git.example.org/api/v3/", want: "ghp_1"},
		"gh, broken":                {hosts: "github.com: oauth_token: gho_secret\n", err: "set GITHUB_TOKEN instead"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("GH_CONFIG_DIR", dir)
			for _, name := range []string{"GITHUB_TOKEN", "GH_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "GITHUB_API_URL"} {
				t.Setenv(name, c.env[name])
			}
			if c.hosts != "" {
				if err := os.WriteFile(filepath.Join(dir, "hosts.yml"), []byte(c.hosts), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, err := githubToken(c.api)
			if got != c.want || (err == nil) != (c.err == "") {
				t.Fatalf("got %q, %v", got, err)
			}
			if err != nil && (!strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), "gho_")) {
				t.Errorf("error = %v", err)
			}
		})
	}
}
