package disk

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// beginner returns a behind's begin for f, which is empty; nil where the system, the file system or a sandbox has none.
// That is asked now, since an error of the disk is told once, and could be taken for that later.
//
// An fsync that is left running holds one of Go's processors until the scheduler sees that it waits, for up to 10 ms:
// with two of them, a build took 2 % longer.
func beginner(f *os.File) func() error {
	begin := func() error {
		raw, err := f.SyscallConn()
		if err != nil {
			return err
		}
		var failed error
		err = raw.Control(func(fd uintptr) { failed = syncFileRange(int(fd)) })
		if err == nil && failed != nil {
			err = &os.PathError{Op: "sync_file_range", Path: f.Name(), Err: failed}
		}
		return err
	}
	if begin() != nil {
		return nil
	}
	return begin
}

// syncFileRange waits for what is on its way to the disk, and sends what is not.
func syncFileRange(fd int) error {
	for {
		err := unix.SyncFileRange(fd, 0, 0, unix.SYNC_FILE_RANGE_WAIT_BEFORE|unix.SYNC_FILE_RANGE_WRITE)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
