package record

import (
	"context"
	"errors"
	"io"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/record/seal"
)

// store is one session's sealed objects.
type store struct {
	bucket *blob.Bucket
	keys   Keys
	meta   Meta
	sealer *seal.Sealer // nil for a store that is only read
}

func openStore(ctx context.Context, bucket *blob.Bucket, keys Keys, meta Meta) (*store, error) {
	if err := meta.check(); err != nil {
		return nil, err
	}
	sealer, err := seal.NewSealer(ctx, keys)
	if err != nil {
		return nil, storageError(err)
	}
	return &store{bucket: bucket, keys: keys, meta: meta, sealer: sealer}, nil
}

func (s *store) name(key string) seal.Name { return seal.Name{Company: s.meta.Company, Object: key} }

// write makes an object of what fill writes. It appears whole or not at all.
func (s *store) write(ctx context.Context, key string, fill func(io.Writer) error) error {
	ctx, abort := context.WithCancel(ctx)
	defer abort()
	w, err := s.bucket.NewWriter(ctx, key, &blob.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return err
	}
	err = s.fill(w, key, fill)
	if err != nil {
		abort() // before Close: the store forgets what it has got
	}
	return errors.Join(err, w.Close())
}

func (s *store) fill(w io.Writer, key string, fill func(io.Writer) error) error {
	sealed, err := s.sealer.NewWriter(w, s.name(key))
	if err != nil {
		return err
	}
	if err := fill(sealed); err != nil {
		return err
	}
	return sealed.Close()
}

func (s *store) writeAll(ctx context.Context, key string, data []byte) error {
	return s.write(ctx, key, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// open reads the head of an object and checks its length; ctx lives as long as the reader.
func (s *store) open(ctx context.Context, key string) (*seal.Reader, error) {
	attrs, err := s.bucket.Attributes(ctx, key)
	if err != nil {
		return nil, err
	}
	return seal.NewReader(ctx, s.keys, &blobRanges{ctx: ctx, bucket: s.bucket, key: key}, attrs.Size, s.name(key))
}

func (s *store) readAll(ctx context.Context, key string) ([]byte, error) {
	r, err := s.open(ctx, key)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// list returns the keys below prefix, in order.
func (s *store) list(ctx context.Context, prefix string) ([]string, error) {
	var keys []string
	for it := s.bucket.List(&blob.ListOptions{Prefix: prefix}); ; {
		obj, err := it.Next(ctx)
		if errors.Is(err, io.EOF) {
			return keys, nil
		}
		if err != nil {
			return nil, err
		}
		keys = append(keys, obj.Key)
	}
}

// deleteAll deletes the recording's objects for which unwanted is true.
func (s *store) deleteAll(ctx context.Context, unwanted func(key string) bool) error {
	keys, err := s.list(ctx, s.meta.prefix())
	if err != nil {
		return err
	}
	for _, key := range keys {
		if !unwanted(key) {
			continue
		}
		if err := s.bucket.Delete(ctx, key); err != nil && !missing(err) {
			return err
		}
	}
	return nil
}

func missing(err error) bool { return gcerrors.Code(err) == gcerrors.NotFound }

func storageError(err error) error {
	if err == nil {
		return nil
	}
	return &cobrowse.Error{Code: cobrowse.CodeUnavailable, Reason: "recording_storage",
		Detail: "the recordings' store did not do what was asked", Err: err}
}

// blobRanges reads an object by range requests.
type blobRanges struct {
	ctx    context.Context
	bucket *blob.Bucket
	key    string
}

func (b *blobRanges) ReadAt(p []byte, off int64) (int, error) {
	r, err := b.bucket.NewRangeReader(b.ctx, b.key, off, int64(len(p)), nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = r.Close() }()
	return io.ReadFull(r, p)
}
