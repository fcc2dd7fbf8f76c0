package vault

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/gcerrors"

	"yingbi/internal/durable"
)

// files is the bucket that holds the vault, with the durability that fileblob
// leaves out. Keys are folder/file.
type files struct {
	dir    string
	bucket *blob.Bucket
}

func openFiles(dir string) (*files, error) {
	if err := durable.MakeFolder(dir); err != nil {
		return nil, err
	}
	// Temporary files stay beside their targets, inside the domain's folder, and
	// there are no files of attributes.
	bucket, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true, Metadata: fileblob.MetadataDontWrite, DirFileMode: 0o700})
	if err != nil {
		return nil, err
	}
	return &files{dir: dir, bucket: bucket}, nil
}

// fileWriter writes one file, which has its name only after publish.
type fileWriter struct {
	*blob.Writer
	file   *os.File
	cancel context.CancelFunc
}

func (f *files) create(ctx context.Context, key string) (*fileWriter, error) {
	ctx, cancel := context.WithCancel(ctx)
	w := &fileWriter{cancel: cancel}
	options := &blob.WriterOptions{DisableContentTypeDetection: true, BeforeWrite: func(as func(any) bool) error {
		if !as(&w.file) {
			return errors.New("vault: the storage gives no files")
		}
		return w.file.Chmod(0o600)
	}}
	var err error
	if w.Writer, err = f.bucket.NewWriter(ctx, key, options); err != nil {
		cancel()
		return nil, durable.Explain(err)
	}
	return w, nil
}

func (w *fileWriter) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	return n, durable.Explain(err)
}

// publish makes the bytes durable and gives the file its name. The folder must be
// synced after it.
func (w *fileWriter) publish() error {
	defer w.cancel()
	if err := w.file.Sync(); err != nil {
		w.discard()
		return durable.Explain(err)
	}
	return durable.Explain(w.Writer.Close())
}

// discard removes what was written.
func (w *fileWriter) discard() {
	w.cancel()
	w.Writer.Close() // removes the temporary file and reports the cancelling
}

// write makes a small file durable, replacing one of that name as a whole.
func (f *files) write(ctx context.Context, key string, b []byte) error {
	w, err := f.create(ctx, key)
	if err != nil {
		return err
	}
	if _, err := w.Write(b); err != nil {
		w.discard()
		return err
	}
	if err := w.publish(); err != nil {
		return err
	}
	return f.syncFolder(path.Dir(key))
}

// syncFolder makes names in a folder durable; "" is the vault's own.
func (f *files) syncFolder(folder string) error {
	return durable.SyncFolder(filepath.Join(f.dir, folder))
}

// errMissing says that a file is not there, or is none that the vault wrote.
var errMissing = errors.New("vault: no such file")

// read reads a small file of at most limit bytes.
func (f *files) read(ctx context.Context, key string, limit int64) ([]byte, error) {
	o, err := f.open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	if o.reader.Size() > limit {
		return nil, errMissing
	}
	return io.ReadAll(io.LimitReader(o.File, limit))
}

// openFile is a file open for reading at any place.
type openFile struct {
	*os.File
	reader *blob.Reader
}

func (f *files) open(ctx context.Context, key string) (*openFile, error) {
	o := new(openFile)
	var err error
	o.reader, err = f.bucket.NewReader(ctx, key, &blob.ReaderOptions{BeforeRead: func(as func(any) bool) error {
		if !as(&o.File) {
			return errors.New("vault: the storage gives no files")
		}
		return nil
	}})
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, errMissing
	}
	return o, err
}

// Close closes the file, which the reader owns.
func (o *openFile) Close() error { return o.reader.Close() }

// folders gives the names of all folders. Listing goes past the bucket, whose own
// fails when a writer renames a file meanwhile.
func (f *files) folders() (names []string, err error) {
	entries, err := os.ReadDir(f.dir)
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// list gives the files of a folder and their sizes; none where it is missing.
func (f *files) list(folder string) (map[string]int64, error) {
	entries, err := os.ReadDir(filepath.Join(f.dir, folder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	sizes := map[string]int64{}
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // renamed or removed since
		}
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			sizes[e.Name()] = info.Size()
		}
	}
	return sizes, nil
}

func (f *files) remove(ctx context.Context, key string) error { return f.bucket.Delete(ctx, key) }
