package record

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/record/seal"
	"cobrowse-connector/cobrowse/stream"
)

var (
	_ cobrowse.Recorder = (*Recorder)(nil)
	_ cobrowse.Stopping = (*Recorder)(nil)
)

var (
	meta  = Meta{Session: "s-1", Company: "acme"}
	noLog = slog.New(slog.DiscardHandler)
)

func testKeys(t testing.TB) Keys {
	t.Helper()
	keys, err := seal.NewLocalKeys(make([]byte, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// stage is a recording that a test directs: a hub that is recorded into a bucket.
type stage struct {
	t          *testing.T
	bucket     *blob.Bucket
	keys       Keys
	hub        *stream.Hub
	rec        *Recorder
	returned   chan struct{} // Record has
	generation uint32
	clock      time.Duration // the encoder's, starting anywhere
}

func newStage(t *testing.T, bucket *blob.Bucket) *stage {
	t.Helper()
	s := &stage{t: t, bucket: bucket, keys: testKeys(t), hub: stream.NewHub(func() {}), returned: make(chan struct{}), clock: 77 * time.Hour}
	rec, err := Start(t.Context(), bucket, s.keys, meta, noLog)
	if err != nil {
		t.Fatal(err)
	}
	s.rec = rec
	sub := s.hub.Subscribe(true)
	go func() {
		defer close(s.returned)
		rec.Record(sub)
	}()
	return s
}

func (s *stage) configure(v sample) {
	s.generation++
	s.hub.Configure(stream.Config{Generation: s.generation, Codec: v.codec, Width: v.width, Height: v.height, Tab: "t"})
}

// show publishes chunks at 30 per second.
func (s *stage) show(chunks []stream.Chunk) {
	for n, c := range chunks {
		c.Generation, c.Timestamp, c.Captured = s.generation, s.clock, s.clock
		s.hub.Publish(c)
		s.rest(time.Duration((n+1)*1000/30-n*1000/30) * time.Millisecond) // whole ms, as WebM has them
	}
}

// rest lets time go by for everybody.
func (s *stage) rest(d time.Duration) {
	synctest.Wait()
	time.Sleep(d)
	s.clock += d
}

func (s *stage) close() cobrowse.Recording {
	s.t.Helper()
	got, err := s.rec.Close()
	if err != nil {
		s.t.Fatal(err)
	}
	<-s.returned
	return got
}

func (s *stage) video(key string) []byte {
	s.t.Helper()
	r, size, err := OpenVideo(s.t.Context(), s.bucket, s.keys, meta, key)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil || int64(len(data)) != size {
		s.t.Fatalf("video of %d bytes reads as %d: %v", size, len(data), err)
	}
	return data
}

func (s *stage) track() Track {
	s.t.Helper()
	tr, err := ReadTrack(s.t.Context(), s.bucket, s.keys, meta)
	if err != nil {
		s.t.Fatal(err)
	}
	return tr
}

// kinds lists the track's events of the given kinds as "ms kind what".
func (tr Track) kinds(kinds ...string) []string {
	var out []string
	for _, ev := range tr.Events {
		if slices.Contains(kinds, ev.Kind) {
			out = append(out, strings.TrimSpace(ev.At.Round(time.Millisecond).String()+" "+ev.Kind+" "+ev.What))
		}
	}
	return out
}

func keysIn(t *testing.T, bucket *blob.Bucket) []string {
	t.Helper()
	keys, err := (&store{bucket: bucket}).list(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestRecordingPlays(t *testing.T) {
	for _, name := range []string{"av1", "vp9", "h264"} {
		v := getSample(t, name)
		t.Run(name, func(t *testing.T) {
			bucket := memblob.OpenBucket(nil)
			defer bucket.Close()
			var got cobrowse.Recording
			var data []byte
			var tr Track
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, bucket)
				s.configure(v)
				s.show(v.chunks)
				s.rest(8 * time.Second) // a page at rest
				s.rec.Event(cobrowse.TrackEvent{Kind: "navigation", By: cobrowse.RoleAgent, Name: "Ana", URL: "https://shop.example/"})
				s.show(v.chunks[:30])
				s.rest(3 * time.Second)
				got = s.close()
				data, tr = s.video(got.VideoKey), s.track()
			})
			if got.Duration != 14*time.Second || got.Gaps != 0 || len(got.Videos) != 1 || got.Bytes != int64(len(data)) {
				t.Errorf("recording %+v", got)
			}
			p := play(t, data)
			if p.Streams[0].Frames != "90" || p.Streams[0].Width != 320 || p.Streams[0].Height != 240 || p.Streams[0].Codec != name {
				t.Errorf("ffprobe: %+v", p)
			}
			if d := p.duration(t); d != 14*time.Second {
				t.Errorf("duration %v, want 14s", d)
			}
			want := []int{}
			for n := range 60 {
				want = append(want, n*1000/30)
			}
			for n := range 30 {
				want = append(want, 10000+n*1000/30)
			}
			if diff := cmp.Diff(want, pictureTimes(t, data, "")); diff != "" {
				t.Errorf("pictures' times: %s", diff)
			}
			// Cues lead to the key picture at or before a moment.
			if times := pictureTimes(t, data, "10.7%+#1"); len(times) == 0 || times[0] != 10500 {
				t.Errorf("seeking to 10.7 s begins at %v", times)
			}
			if want := []string{"0s viewport", "10s navigation"}; !slices.Equal(want, tr.kinds("viewport", "navigation", "gap", "gate")) {
				t.Errorf("track: %v, want %v", tr.kinds("viewport", "navigation", "gap", "gate"), want)
			}
			if want := []string{meta.manifestKey(), meta.trackKey(), meta.videoKey(1)}; !slices.Equal(want, keysIn(t, bucket)) {
				t.Errorf("in the bucket: %v", keysIn(t, bucket))
			}
			if loaded, err := Recover(t.Context(), bucket, testKeys(t), meta); err != nil || !cmp.Equal(loaded, got) {
				t.Errorf("manifest: %v, %v", cmp.Diff(got, loaded), err)
			}
		})
	}
}

func TestSizeOrCodecChangeBeginsAVideo(t *testing.T) {
	wide, tall, vp9 := getSample(t, "av1"), getSample(t, "av1tall"), getSample(t, "vp9")
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, bucket)
		s.configure(wide)
		s.show(wide.chunks[:30])
		s.configure(wide) // another tab: the same video goes on
		s.show(wide.chunks[:30])
		s.configure(tall)
		s.show(tall.chunks)
		s.configure(vp9)
		s.show(vp9.chunks)
		got := s.close()
		if len(got.Videos) != 3 || got.Duration != 6*time.Second {
			t.Fatalf("recording %+v", got)
		}
		for i, want := range []struct {
			codec, size string
			from        time.Duration
		}{{"av1", "320x240", 0}, {"av1", "180x320", 2 * time.Second}, {"vp9", "320x240", 4 * time.Second}} {
			v := got.Videos[i]
			if v.From.Round(time.Millisecond) != want.from || v.To.Round(time.Millisecond) != want.from+2*time.Second || v.Type != "video/webm" {
				t.Errorf("video %d: %+v", i, v)
			}
		}
		tr := s.track()
		if got, want := tr.kinds("viewport"), []string{"0s viewport", "2s viewport", "4s viewport"}; !slices.Equal(got, want) {
			t.Errorf("viewports %v", got)
		}
		if tr.Width != 320 || tr.Height != 240 {
			t.Errorf("track of %dx%d", tr.Width, tr.Height)
		}
	})
	s := &stage{t: t, bucket: bucket, keys: testKeys(t)}
	for i, want := range []string{"av1 60", "av1 60", "vp9 60"} {
		p := play(t, s.video(meta.videoKey(i+1)))
		if got := p.Streams[0].Codec + " " + p.Streams[0].Frames; got != want || p.duration(t) != 2*time.Second {
			t.Errorf("video %d: %s, %v", i+1, got, p.duration(t))
		}
	}
}

func TestTrack(t *testing.T) {
	v := getSample(t, "vp9")
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, bucket)
		s.hub.Hold("browser", "loading")
		s.rec.Event(cobrowse.TrackEvent{Kind: "joined", By: cobrowse.RoleAgent, Name: "Ana"})
		s.rest(5 * time.Second) // the clock does not run before the first picture
		s.hub.Release("browser", 0)
		s.configure(v)
		s.show(v.chunks[:1])
		for n := range 100 { // two seconds of fast movement by two people
			s.rec.Event(cobrowse.TrackEvent{Kind: "cursor", By: cobrowse.RoleAgent, Name: "Ana", X: float64(n), Y: 1.26})
			s.rec.Event(cobrowse.TrackEvent{Kind: "cursor", By: cobrowse.RoleCustomer, X: 1, Y: float64(n)})
			s.rest(20 * time.Millisecond)
		}
		s.hub.Hold("browser", "paused")
		s.rest(time.Second)
		s.hub.Release("browser", 0)
		s.rest(time.Second)
		s.rec.Event(cobrowse.TrackEvent{Kind: "viewport", Width: 390, Height: 844})
		s.rec.Event(cobrowse.TrackEvent{Kind: "refusal", By: cobrowse.RoleAgent, What: "Buy now", Tab: "t", X: 0.04})
		s.close()
		s.rec.Event(cobrowse.TrackEvent{Kind: "late"})
		tr := s.track()

		got := tr.kinds("joined", "gate", "viewport", "refusal", "gap", "late")
		slices.Sort(got[:4]) // before the first picture there is no order in time
		if want := []string{"0s gate loading", "0s gate open", "0s joined", "0s viewport",
			"2.033s gate paused", "3.033s gate open", "4.033s viewport", "4.033s refusal Buy now"}; !slices.Equal(got, want) {
			t.Errorf("events %q, want %q", got, want)
		}
		byWho := map[cobrowse.Role][]cobrowse.TrackEvent{}
		for _, ev := range tr.Events {
			if ev.Kind == "cursor" {
				byWho[ev.By] = append(byWho[ev.By], ev)
			}
		}
		for who, list := range byWho {
			if n := len(list); n < 20 || n > 24 {
				t.Errorf("%d positions of the %s in 2 s, want about 20", n, who)
			}
		}
		if list := byWho[cobrowse.RoleAgent]; list[len(list)-1].X != 99 || list[0].Y != 1.3 {
			t.Errorf("first and last position: %+v, %+v", list[0], list[len(list)-1])
		}
		if !slices.IsSortedFunc(tr.Events, func(a, b cobrowse.TrackEvent) int { return int(a.At - b.At) }) {
			t.Error("events are not in order")
		}
	})
}

func TestTooManyEventsAreAGap(t *testing.T) {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, bucket)
		for range maxEvents + 50 {
			s.rec.Event(cobrowse.TrackEvent{Kind: "input", By: cobrowse.RoleCustomer})
		}
		s.rest(2 * time.Second)
		s.rec.Event(cobrowse.TrackEvent{Kind: "input", By: cobrowse.RoleCustomer})
		got := s.close()
		tr := s.track()
		if n := len(tr.kinds("input")); n != maxEvents+1 || got.Gaps != 1 || !slices.Equal(tr.kinds("gap"), []string{"0s gap events"}) {
			t.Errorf("%d events, gaps %d: %v", n, got.Gaps, tr.kinds("gap"))
		}
		if got.VideoKey != "" || len(got.Videos) != 0 {
			t.Errorf("a video without pictures: %+v", got)
		}
	})
}

func TestPicturesThatCannotBeKeptAreGaps(t *testing.T) {
	av1 := getSample(t, "av1")
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, bucket)
		s.configure(av1)
		s.show(av1.chunks[:10])
		s.show([]stream.Chunk{{Data: []byte{0xff, 1, 2}}}) // not AV1
		s.show(av1.chunks[11:16])                          // undecodable up to the key picture 15
		s.configure(sample{codec: "jpeg", width: 320, height: 240})
		s.show([]stream.Chunk{{Key: true, Data: []byte("jpeg")}})
		got := s.close()
		if want := []string{"333ms gap damaged", "532ms gap codec"}; got.Gaps != 2 || !slices.Equal(s.track().kinds("gap"), want) {
			t.Errorf("gaps %d: %v, want %v", got.Gaps, s.track().kinds("gap"), want)
		}
		if r := s.rec.index.runs[0]; len(r.frames) != 11 {
			t.Errorf("%d pictures kept, want 11", len(r.frames))
		}
	})
	s := &stage{t: t, bucket: bucket, keys: testKeys(t)}
	if p := play(t, s.video(meta.videoKey(1))); p.Streams[0].Frames != "11" {
		t.Errorf("%s pictures play", p.Streams[0].Frames)
	}
}

// The encoder restarts and its clock begins at zero; a page at rest repeats an old time. Neither moves the recording's clock.
func TestEncoderClockIsNotTrustedBlindly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c clock
		for _, step := range []struct {
			after     time.Duration // on the wall
			timestamp time.Duration
			want      time.Duration
		}{
			{0, 5000 * time.Second, 0},
			{time.Second, 5001 * time.Second, time.Second},
			{time.Second, 5001900 * time.Millisecond, 1900 * time.Millisecond},                     // a little late: the encoder knows better
			{0, 5001900 * time.Millisecond, 1900*time.Millisecond + time.Microsecond},              // strictly later
			{time.Minute, 5001900*time.Millisecond + time.Microsecond, 62 * time.Second},           // a repeated old picture
			{time.Second, 5063 * time.Second, 63 * time.Second},                                    // and the next true one
			{time.Second, time.Second, 64 * time.Second},                                           // an encoder that was started anew
			{40 * time.Millisecond, 1040 * time.Millisecond, 64*time.Second + 40*time.Millisecond}, //
		} {
			time.Sleep(step.after)
			if got := c.picture(step.timestamp); got != step.want {
				t.Errorf("%v is %v, want %v", step.timestamp, got, step.want)
			}
		}
	})
}

func TestStartChecks(t *testing.T) {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	keys := testKeys(t)
	for _, m := range []Meta{{}, {Session: "a/b", Company: "acme"}, {Session: "..", Company: "acme"}, {Session: "s", Company: "a c"}} {
		_, err := Start(t.Context(), bucket, keys, m, noLog)
		if cobrowse.CodeOf(err) != cobrowse.CodeInvalid {
			t.Errorf("%+v: %v", m, err)
		}
	}
	first, err := Start(t.Context(), bucket, keys, meta, noLog)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), bucket, keys, meta, noLog); cobrowse.CodeOf(err) != cobrowse.CodeConflict {
		t.Errorf("a second recording of a session: %v", err)
	}
	late := stream.NewHub(func() {}).Subscribe(true)
	first.Record(late) // returns at once
	if _, err := late.Next(context.Background()); err != nil {
		if _, err = late.Next(context.Background()); err != stream.ErrClosed {
			t.Errorf("the subscription is still open: %v", err)
		}
	}
}

func TestWhatIsNotThere(t *testing.T) {
	v := getSample(t, "vp9")
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, bucket)
		s.configure(v)
		s.show(v.chunks)
		got := s.close()
		other := Meta{Session: "s-2", Company: "acme"}
		for name, err := range map[string]error{
			"another session's video": second(OpenVideo(t.Context(), bucket, s.keys, other, got.VideoKey)),
			"manifest as video":       second(OpenVideo(t.Context(), bucket, s.keys, meta, meta.manifestKey())),
			"video that is not there": second(OpenVideo(t.Context(), bucket, s.keys, meta, meta.videoKey(9))),
			"track":                   last(ReadTrack(t.Context(), bucket, s.keys, other)),
			"nothing to recover":      last(Recover(t.Context(), bucket, s.keys, other)),
		} {
			if cobrowse.CodeOf(err) != cobrowse.CodeNotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func last[T any](_ T, err error) error           { return err }
func second[A, B any](_ A, _ B, err error) error { return err }
