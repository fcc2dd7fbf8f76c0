package audit

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"yingbi/crypto"
	"yingbi/internal/durable"
	"yingbi/internal/fault"

	"golang.org/x/mod/sumdb/note"
)

// Report is what Verify found.
type Report struct {
	Records     uint64        // whole records in the log
	Covered     uint64        // of these, covered by a signature
	Uncovered   uint64        // of these, after the newest checkpoint: whoever can write the folder could have changed them
	Pending     uint64        // intents without an outcome
	Torn        int64         // bytes at the end that are no whole write
	Root        crypto.Digest // over all records
	First, Last time.Time     // of the first and last record; zero in an empty log
	Backward    uint64        // records whose clock was more than a minute behind one before them
}

// Verify recomputes a log folder from its first byte, with the public key alone.
// The error is nil only if every byte of the checkpoint and of every record
// that it covers is as it was signed, and everything after it is well-formed.
//
// since, if not nil, is a checkpoint of the same log that was kept elsewhere: the
// log must begin with the very records that it covers. Cosigners are witnesses
// whose signatures a checkpoint may bear; it may bear no others.
//
// A torn tail behind the checkpoint is an error that says so, and Report.Torn
// tells it from tampering: a write was cut short, and Open will remove it.
func Verify(dir string, v note.Verifier, since []byte, cosigners ...note.Verifier) (Report, error) {
	return Scan(dir, v, since, nil, cosigners...)
}

// Scan is Verify that shows each record to visit, if it is not nil, as it comes:
// what visit gathers counts only if Scan gives no error. An error of visit ends it.
func Scan(dir string, v note.Verifier, since []byte, visit func(index uint64, r Record) error, cosigners ...note.Verifier) (Report, error) {
	newest, err := readCheckpoint(dir, v, cosigners...)
	if err != nil {
		return Report{}, unreadable(dir, err)
	}
	known := []checkpoint{newest}
	if since != nil {
		c, err := openCheckpoint(since, v, cosigners...)
		if err != nil {
			return Report{}, fault.New(fault.Integrity, "the checkpoint that was kept elsewhere is damaged, or signed by another key")
		}
		known = append(known, c)
	}
	f, err := os.Open(filepath.Join(dir, logName))
	if err != nil {
		return Report{}, unreadable(dir, err)
	}
	defer f.Close()
	return scan(f, known, visit)
}

// slack is how far clocks of records that were made at the same time may differ.
const slack = time.Minute

func scan(f *os.File, known []checkpoint, visit func(uint64, Record) error) (Report, error) {
	var report Report
	var latest time.Time
	w := follower{tree: newTree(false), pending: pending{}, known: known}
	w.visit = func(_ line, r Record) error {
		if report.First.IsZero() {
			report.First = r.Time
		}
		report.Last = r.Time
		if r.Time.Before(latest.Add(-slack)) {
			report.Backward++
		} else if r.Time.After(latest) {
			latest = r.Time
		}
		if visit == nil {
			return nil
		}
		return visit(w.tree.size(), r)
	}
	found, err := w.follow(f)
	if err != nil {
		return Report{}, err
	}
	for _, c := range known {
		report.Covered = max(report.Covered, c.size)
	}
	report.Records, report.Root = w.tree.size(), w.tree.root()
	report.Uncovered = report.Records - report.Covered
	report.Pending = uint64(len(w.pending))
	if !found.torn {
		return report, nil
	}
	size, err := f.Seek(0, io.SeekEnd)
	report.Torn = size - found.end
	if err != nil {
		return report, err
	}
	return report, fault.Errorf(fault.Integrity, "the last %d bytes of the audit log, behind its checkpoint of %d records, are no whole record: a write was cut short or is under way, or they were altered; start the domain once to remove them, then verify again", report.Torn, report.Covered)
}

// Export copies the log up to its checkpoint, and the checkpoint, into the new
// or empty folder out, for an auditor to take away. It needs no key, and may run
// while the log is open. It gives the number of records.
func Export(dir, out string) (uint64, error) {
	signed, err := os.ReadFile(filepath.Join(dir, checkpointName))
	if err != nil {
		return 0, unreadable(dir, err)
	}
	c, err := unverified(signed)
	if err != nil {
		return 0, err
	}
	from, err := os.Open(filepath.Join(dir, logName))
	if err != nil {
		return 0, unreadable(dir, err)
	}
	defer from.Close()
	if err := emptyFolder(out); err != nil {
		return 0, err
	}
	if err := copyRecords(out, from, c); err != nil {
		return 0, err
	}
	return c.size, durable.WriteFile(out, checkpointName, signed)
}

// unverified reads a checkpoint without its key.
func unverified(signed []byte) (checkpoint, error) {
	_, err := note.Open(signed, nil)
	var unknown *note.UnverifiedNoteError
	if !errors.As(err, &unknown) {
		return checkpoint{}, errCheckpoint
	}
	text := unknown.Note.Text
	origin, _, _ := bytes.Cut([]byte(text), []byte("\n"))
	return parseBody(text, string(origin), signed)
}

// copyRecords writes the first c.size records as out/log if they match c.
func copyRecords(out string, from io.Reader, c checkpoint) error {
	to, err := os.OpenFile(filepath.Join(out, logName), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer to.Close()
	w := bufio.NewWriter(to)
	w.WriteString(header) // a bufio.Writer remembers its first error until Flush
	f := follower{tree: newTree(false), pending: pending{}, known: []checkpoint{c}}
	f.visit = func(l line, _ Record) error {
		if f.tree.size() == c.size {
			return errEnough
		}
		w.Write(appendLine(nil, l.mark, l.leaf, l.record))
		return nil
	}
	if _, err := f.follow(from); err != nil && !errors.Is(err, errEnough) {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return to.Sync()
}

var errEnough = errors.New("all records that the checkpoint covers were read")

func emptyFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	names, err := os.ReadDir(dir)
	if err == nil && len(names) > 0 {
		return fault.Errorf(fault.Conflict, "%s is not empty: name a new folder for the audit log", dir)
	}
	return err
}

func readCheckpoint(dir string, v note.Verifier, cosigners ...note.Verifier) (checkpoint, error) {
	signed, err := os.ReadFile(filepath.Join(dir, checkpointName))
	if err != nil {
		return checkpoint{}, err
	}
	return openCheckpoint(signed, v, cosigners...)
}

// unreadable tells a folder that is no log from a log that lost one of its files.
func unreadable(dir string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, name := range []string{logName, checkpointName} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return fault.Errorf(fault.Integrity, "the audit log is incomplete: of the files log and checkpoint only %s is here", name)
		}
	}
	return fault.Errorf(fault.NotFound, "there is no audit log in %s: a folder with the files log and checkpoint was expected", dir)
}
