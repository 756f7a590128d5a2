package record

import (
	"context"
	"encoding/json"
	"io"
	"strings"

	"gocloud.dev/blob"

	"cobrowse-connector/cobrowse/record/seal"
)

// OpenVideo opens one of a recording's videos (Recording.VideoKey or Videos[i].Key) and returns its size. It reads by
// ranges, as http.ServeContent does; ctx lives as long as the reader.
func OpenVideo(ctx context.Context, bucket *blob.Bucket, keys Keys, meta Meta, key string) (io.ReadSeekCloser, int64, error) {
	s := &store{bucket: bucket, keys: keys, meta: meta}
	if err := meta.check(); err != nil {
		return nil, 0, err
	}
	if !strings.HasPrefix(key, meta.prefix()+"video-") {
		return nil, 0, notFound()
	}
	ctx, cancel := context.WithCancel(ctx)
	r, err := s.open(ctx, key)
	if err != nil {
		cancel()
		return nil, 0, readError(err)
	}
	return video{r, cancel}, r.Size(), nil
}

type video struct {
	*seal.Reader
	cancel context.CancelFunc
}

func (v video) Close() error {
	v.cancel()
	return nil
}

// ReadTrack returns the event track of a finished recording.
func ReadTrack(ctx context.Context, bucket *blob.Bucket, keys Keys, meta Meta) (Track, error) {
	s := &store{bucket: bucket, keys: keys, meta: meta}
	if err := meta.check(); err != nil {
		return Track{}, err
	}
	data, err := s.readAll(ctx, meta.trackKey())
	if err != nil {
		return Track{}, readError(err)
	}
	var t Track
	err = json.Unmarshal(data, &t)
	return t, readError(err)
}

func readError(err error) error {
	if err != nil && missing(err) {
		return notFound()
	}
	return storageError(err)
}
