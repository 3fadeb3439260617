package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// decodeDocument reads one of the JSON documents that a bundle describes itself with into v. Known is
// the format's name without a minor version: a document that has a minor version may have keys that
// are not known here, and they are passed over; any other document has none.
//
// It refuses what readers differ about: text that is not UTF-8, a key that is repeated or not
// lower-case, null, and anything after the value.
func decodeDocument(text []byte, known string, v any) error {
	if !utf8.Valid(text) {
		return errors.New("is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := checkValue(d, 0); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("has text after its end")
	}
	var head struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return err
	}
	if err := checkFormat(head.Format, known); err != nil {
		return err
	}
	d = json.NewDecoder(bytes.NewReader(text))
	if head.Format == known {
		d.DisallowUnknownFields()
	}
	return d.Decode(v)
}

// checkValue reads one value and returns an error for what decodeDocument refuses.
func checkValue(d *json.Decoder, depth int) error {
	const maxDepth = 16
	if depth > maxDepth {
		return fmt.Errorf("is nested deeper than %d levels", maxDepth)
	}
	token, err := d.Token()
	switch {
	case err == io.EOF:
		return io.ErrUnexpectedEOF
	case err != nil:
		return err
	case token == nil:
		return fmt.Errorf("has a null before byte %d", d.InputOffset())
	case token != json.Delim('{') && token != json.Delim('['):
		return nil
	}
	keys := make(map[string]bool)
	for d.More() {
		if token == json.Delim('{') {
			if err := checkKey(d, keys); err != nil {
				return err
			}
		}
		if err := checkValue(d, depth+1); err != nil {
			return err
		}
	}
	_, err = d.Token() // the closing bracket
	return err
}

// checkKey reads a key and adds it to those of its object.
func checkKey(d *json.Decoder, keys map[string]bool) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	key, _ := token.(string)
	notInKey := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' }
	if key == "" || strings.IndexFunc(key, notInKey) >= 0 {
		return fmt.Errorf("has the key %q: a key is made of a-z, 0-9 and '_'", key)
	}
	if keys[key] {
		return fmt.Errorf("has the key %q twice", key)
	}
	keys[key] = true
	return nil
}

// checkFormat returns an error unless format is known, or known and a minor version: ".1".
func checkFormat(format, known string) error {
	rest, ok := strings.CutPrefix(format, known)
	if ok && rest == "" {
		return nil
	}
	if minor, dotted := strings.CutPrefix(rest, "."); ok && dotted {
		if n, err := strconv.ParseUint(minor, 10, 31); err == nil && n > 0 && strconv.FormatUint(n, 10) == minor {
			return nil
		}
	}
	return fmt.Errorf("has the format %q where this program reads %q: a newer one may read it", format, known)
}

// encodeDocument returns v as JSON: keys in the order of the members, two spaces a level, a line end
// last, and no character escaped that need not be.
func encodeDocument(v any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	// Strings, integers and slices of them always encode, and a Buffer takes everything.
	_ = e.Encode(v)
	return out.Bytes()
}
