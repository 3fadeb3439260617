package schema

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
)

// HubType returns the name that Hugging Face's library `datasets` has for the type of a field that is
// not nested: what it makes of the field's Parquet column.
func (f *Field) HubType() string {
	switch f.Type {
	case JSON:
		return "string"
	case Date:
		return "date32"
	case Time:
		if f.Unit == arrow.Millisecond {
			return "time32[ms]"
		}
		return fmt.Sprintf("time64[%s]", f.Unit)
	case Timestamp:
		if f.Zone == "" {
			return fmt.Sprintf("timestamp[%s]", f.Unit)
		}
		return fmt.Sprintf("timestamp[%s, tz=UTC]", f.Unit)
	case Decimal:
		return fmt.Sprintf("decimal128(%d, %d)", f.Precision, f.Scale)
	}
	return f.Type.String()
}
