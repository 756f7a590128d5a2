package cobrowse

import (
	"context"
	"time"

	"cobrowse-connector/cobrowse/stream"
)

// recording is the session's recorder as the actor knows it. Owned by the actor.
type recording struct {
	recorder Recorder
	sub      *stream.Subscription
	lost     bool            // it keeps nothing more
	stopped  <-chan struct{} // of a recorder that is Stopping
	reading  chan struct{}   // closed when Record returned
}

func (s *Session) recordingState() RecordingState {
	return RecordingState{Possible: s.cfg.NewRecorder != nil, On: s.recording.recorder != nil && !s.recording.lost}
}

// startRecording begins the recording that the customer agreed to. Without it the session goes on: people are told.
func (s *Session) startRecording() {
	if s.cfg.NewRecorder == nil {
		return
	}
	s.running.Go(func() {
		ctx, cancel := context.WithTimeout(s.work, openLimit)
		defer cancel()
		rec, err := s.cfg.NewRecorder(ctx)
		s.post(func() { s.recorderReady(rec, err) })
	})
}

func (s *Session) recorderReady(rec Recorder, err error) {
	if err != nil {
		s.cfg.Log.Error("recording did not start", "session", s.cfg.ID, "error", err)
		s.notice(Notice{Code: "recording_stopped", Params: map[string]any{"reason": "storage"}})
		return
	}
	s.recording.recorder = rec
	if s.ending.begun {
		return
	}
	r := &s.recording
	r.sub, r.reading = s.hub().Subscribe(true), make(chan struct{})
	if stopping, ok := rec.(Stopping); ok {
		r.stopped = stopping.Stopped()
	}
	go func(sub *stream.Subscription, reading chan struct{}) {
		defer close(reading)
		rec.Record(sub)
	}(r.sub, r.reading)
	v := s.shared.wanted.viewport
	s.story.tell(Moment{At: time.Now(), Kind: "recording"})
	s.record(TrackEvent{Kind: "viewport", Width: v.Width, Height: v.Height})
	s.people.each(func(p *person) {
		if p.Here {
			s.record(TrackEvent{Kind: "joined", By: p.Role, Name: p.Name})
		}
	})
	s.trackShownPage()
	s.tellState(RoleSystem, "recording")
}

// recordingStopped is called when the recorder can keep nothing more.
func (s *Session) recordingStopped() {
	r := &s.recording
	r.stopped, r.lost = nil, true
	reason := "storage"
	if stopping, ok := r.recorder.(Stopping); ok {
		reason = stopping.StopReason()
	}
	s.notice(Notice{Code: "recording_stopped", Params: map[string]any{"reason": reason}})
	s.tellState(RoleSystem, "recording")
}

// drain waits until the recorder has taken what the hub still had queued for it.
func (r recording) drain() {
	if r.sub != nil {
		r.sub.Close()
		<-r.reading
	}
}

// close finishes the recording. One that the store refuses to finish is not lost: it can be tried again.
func (r recording) close() (*Recording, error) {
	if r.recorder == nil {
		return nil, nil
	}
	kept, err := r.recorder.Close()
	if err != nil {
		kept.Unfinished = true
		return &kept, err
	}
	if kept.VideoKey == "" && kept.TrackKey == "" {
		return nil, nil
	}
	return &kept, nil
}

// track adds to the transcript and to the recording's event track. Strings must be redacted.
func (s *Session) track(e TrackEvent) {
	s.story.tracked(e, time.Now())
	s.record(e)
}

// record adds to the recording's event track alone. The recorder gives it its time.
func (s *Session) record(e TrackEvent) {
	if s.recording.recorder == nil || s.recording.lost {
		return
	}
	s.recording.recorder.Event(e)
}

// trackShared adds what happened in the browser, which is recorded only while agents may see it: what
// happens during a pause is nobody's business but the customer's.
func (s *Session) trackShared(e TrackEvent) {
	if s.State() == StateLive {
		s.track(e)
	}
}
