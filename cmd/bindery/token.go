package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v4"
)

// githubToken returns the token to log in to GitHub with: that of the environment which is meant for the API's
// host, or the one that gh keeps for it in its configuration. There may be none.
func githubToken(api string) (string, error) {
	for _, name := range tokenVariables(api) {
		if token := strings.TrimSpace(os.Getenv(name)); token != "" {
			return token, nil
		}
	}
	path := filepath.Join(ghFolder(), "hosts.yml")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read gh's configuration: %w", err)
	}
	var hosts map[string]struct {
		Token string `yaml:"oauth_token"`
	}
	if err := yaml.Unmarshal(text, &hosts); err != nil {
		// The parser's words may quote the token.
		return "", fmt.Errorf("read gh's configuration: %s is not as gh writes it: set GITHUB_TOKEN instead", path)
	}
	return hosts[ghHost(api)].Token, nil
}

// tokenVariables are the variables whose tokens are meant for an API. A token for github.com must not go to
// whatever server a command line that somebody copied names. So those for github.com are for it and for
// ghe.com, and for the server that GitHub Actions says it runs on; another has variables of its own. This is
// how gh has it: https://cli.github.com/manual/gh_help_environment.
func tokenVariables(api string) []string {
	host := strings.ToLower(ghHost(api))
	actions := os.Getenv("GITHUB_API_URL")
	if host == "github.com" || strings.HasSuffix(host, ".ghe.com") || actions != "" && ghHost(actions) == ghHost(api) {
		return []string{"GITHUB_TOKEN", "GH_TOKEN"}
	}
	return []string{"GITHUB_ENTERPRISE_TOKEN", "GH_ENTERPRISE_TOKEN"}
}

// ghHost is what gh calls the server of an API.
func ghHost(api string) string {
	u, err := url.Parse(api)
	if api == "" || err != nil {
		return "github.com"
	}
	return strings.TrimPrefix(u.Host, "api.")
}

// ghFolder is where gh keeps its configuration, as its documentation has it.
func ghFolder() string {
	if dir := os.Getenv("GH_CONFIG_DIR"); dir != "" {
		return dir
	}
	if dir := os.Getenv("XDG_CONFIG_HOME"); dir != "" {
		return filepath.Join(dir, "gh")
	}
	if dir := os.Getenv("AppData"); dir != "" && os.PathSeparator == '\\' {
		return filepath.Join(dir, "GitHub CLI")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "" // then there is no such file
	}
	return filepath.Join(home, ".config", "gh")
}
