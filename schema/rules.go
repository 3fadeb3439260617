package schema

// Rules returns the field's constraints as a declaration writes them: "min_length = 3".
func (f *Field) Rules() []string {
	var texts []string
	for _, r := range rulesOf(f) {
		texts = append(texts, r.text)
	}
	if f.Unique {
		texts = append(texts, "unique = true")
	}
	return texts
}
