package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"github.com/bindery-data/bindery/publish"
)

// pageHead begins the page. Its policy lets nothing run and nothing be fetched: pictures are in the page.
const pageHead = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>%s</title>
<style>
:root { color-scheme: light dark; --line: #d0d7de; --pale: #f6f8fa; --link: #0969da }
@media (prefers-color-scheme: dark) { :root { --line: #30363d; --pale: #161b22; --link: #4493f8 } body { background: #0d1117; color: #e6edf3 } }
body { max-width: 54rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif }
h1, h2 { padding-bottom: .3em; border-bottom: 1px solid var(--line) }
a { color: var(--link) }
pre { padding: 1rem; overflow: auto; background: var(--pale); border-radius: 6px }
code { padding: .1em .3em; background: var(--pale); border-radius: 4px; font-size: 85%% }
pre code { padding: 0 }
table { border-collapse: collapse; display: block; overflow: auto }
th, td { padding: .35rem .8rem; border: 1px solid var(--line); vertical-align: top }
blockquote { margin: 0; padding: 0 1em; border-left: .25em solid var(--line) }
img { max-width: 100%% }
</style>
</head>
<body>
`

// cardPage returns the card as a web page that stands by itself. HTML in the Markdown is left out, and so
// are addresses that run something and pictures from elsewhere.
func cardPage(p *publish.Preview) ([]byte, error) {
	source := withoutHeader(p.Text)
	pictures := make(pictures)
	for _, plot := range p.Plots {
		pictures[plot.Name] = base64.StdEncoding.EncodeToString(plot.SVG)
	}
	show := goldmark.New(goldmark.WithExtensions(extension.GFM),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(pictures, 100))))
	var b bytes.Buffer
	fmt.Fprintf(&b, pageHead, html.EscapeString(p.Bundle.Manifest.Name+" "+p.Bundle.Manifest.Version))
	if err := show.Convert(source, &b); err != nil {
		return nil, fmt.Errorf("making the page: %w", err)
	}
	b.WriteString("</body>\n</html>\n")
	return b.Bytes(), nil
}

// pictures are the plots that a page has in itself, in base64, by their names.
type pictures map[string]string

// RegisterFuncs implements renderer.NodeRenderer.
func (ps pictures) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindImage, ps.render)
}

func (ps pictures) render(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	image := n.(*ast.Image)
	words := html.EscapeString(strings.TrimSpace(terminal{source}.inline(n)))
	var err error
	if picture, ours := ps[string(image.Destination)]; ours {
		_, err = fmt.Fprintf(w, `<img src="data:image/svg+xml;base64,%s" alt="%s">`, picture, words)
	} else {
		_, err = fmt.Fprintf(w, "[picture: %s]", words)
	}
	return ast.WalkSkipChildren, err
}

// withoutHeader returns a card without its YAML header.
func withoutHeader(card []byte) []byte {
	if rest, ok := bytes.CutPrefix(card, []byte("---\n")); ok {
		if _, body, ok := bytes.Cut(rest, []byte("\n---\n")); ok {
			return body
		}
	}
	return card
}

// browserTime is how long an opener may take to fail. Where no browser runs yet, it may be the browser
// itself, and end when its window is closed.
var browserTime = 5 * time.Second

// openPage writes the card's page to a temporary file, which stays, and shows it in a browser.
func openPage(ctx context.Context, p *publish.Preview) (string, error) {
	page, err := cardPage(p)
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp("", "bindery-card-*.html")
	if err != nil {
		return "", fmt.Errorf("write the card's page: %w", err)
	}
	_, err = f.Write(page)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("write the card's page: %w", err)
	}
	opener := browser(f.Name())
	if err := start(ctx, exec.Command(opener[0], opener[1:]...)); err != nil {
		return "", fmt.Errorf("no browser could be started (%w): open %s yourself", err, f.Name())
	}
	return f.Name(), nil
}

// start starts a command, and returns how it failed if it does so within browserTime.
func start(ctx context.Context, c *exec.Cmd) error {
	if err := c.Start(); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	select {
	case err := <-done:
		return err
	case <-time.After(browserTime):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// browser returns the command that shows a file in the browser of the system.
func browser(file string) []string {
	switch runtime.GOOS {
	case "darwin":
		return []string{"open", file}
	case "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler", file}
	}
	return []string{"xdg-open", file}
}
