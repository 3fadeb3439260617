package main

import (
	"fmt"
	"path/filepath"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

// A field is a declared field as peers are told of it; peers/job.py turns it into their words.
type field struct {
	Name   string  `json:"name"`
	Type   string  `json:"type"`
	Fields []field `json:"fields,omitempty"` // of a struct
	Items  *field  `json:"items,omitempty"`  // of a list
}

// declared reads the fields and the shards of a declaration.
func declared(path string) (fields []field, inputs []string, err error) {
	d, err := catalog.Load(path, catalog.LoadOptions{})
	if err != nil {
		return nil, nil, err
	}
	for _, shard := range d.Configs[0].Splits[0].Shards {
		inputs = append(inputs, filepath.Join(filepath.Dir(path), filepath.FromSlash(shard)))
	}
	fields, err = fieldsOf(d.Configs[0].Schema.Fields)
	return fields, inputs, err
}

func fieldsOf(of []*schema.Field) ([]field, error) {
	fields := make([]field, len(of))
	for i, f := range of {
		var err error
		if fields[i], err = fieldOf(f); err != nil {
			return nil, err
		}
	}
	return fields, nil
}

func fieldOf(f *schema.Field) (field, error) {
	switch f.Type {
	case schema.String, schema.Bool, schema.Int8, schema.Int32, schema.Int64, schema.Float64, schema.Date, schema.Timestamp:
		return field{Name: f.Name, Type: f.Type.String()}, nil
	case schema.Struct:
		within, err := fieldsOf(f.Fields)
		return field{Name: f.Name, Type: f.Type.String(), Fields: within}, err
	case schema.List:
		items, err := fieldOf(f.Items)
		return field{Name: f.Name, Type: f.Type.String(), Items: &items}, err
	}
	return field{}, fmt.Errorf("field %s: the peers are not told of the type %s", f.Path, f.Type)
}
