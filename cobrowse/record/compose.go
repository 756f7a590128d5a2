package record

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"

	"gocloud.dev/blob"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/record/seal"
)

// readAhead is how many parts are fetched at once while composing.
const readAhead = 4

// compose makes the finished recording of the parts: videos, track, and last of all the manifest. Then the parts go.
// It can be repeated until it succeeds.
func (s *store) compose(ctx context.Context, x *index) (cobrowse.Recording, error) {
	videos, err := s.composeVideos(ctx, x)
	if err != nil {
		return cobrowse.Recording{}, err
	}
	for _, v := range videos {
		if err := s.verify(ctx, v); err != nil {
			return cobrowse.Recording{}, err
		}
	}
	track, err := json.Marshal(x.track())
	if err != nil {
		return cobrowse.Recording{}, err
	}
	if err := s.writeAll(ctx, s.meta.trackKey(), track); err != nil {
		return cobrowse.Recording{}, err
	}
	rec := x.recording(s.meta, videos)
	manifest, err := json.Marshal(rec)
	if err != nil {
		return cobrowse.Recording{}, err
	}
	if err := s.writeAll(ctx, s.meta.manifestKey(), manifest); err != nil {
		return cobrowse.Recording{}, err
	}
	return rec, s.tidy(ctx, rec)
}

// tidy removes everything that is not of the finished recording: parts, and what killed processes left.
func (s *store) tidy(ctx context.Context, rec cobrowse.Recording) error {
	keep := map[string]bool{s.meta.manifestKey(): true, rec.TrackKey: true}
	for _, v := range rec.Videos {
		keep[v.Key] = true
	}
	return s.deleteAll(ctx, func(key string) bool { return !keep[key] })
}

// recording describes what was kept.
func (x *index) recording(meta Meta, videos []cobrowse.Video) cobrowse.Recording {
	rec := cobrowse.Recording{Session: meta.Session, TrackKey: meta.trackKey(), Duration: x.last, Gaps: x.gaps, Videos: videos}
	if len(videos) > 0 {
		rec.VideoKey, rec.Bytes, rec.SHA256 = videos[0].Key, videos[0].Bytes, videos[0].SHA256
	}
	return rec
}

// composeVideos reads the parts once and writes one WebM after the other.
func (s *store) composeVideos(ctx context.Context, x *index) ([]cobrowse.Video, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	source := s.pictures(ctx, x.parts)
	defer source.close()
	videos := make([]cobrowse.Video, 0, len(x.runs))
	for n := range x.runs {
		v, err := s.composeVideo(ctx, x, n, source)
		if err != nil {
			return nil, fmt.Errorf("record: compose video %d: %w", n+1, err)
		}
		videos = append(videos, v)
	}
	return videos, nil
}

func (s *store) composeVideo(ctx context.Context, x *index, n int, source *pictures) (cobrowse.Video, error) {
	r := x.runs[n]
	v := cobrowse.Video{Key: s.meta.videoKey(n + 1), Type: r.codec.mime, From: r.from, To: x.runEnds(n),
		Width: r.width, Height: r.height, Codec: r.name}
	m, err := newMuxer(r, v.To)
	if err != nil {
		return v, err
	}
	sum := sha256.New()
	err = s.write(ctx, v.Key, func(w io.Writer) error {
		if err := m.begin(io.MultiWriter(w, sum)); err != nil {
			return err
		}
		for range r.frames {
			data, err := source.next(n + 1)
			if err != nil {
				return err
			}
			if err := m.add(data); err != nil {
				return err
			}
		}
		return m.finish()
	})
	v.Bytes, v.SHA256 = m.written, hexSum(sum)
	return v, err
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// verify reads a video back as a player would: what is removed afterwards must not be needed any more.
func (s *store) verify(ctx context.Context, v cobrowse.Video) error {
	r, err := s.open(ctx, v.Key)
	if err != nil {
		return err
	}
	sum := sha256.New()
	if n, err := io.Copy(sum, r); err != nil || n != v.Bytes || hexSum(sum) != v.SHA256 {
		return errors.Join(fmt.Errorf("record: video %s does not read back as it was written", v.Key), err)
	}
	return nil
}

// pictures hands out the bytes of the pictures in order, from parts that are fetched ahead.
type pictures struct {
	sorter  sorter
	parts   chan chan part
	entries []entry
	cancel  context.CancelFunc
	fetch   sync.WaitGroup
}

type part struct {
	entries []entry
	err     error
}

func (s *store) pictures(ctx context.Context, keys []string) *pictures {
	ctx, cancel := context.WithCancel(ctx)
	p := &pictures{parts: make(chan chan part, readAhead), cancel: cancel}
	p.fetch.Go(func() {
		defer close(p.parts)
		for _, key := range keys {
			got := make(chan part, 1)
			select {
			case p.parts <- got:
			case <-ctx.Done():
				return
			}
			if key == "" {
				got <- part{entries: []entry{{kind: entryHole}}}
				continue
			}
			p.fetch.Go(func() {
				entries, err := s.readPart(ctx, key)
				got <- part{entries, err}
			})
		}
	})
	return p
}

func (p *pictures) close() {
	p.cancel()
	p.fetch.Wait()
}

// next returns the next picture, which must be of the given run.
func (p *pictures) next(run int) ([]byte, error) {
	for {
		for len(p.entries) > 0 {
			e := p.entries[0]
			p.entries = p.entries[1:]
			if n := p.sorter.place(e); n == run {
				return e.data, nil
			} else if n > 0 {
				return nil, errors.New("a picture of another run than planned")
			}
		}
		got, open := <-p.parts
		if !open {
			return nil, errors.New("a planned picture is in no part")
		}
		next := <-got
		if next.err != nil {
			return nil, next.err
		}
		p.entries = next.entries
	}
}

func (s *store) readPart(ctx context.Context, key string) ([]entry, error) {
	data, err := s.readAll(ctx, key)
	if err != nil {
		return nil, err
	}
	return decodeEntries(data)
}

// scan makes the index of what a dead process left.
func (s *store) scan(ctx context.Context) (*index, error) {
	keys, err := s.list(ctx, s.meta.partPrefix())
	if err != nil {
		return nil, err
	}
	x := &index{}
	for _, key := range keys {
		n, ok := s.meta.partNumber(key)
		if !ok {
			continue // half an object that a killed process left in a folder
		}
		x.missing(n - len(x.parts) - 1)
		entries, err := s.readPart(ctx, key)
		if errors.Is(err, seal.ErrBroken) {
			x.missing(1)
			continue
		}
		if err != nil {
			return nil, err
		}
		x.parts = append(x.parts, key)
		x.add(entries...)
	}
	if len(x.parts) > 0 && !x.ended {
		x.add(gapEntry(x.last, "interrupted"))
	}
	return x, nil
}

// Recover finishes the recording that a dead process left, or returns the finished one. No Recorder may be writing it.
func Recover(ctx context.Context, bucket *blob.Bucket, keys Keys, meta Meta) (cobrowse.Recording, error) {
	s, err := openStore(ctx, bucket, keys, meta)
	if err != nil {
		return cobrowse.Recording{}, err
	}
	rec, err := s.manifest(ctx)
	if err == nil {
		return rec, storageError(s.tidy(ctx, rec))
	}
	if !missing(err) {
		return cobrowse.Recording{}, storageError(err)
	}
	x, err := s.scan(ctx)
	if err != nil {
		return cobrowse.Recording{}, storageError(err)
	}
	if len(x.parts) == 0 {
		return cobrowse.Recording{}, notFound()
	}
	rec, err = s.compose(ctx, x)
	return rec, storageError(err)
}

func (s *store) manifest(ctx context.Context) (cobrowse.Recording, error) {
	var rec cobrowse.Recording
	data, err := s.readAll(ctx, s.meta.manifestKey())
	if err != nil {
		return rec, err
	}
	err = json.Unmarshal(data, &rec)
	return rec, err
}

func notFound() error {
	return cobrowse.Errorf(cobrowse.CodeNotFound, "recording_missing", "nothing was recorded in this session, or it has been deleted")
}
