package github

import (
	"regexp"
	"strings"
	"unicode/utf16"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

// text returns the text of a release: its notes, as many of them as there is room for, and the marker.
func text(r target.Release) string {
	m := r.Manifest
	notes := strings.TrimSpace(strings.ToValidUTF8(r.Notes, "\uFFFD"))
	if notes == "" {
		notes = "# " + m.Title
	}
	// Whatever the notes say, they are not taken for the marker.
	notes = strings.ReplaceAll(notes, strings.TrimSpace(markerStart), "&lt;!-- bindery:")
	const fence = "\n```"
	const continued = "\n\n(cut short: the whole card is README.md below)"
	end := "\n\n" + marker{Name: m.Name, Version: m.Version, Manifest: r.Digest()}.String() + "\n"
	if room := MaxText - length(end); length(notes) > room {
		notes = cut(notes, room-length(continued)-length(fence)) // and what it left open
		if fences := fenceLine.FindAllString(notes, -1); len(fences)%2 == 1 {
			notes += fence
		}
		notes += continued
	}
	return notes + end
}

var fenceLine = regexp.MustCompile("(?m)^ {0,3}```")

// withdrawnText returns the text of a release that was withdrawn.
func withdrawnText(w catalog.Withdrawal, manifest string) string {
	m := marker{Name: w.Name, Version: w.Version, Manifest: manifest}
	return "**Withdrawn on " + w.Date + ".** The files of this release were deleted. The reason given:\n\n" +
		quoted(w.Reason) + "\n\n" + m.String() + "\n"
}

// quoted returns a line of anybody's text as a block of Markdown in which nothing has a meaning.
func quoted(line string) string {
	fence := "```"
	for strings.Contains(line, fence) {
		fence += "`"
	}
	return fence + "text\n" + line + "\n" + fence
}

// length counts as UTF-16 does, which is as many characters as anybody could count, or more.
func length(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// cut returns the beginning of s, whole lines of it, within a length.
func cut(s string, room int) string {
	at, line := 0, 0
	for i, r := range s {
		if room -= max(utf16.RuneLen(r), 1); room < 0 {
			break
		}
		at = i + len(string(r))
		if r == '\n' {
			line = i
		}
	}
	if line > 0 {
		at = line
	}
	return s[:at]
}
