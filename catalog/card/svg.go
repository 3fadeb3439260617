package card

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// A plot is a small picture, three to a row on a wide page. Its colours are of middle lightness, so that
// it can be read on a light page and on a dark one; a picture cannot know which of the two shows it. It
// is made of rectangles, lines and text alone, which GitHub and the Hub let pass.
const (
	plotWidth  = 272
	plotHeight = 176
	margin     = 12
	top        = 54.0 // of the chart
	bottom     = 150.0

	inkColor   = "#768390" // text
	titleColor = "#57869f" // the field's name
	barColor   = "#4a90d9"
	paleColor  = "#8b949e" // lines and tracks
	markColor  = "#d9822b" // the median
	fontFamily = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif"
)

// A drawing is an SVG picture in the making.
type drawing struct{ b strings.Builder }

func (d *drawing) add(format string, args ...any) { fmt.Fprintf(&d.b, format+"\n", args...) }

// text adds a line of text, cut to what has room in so many pixels.
func (d *drawing) text(x, y float64, room float64, anchor, color string, size float64, weight, s string) {
	d.add(`<text x="%s" y="%s" text-anchor="%s" fill="%s" font-size="%s" font-weight="%s">%s</text>`,
		px(x), px(y), anchor, color, px(size), weight, escapeXML(fit(s, room, size)))
}

func (d *drawing) rect(x, y, w, h float64, color, more string) {
	d.add(`<rect x="%s" y="%s" width="%s" height="%s" fill="%s"%s/>`, px(x), px(y), px(w), px(h), color, more)
}

func (d *drawing) line(x1, y1, x2, y2 float64, color, more string) {
	d.add(`<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s"%s/>`, px(x1), px(y1), px(x2), px(y2), color, more)
}

// px writes a length in pixels, with at most one digit after the point.
func px(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}

// draw returns the chart as an SVG document.
func (c chart) draw() []byte {
	d := &drawing{}
	d.add(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" font-family="%s">`,
		plotWidth, plotHeight, plotWidth, plotHeight, fontFamily)
	d.add(`<title>%s</title>`, escapeXML(oneLine(c.field)))
	d.add(`<desc>%s</desc>`, escapeXML(oneLine(c.words)))
	d.add(`<rect x="0.5" y="0.5" width="%d" height="%d" rx="6" fill="none" stroke="%s" stroke-opacity="0.35"/>`,
		plotWidth-1, plotHeight-1, paleColor)
	d.text(margin, 22, plotWidth-2*margin, "start", titleColor, 13, "600", oneLine(c.field))
	d.text(margin, 39, plotWidth-2*margin, "start", inkColor, 11, "400", oneLine(c.subtitle))
	if c.horizontal {
		c.drawBars(d)
	} else {
		c.drawHistogram(d)
	}
	d.add(`</svg>`)
	return []byte(d.b.String())
}

// drawBars draws a bar for each value, as long as its share of all values.
func (c chart) drawBars(d *drawing) {
	const (
		labelRoom = 96.0
		shareRoom = 42.0
		x0        = margin + labelRoom + 6
		x1        = plotWidth - margin - shareRoom - 4
	)
	var most int64 = 1
	for _, b := range c.bars {
		most = max(most, b.count)
	}
	step := min(22.0, (bottom+14-top)/float64(len(c.bars)+1))
	y := top
	for _, b := range c.bars {
		d.text(x0-6, y+step/2+4, labelRoom, "end", inkColor, 11, "400", b.label)
		d.rect(x0, y+2, x1-x0, step-5, paleColor, ` fill-opacity="0.15" rx="2"`)
		if b.count > 0 {
			d.rect(x0, y+2, max(1, (x1-x0)*float64(b.count)/float64(most)), step-5, barColor, ` rx="2"`)
		}
		d.text(plotWidth-margin, y+step/2+4, shareRoom+8, "end", inkColor, 11, "400", b.share)
		y += step
	}
	if c.rest != "" {
		d.text(plotWidth-margin, y+step/2+4, plotWidth-2*margin, "end", inkColor, 10, "400", c.rest)
	}
}

// drawHistogram draws the bins of a histogram equally wide, with the outer edges written below them.
func (c chart) drawHistogram(d *drawing) {
	const x0, x1 = float64(margin), float64(plotWidth - margin)
	most := slices.Max(c.counts)
	w := (x1 - x0) / float64(len(c.counts))
	gap := min(1.5, w/4)
	for i, n := range c.counts {
		if n == 0 {
			continue
		}
		h := max(1, (bottom-top-8)*float64(n)/float64(most))
		d.rect(x0+float64(i)*w+gap/2, bottom-h, w-gap, h, barColor, ` rx="1"`)
	}
	d.line(x0, bottom+0.5, x1, bottom+0.5, paleColor, ` stroke-opacity="0.6"`)
	if c.middle >= 0 {
		x := x0 + c.middle*(x1-x0)
		d.line(x, top+3, x, bottom, markColor, ` stroke-width="1.5" stroke-dasharray="3 2"`)
	}
	d.text(x0, bottom+15, 84, "start", inkColor, 10, "400", c.low)
	d.text(x1, bottom+15, 84, "end", inkColor, 10, "400", c.high)
	if c.rest != "" {
		d.text(plotWidth/2, bottom+15, 110, "middle", markColor, 10, "400", c.rest)
	}
	note := c.highestLabel
	if c.logarithmic {
		note += ", log scale"
	}
	d.text(x1, top-4, x1-x0, "end", paleColor, 9, "400", note)
}

// escapeXML returns s as text in XML; it has no control characters.
func escapeXML(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;").Replace(s)
}

// fit cuts s to what has room in so many pixels, as far as can be told without the font.
func fit(s string, room, size float64) string {
	if textWidth(s, size) <= room {
		return s
	}
	room -= textWidth("…", size)
	used := 0.0
	for i, r := range s {
		if used += runeWidth(r) * size; used > room {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}

func textWidth(s string, size float64) float64 {
	w := 0.0
	for _, r := range s {
		w += runeWidth(r)
	}
	return w * size
}

// runeWidth estimates how wide a character is, for a font of size 1, and rather too wide.
func runeWidth(r rune) float64 {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case strings.ContainsRune("ijl.,:;'|!I ", r):
		return 0.32
	case strings.ContainsRune("mwMW@%…", r):
		return 0.95
	case r < 0x250 && unicode.IsUpper(r):
		return 0.7
	case r < 0x250:
		return 0.58
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 1.05
	}
	return 0.8
}
