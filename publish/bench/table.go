package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// tables is the Markdown of what was measured: where, a table of each set, of larger ones and of what short
// commands took, and the floors.
func tables(m measured) string {
	var b strings.Builder
	whereText(&b, m.places())
	for _, s := range sets {
		setTable(&b, s, m.results)
	}
	if len(m.larger) > 0 {
		largerTable(&b, m)
	}
	if m.startup != nil {
		startupTable(&b, m.startup)
	}
	floorsTable(&b, m)
	return b.String()
}

// whereText says where all was measured: places that do not differ, of which some may have no peers.
func whereText(b *strings.Builder, places []place) {
	var dates []string
	p := places[0]
	for _, one := range places {
		dates = append(dates, one.Date)
		if len(p.Peers) == 0 {
			p.Peers = one.Peers
		}
	}
	slices.Sort(dates)
	fmt.Fprintf(b, "Measured on %s with %d cores of %s, %s: Bindery %s", strings.Join(slices.Compact(dates), ", "), p.Cores, p.CPU, p.System, p.Bindery)
	if v := p.versions(); v != "" {
		fmt.Fprintf(b, "; %s", v)
	}
	b.WriteString(".\n")
}

// setTable writes the table of a set in all forms that were measured.
func setTable(b *strings.Builder, s set, results []*result) {
	results = slices.DeleteFunc(slices.Clone(results), func(r *result) bool { return r.Set != s.name })
	if len(results) == 0 {
		return
	}
	fmt.Fprintf(b, "\n### %s\n\n%s: ", s.name, s.title)
	if n := results[0].Records; n > 0 {
		fmt.Fprintf(b, "%s records, which every tool wrote alike", grouped(n))
	} else {
		b.WriteString("what the tools wrote was not compared")
	}
	b.WriteString(". Shards:")
	for i, r := range results {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(b, " %s %.0f MB", r.Form, float64(r.Stored)/1e6)
	}
	fmt.Fprintf(b, ". Rounds: %s. Other programs took %s of the processors while tools ran.\n",
		each(results, (*result).rounds), each(results, (*result).others))
	b.WriteString("\n| form | tool | wall s | CPU s | peak MB | output MB | wall × | CPU × | peak × | output × |\n")
	b.WriteString("| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |\n")
	for _, r := range results {
		for _, t := range r.Tools {
			toolRow(b, r, &t)
		}
	}
}

// each lists what there is to say of each of the results.
func each(results []*result, say func(*result) string) string {
	list := make([]string, len(results))
	for i, r := range results {
		list[i] = say(r)
	}
	return strings.Join(list, ", ")
}

func toolRow(b *strings.Builder, r *result, t *toolResult) {
	about, _ := toolNamed(t.Name)
	if t.Cannot != "" {
		fmt.Fprintf(b, "| %s | %s | cannot: %s | | | | | | | |\n", r.Form, about.label, cell(t.Cannot))
		return
	}
	fmt.Fprintf(b, "| %s | %s | %s |", r.Form, about.label, medians(t))
	rival := r.rival(about.oneCore)
	for _, of := range []measurement{wall, cpu, peak} {
		ratioCell(b, t, rival, of)
	}
	if about.writes() {
		ratioCell(b, t, r.tool("duckdb"), size)
	} else {
		b.WriteString(" |")
	}
	b.WriteString("\n")
}

func ratioCell(b *strings.Builder, t, to *toolResult, of measurement) {
	if to == nil {
		b.WriteString(" |")
		return
	}
	fmt.Fprintf(b, " %.2f |", t.ratio(to, of))
}

// rival is the fastest peer on as many cores.
func (r *result) rival(oneCore bool) *toolResult {
	var names []string
	for _, t := range tools {
		if t.peer() && t.oneCore == oneCore {
			names = append(names, t.name)
		}
	}
	return r.fastest(names...)
}

// medians are the cells of what was measured.
func medians(t *toolResult) string {
	output := ""
	if bytes := t.median(size); bytes > 0 {
		output = fmt.Sprintf("%.1f", bytes/1e6)
	}
	return fmt.Sprintf("%.2f | %.2f | %.0f | %s", t.median(wall), t.median(cpu), t.median(peak)/1e6, output)
}

func largerTable(b *strings.Builder, m measured) {
	b.WriteString("\n### Larger sets\n\n| set | tool | wall s | CPU s | peak MB | output MB |\n| --- | --- | --: | --: | --: | --: |\n")
	for _, l := range m.larger {
		cells := medians(&toolResult{Samples: []sample{l.Sample}})
		fmt.Fprintf(b, "| %s, %d times | **Bindery build** | %s |\n", l.Set, l.Times, cells)
	}
}

func startupTable(b *strings.Builder, s *startup) {
	b.WriteString("\n### Start-up\n\n| command | wall ms | CPU ms | peak MB |\n| --- | --: | --: | --: |\n")
	for _, t := range s.Tools {
		fmt.Fprintf(b, "| %s | %.0f | %.0f | %.0f |\n", t.Name, t.median(wall)*1e3, t.median(cpu)*1e3, t.median(peak)/1e6)
	}
}

func floorsTable(b *strings.Builder, m measured) {
	var floors []floor
	for _, r := range m.results {
		floors = append(floors, floorsOf(r)...)
	}
	for _, l := range m.larger {
		floors = append(floors, floorOfLarger(l, m.build(l.Set)))
	}
	b.WriteString("\n### Floors\n\n| set | form | what | floor | reached | met |\n| --- | --- | --- | --: | --: | --- |\n")
	for _, f := range floors {
		reached, met := "", "not measured"
		switch {
		case f.measured && f.met():
			reached, met = f.text(f.reached), "yes"
		case f.measured:
			reached, met = f.text(f.reached), "**no**"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", f.set, f.form, f.what, f.text(f.limit), reached, met)
	}
}

func (f floor) text(value float64) string {
	if f.unit != "" {
		return fmt.Sprintf("%.0f%s", value, f.unit)
	}
	return fmt.Sprintf("%.2f", value)
}

// cell makes a text from elsewhere fit into a cell of a table.
func cell(s string) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) > 120 {
		runes = append(runes[:119], '…')
	}
	return "`" + strings.NewReplacer("|", "¦", "`", "'").Replace(string(runes)) + "`"
}

// grouped writes a number with commas between thousands.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
