package publish

import (
	"bufio"
	"errors"
	"fmt"
	"os"
)

// A spillFile is a temporary file of what is too much for memory. It is made when it is first written to.
type spillFile struct {
	dir    string // empty means the system's folder for temporary files
	buffer int    // bytes between memory and file, which stay until the file is closed
	file   *os.File
	size   int64 // of what was written, which its writers count
	out    *bufio.Writer
	// name is of a file that is still to be removed.
	name string
}

// spillBuffer is the size of the buffers between memory and file, where much is held in memory before it is spilled.
const spillBuffer = 256 << 10

// newSpillFile returns a file for what holds so many bytes in memory: with an eighth of it as a buffer, as far as that
// is worth while, since there may be a file for each of many fields.
func newSpillFile(dir string, budget int64) spillFile {
	return spillFile{dir: dir, buffer: int(min(max(budget/8, 4<<10), spillBuffer))}
}

// writer returns the writer to the end of the file, which whoever uses it flushes. A system that lets an open file go
// without a name has it lose its name at once, so that nothing is left of it however the process ends.
func (s *spillFile) writer() (*bufio.Writer, error) {
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "bindery-keys-*")
		if err != nil {
			return nil, s.fail(err)
		}
		s.file = f
		s.out = bufio.NewWriterSize(f, s.buffer)
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
