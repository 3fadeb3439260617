package publish

import (
	"bufio"
	"errors"
	"fmt"
	"os"
)

// A spillFile is a temporary file of what is too much for memory. It is made when it is first written to.
type spillFile struct {
	dir  string // empty means the system's folder for temporary files
	file *os.File
	size int64 // of what was written, which its writers count
	out  *bufio.Writer
	// name is of a file that is still to be removed.
	name string
}

// spillBuffer is the size of the buffers between memory and file.
const spillBuffer = 256 << 10

// writer returns the writer to the end of the file, which whoever uses it flushes. A system that lets an open file go
// without a name has it lose its name at once, so that nothing is left of it however the process ends.
func (s *spillFile) writer() (*bufio.Writer, error) {
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "bindery-keys-*")
		if err != nil {
			return nil, s.fail(err)
		}
		s.file = f
		s.out = bufio.NewWriterSize(f, spillBuffer)
		if os.Remove(f.Name()) != nil {
			s.name = f.Name()
		}
	}
	return s.out, nil
}

func (s *spillFile) fail(err error) error {
	return fmt.Errorf("keeping keys in a temporary file: %w", err)
}

// close removes the file.
func (s *spillFile) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if s.name != "" {
		err = errors.Join(err, os.Remove(s.name))
	}
	s.file, s.out = nil, nil
	return err
}
