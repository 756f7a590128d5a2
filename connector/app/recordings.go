package app

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"gocloud.dev/blob"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/record"
	"cobrowse-connector/connector/deliver"
	"cobrowse-connector/connector/live"
	"cobrowse-connector/connector/sessions"
)

// recordings reads and writes them in the service's bucket.
type recordings struct {
	bucket *blob.Bucket
	keys   record.Keys
	log    *slog.Logger
}

// start implements live.Maker's Recorder.
func (r recordings) start(ctx context.Context, s live.SessionSpec) (cobrowse.Recorder, error) {
	return record.Start(ctx, r.bucket, r.keys, meta(s.Company.Slug, s.ID), r.log)
}

func meta(company, session string) record.Meta {
	return record.Meta{Company: company, Session: session}
}

// recover saves what a dead process left of a recording.
func (r recordings) recover(s *sessions.Sessions) sessions.Recovery {
	return func(ctx context.Context, session string) (*cobrowse.Recording, error) {
		slug, err := s.CompanyOf(ctx, session)
		if err != nil {
			return nil, err
		}
		rec, err := record.Recover(ctx, r.bucket, r.keys, meta(slug, session))
		if cobrowse.CodeOf(err) == cobrowse.CodeNotFound { // nothing was recorded, or nobody agreed to it
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return &rec, nil // without a video too: the track tells what people did
	}
}

// Video implements api.Recordings.
func (r recordings) Video(ctx context.Context, company, session, key string) (io.ReadSeekCloser, error) {
	f, _, err := record.OpenVideo(ctx, r.bucket, r.keys, meta(company, session), key)
	return f, err
}

// Track implements api.Recordings.
func (r recordings) Track(ctx context.Context, company, session string) (any, error) {
	return record.ReadTrack(ctx, r.bucket, r.keys, meta(company, session))
}

// files gives the delivery a session's recording: each of its videos is a file. One that could not be finished at the end is finished
// here, at the latest try.
func (r recordings) files(s *sessions.Sessions) deliver.Files {
	return func(ctx context.Context, session, name string) (deliver.Content, error) {
		w, err := s.Recording(ctx, session)
		if err == nil && w.Recording.Unfinished {
			w, err = r.finish(ctx, s, session)
		}
		if cobrowse.CodeOf(err) == cobrowse.CodeNotFound {
			return deliver.Content{}, deliver.ErrNoFile
		}
		if err != nil {
			return deliver.Content{}, err
		}
		for n, v := range w.Recording.Videos {
			if sessions.RecordingName(n, v.Type) == name {
				return r.file(meta(w.Slug, session), v), nil
			}
		}
		return deliver.Content{}, deliver.ErrNoFile
	}
}

func (r recordings) finish(ctx context.Context, s *sessions.Sessions, session string) (*sessions.Watched, error) {
	rec, err := r.recover(s)(ctx, session)
	if err != nil {
		return nil, err
	}
	if err := s.Recovered(ctx, session, rec); err != nil {
		return nil, err
	}
	return s.Recording(ctx, session)
}

func (r recordings) file(m record.Meta, v cobrowse.Video) deliver.Content {
	open := func(ctx context.Context) (io.ReadCloser, error) {
		f, _, err := record.OpenVideo(ctx, r.bucket, r.keys, m, v.Key)
		if cobrowse.CodeOf(err) == cobrowse.CodeNotFound {
			return nil, errors.Join(deliver.ErrNoFile, err)
		}
		return f, err
	}
	return deliver.Content{Size: v.Bytes, Open: open}
}
