package record

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/record/seal"
	"cobrowse-connector/cobrowse/stream"
)

// victimFolder tells the test binary that it is the process that will be killed.
const victimFolder = "RECORD_TEST_VICTIM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimFolder); dir != "" {
		recordUntilKilled(dir)
	}
	os.Exit(m.Run())
}

func openFolder(dir string) (*blob.Bucket, Keys, error) {
	keys, err := seal.NewLocalKeys(make([]byte, seal.KeySize))
	if err != nil {
		return nil, nil, err
	}
	bucket, err := fileblob.OpenBucket(filepath.Join(dir, "bucket"), &fileblob.Options{CreateDir: true, NoTempDir: true})
	return bucket, keys, err
}

// recordUntilKilled records in real time and says, for each picture, how much has been recorded.
func recordUntilKilled(dir string) {
	die := func(err error) {
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	bucket, keys, err := openFolder(dir)
	die(err)
	data, err := os.ReadFile(filepath.Join(dir, "sample.json"))
	die(err)
	var chunks []stream.Chunk
	die(json.Unmarshal(data, &chunks))
	hub := stream.NewHub(func() {})
	hub.Configure(stream.Config{Generation: 1, Codec: "av01.0.08M.08", Width: 320, Height: 240})
	rec, err := Start(context.Background(), bucket, keys, meta, noLog)
	die(err)
	go rec.Record(hub.Subscribe(true))
	began := time.Now()
	tick := time.NewTicker(time.Second / 30)
	for n := 0; ; n++ {
		c := chunks[n%len(chunks)]
		c.Generation, c.Timestamp, c.Captured = 1, time.Since(began), time.Since(began)
		hub.Publish(c)
		rec.Event(cobrowse.TrackEvent{Kind: "input", By: cobrowse.RoleCustomer, What: "key"})
		fmt.Println(time.Since(began).Milliseconds())
		<-tick.C
	}
}

// A service that is killed with -9 loses at most two seconds, and what it left plays.
func TestKilledProcessLosesAtMostTwoSeconds(t *testing.T) {
	dir := t.TempDir()
	data, err := json.Marshal(getSample(t, "av1").chunks)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "sample.json"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), victimFolder+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var recorded, goesOn time.Duration // until when, and since when without a stop of the machine
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		ms, err := time.ParseDuration(lines.Text() + "ms")
		if err != nil {
			t.Fatal(lines.Text())
		}
		if ms-recorded > 500*time.Millisecond {
			goesOn = ms
		}
		if recorded = ms; recorded > 3700*time.Millisecond && recorded-goesOn > 2500*time.Millisecond {
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil { // SIGKILL
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if recorded < 3*time.Second {
		t.Fatalf("the process ended after %v", recorded)
	}

	bucket, keys, err := openFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer bucket.Close()
	got, err := Recover(t.Context(), bucket, keys, meta)
	if err != nil {
		t.Fatal(err)
	}
	if lost := recorded - got.Duration; lost > 2*time.Second {
		t.Errorf("%v of %v are lost", lost, recorded)
	}
	if got.Gaps != 1 || len(got.Videos) != 1 {
		t.Errorf("recording %+v", got)
	}
	s := &stage{t: t, bucket: bucket, keys: keys}
	if p := play(t, s.video(got.VideoKey)); p.Streams[0].Codec != "av1" || recorded-p.duration(t) > 2*time.Second {
		t.Errorf("of %v plays %+v", recorded, p)
	}
	tr := s.track()
	if n := len(tr.kinds("input")); n < 30 {
		t.Errorf("%d events were kept", n)
	}
	if gap := tr.kinds("gap"); len(gap) != 1 || !strings.HasSuffix(gap[0], "interrupted") {
		t.Errorf("gaps %v", gap)
	}
}

// snapshot copies a bucket: the state of the store at a moment.
func snapshot(t *testing.T, from *blob.Bucket) *blob.Bucket {
	t.Helper()
	to := memblob.OpenBucket(nil) // memory: nothing to close
	for _, key := range keysIn(t, from) {
		data, err := from.ReadAll(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if err := to.WriteAll(t.Context(), key, data, nil); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// A crash at any moment of Close leaves something that Recover makes the same recording of.
func TestRecoverAfterACrashWithinClose(t *testing.T) {
	wide, tall := getSample(t, "av1"), getSample(t, "av1tall")
	before := memblob.OpenBucket(nil)
	defer before.Close()
	var after *blob.Bucket
	var want cobrowse.Recording
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, before)
		s.configure(wide)
		s.show(wide.chunks)
		s.configure(tall)
		s.show(tall.chunks)
		s.hub.Close()
		<-s.returned
		// What Close does before it composes.
		close(s.rec.stop)
		s.rec.writer.Wait()
		s.rec.finalPart()
		after = snapshot(t, before)
		s.bucket = after
		s.rec.store.bucket = after
		var err error
		if want, err = s.rec.store.compose(t.Context(), &s.rec.index); err != nil {
			t.Fatal(err)
		}
		s.rec.cancel()
	})
	for _, c := range []struct {
		name  string
		there []string // of the finished objects, beside all parts
	}{
		{"before the first video", nil},
		{"after one video", []string{meta.videoKey(1)}},
		{"before the track", []string{meta.videoKey(1), meta.videoKey(2)}},
		{"before the manifest", []string{meta.videoKey(1), meta.videoKey(2), meta.trackKey()}},
		{"before the parts went", []string{meta.videoKey(1), meta.videoKey(2), meta.trackKey(), meta.manifestKey()}},
	} {
		t.Run(c.name, func(t *testing.T) {
			bucket := snapshot(t, before)
			for _, key := range c.there {
				data, err := after.ReadAll(t.Context(), key)
				if err != nil {
					t.Fatal(err)
				}
				if err := bucket.WriteAll(t.Context(), key, data, nil); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 { // the second time there is nothing left to do
				got, err := Recover(t.Context(), bucket, testKeys(t), meta)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("recovered: %s", diff)
				}
			}
			if left := keysIn(t, bucket); !slices.Equal(left, keysIn(t, after)) {
				t.Errorf("in the bucket: %v", left)
			}
			s := &stage{t: t, bucket: bucket, keys: testKeys(t)}
			if p := play(t, s.video(want.Videos[1].Key)); p.Streams[0].Frames != "60" {
				t.Errorf("plays %+v", p)
			}
		})
	}
}

// Parts that were damaged or lost are gaps: what is readable plays.
func TestRecoverAroundDamagedParts(t *testing.T) {
	v := getSample(t, "vp9")
	for _, c := range []struct {
		name   string
		damage func(*testing.T, *blob.Bucket)
		gaps   []string
		frames string
	}{
		{"nothing", func(*testing.T, *blob.Bucket) {}, nil, "180"},
		// Pictures 30 to 59 are in part 2; the first key picture after them is number 60.
		{"tampered", func(t *testing.T, b *blob.Bucket) {
			data, err := b.ReadAll(t.Context(), meta.partKey(2))
			if err != nil {
				t.Fatal(err)
			}
			data[len(data)/2] ^= 1
			if err := b.WriteAll(t.Context(), meta.partKey(2), data, nil); err != nil {
				t.Fatal(err)
			}
		}, []string{"damaged"}, "150"},
		{"gone", func(t *testing.T, b *blob.Bucket) {
			if err := b.Delete(t.Context(), meta.partKey(2)); err != nil {
				t.Fatal(err)
			}
		}, []string{"damaged"}, "150"},
		{"two gone", func(t *testing.T, b *blob.Bucket) {
			for n := 2; n <= 3; n++ {
				if err := b.Delete(t.Context(), meta.partKey(n)); err != nil {
					t.Fatal(err)
				}
			}
		}, []string{"damaged"}, "120"},
		{"first gone", func(t *testing.T, b *blob.Bucket) {
			if err := b.Delete(t.Context(), meta.partKey(1)); err != nil {
				t.Fatal(err)
			}
		}, []string{"damaged"}, "150"},
		{"half an object beside", func(t *testing.T, b *blob.Bucket) {
			for _, key := range []string{meta.partKey(2) + ".18f.tmp", meta.videoKey(1) + ".18f.tmp"} {
				if err := b.WriteAll(t.Context(), key, []byte("half"), nil); err != nil {
					t.Fatal(err)
				}
			}
		}, nil, "180"},
		{"exchanged", func(t *testing.T, b *blob.Bucket) {
			two, err := b.ReadAll(t.Context(), meta.partKey(2))
			if err != nil {
				t.Fatal(err)
			}
			if err := b.WriteAll(t.Context(), meta.partKey(3), two, nil); err != nil {
				t.Fatal(err)
			}
		}, []string{"damaged"}, "150"},
		{"cut off at the end", func(t *testing.T, b *blob.Bucket) {
			keys := keysIn(t, b)
			if err := b.Delete(t.Context(), keys[len(keys)-1]); err != nil {
				t.Fatal(err)
			}
		}, []string{"interrupted"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			bucket := memblob.OpenBucket(nil)
			defer bucket.Close()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, bucket)
				s.configure(v)
				s.rest(time.Millisecond) // pictures fall clearly on one side of a part's second
				s.show(v.chunks)
				s.show(v.chunks)
				s.show(v.chunks)
				s.hub.Close()
				<-s.returned
				close(s.rec.stop)
				s.rec.writer.Wait()
				s.rec.finalPart()
				s.rec.cancel()
			})
			c.damage(t, bucket)
			got, err := Recover(t.Context(), bucket, testKeys(t), meta)
			if err != nil {
				t.Fatal(err)
			}
			s := &stage{t: t, bucket: bucket, keys: testKeys(t)}
			var gaps []string
			for _, line := range s.track().kinds("gap") {
				gaps = append(gaps, line[strings.LastIndexByte(line, ' ')+1:])
			}
			if !slices.Equal(gaps, c.gaps) || got.Gaps != len(c.gaps) {
				t.Errorf("gaps %v (%d), want %v", gaps, got.Gaps, c.gaps)
			}
			if left := keysIn(t, bucket); len(left) != 2+len(got.Videos) {
				t.Errorf("in the bucket: %v", left)
			}
			if p := play(t, s.video(got.VideoKey)); c.frames != "" && p.Streams[0].Frames != c.frames {
				t.Errorf("%s pictures play, want %s", p.Streams[0].Frames, c.frames)
			}
		})
	}
}

// The store stops to take anything in the middle: the session goes on, what is safe is kept.
func TestStoreThatRefuses(t *testing.T) {
	v := getSample(t, "av1")
	dir := t.TempDir()
	bucket, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true})
	if err != nil {
		t.Fatal(err)
	}
	defer bucket.Close()
	parts := filepath.Join(dir, filepath.FromSlash(meta.partPrefix()))
	var got cobrowse.Recording
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, bucket)
		s.configure(v)
		s.show(v.chunks)
		s.rest(10 * time.Millisecond) // the part of this second is stored
		// Where the parts were there is a file now: no part can be written any more.
		if err := os.Rename(parts, parts+".kept"); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(parts, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		s.show(v.chunks)
		select {
		case <-s.rec.Stopped():
			t.Error("the recorder gave up too early")
		default:
		}
		s.show(v.chunks)
		<-s.rec.Stopped()
		<-s.returned
		if reason := s.rec.StopReason(); reason != "storage" {
			t.Errorf("reason %q", reason)
		}
		s.rec.Event(cobrowse.TrackEvent{Kind: "input"})
		s.show(v.chunks) // nobody minds
		// The store is well again when the session ends.
		if err := os.Remove(parts); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(parts+".kept", parts); err != nil {
			t.Fatal(err)
		}
		got = s.close()
		again, err := s.rec.Close()
		if err != nil || !cmp.Equal(got, again) {
			t.Errorf("the second Close: %+v, %v", again, err)
		}
	})
	if got.Gaps != 1 || got.Duration < time.Second || got.Duration > 2*time.Second {
		t.Errorf("recording %+v", got)
	}
	s := &stage{t: t, bucket: bucket, keys: testKeys(t)}
	if p := play(t, s.video(got.VideoKey)); p.Streams[0].Codec != "av1" {
		t.Errorf("plays %+v", p)
	}
	if gaps := s.track().kinds("gap"); len(gaps) != 1 || !strings.HasSuffix(gaps[0], "gap storage") {
		t.Errorf("gaps %v", gaps)
	}
}

// A short refusal loses nothing.
func TestStoreThatRefusesForAMoment(t *testing.T) {
	v := getSample(t, "av1")
	dir := t.TempDir()
	bucket, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true})
	if err != nil {
		t.Fatal(err)
	}
	defer bucket.Close()
	parts := filepath.Join(dir, filepath.FromSlash(meta.partPrefix()))
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, bucket)
		if err := os.MkdirAll(filepath.Dir(parts), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(parts, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		s.configure(v)
		s.show(v.chunks) // two seconds, two refusals
		if err := os.Remove(parts); err != nil {
			t.Fatal(err)
		}
		s.show(v.chunks)
		if got := s.close(); got.Gaps != 0 || got.Duration != 4*time.Second {
			t.Errorf("recording %+v", got)
		}
	})
}

// The store is gone for good: Close says so, and the recording can be finished when it is back.
func TestCloseWithoutAStore(t *testing.T) {
	v := getSample(t, "av1")
	dir := t.TempDir()
	bucket, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true})
	if err != nil {
		t.Fatal(err)
	}
	defer bucket.Close()
	folder := filepath.Join(dir, filepath.FromSlash(strings.TrimSuffix(meta.prefix(), "/")))
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, bucket)
		s.configure(v)
		s.show(v.chunks)
		s.rest(10 * time.Millisecond) // the part of this second is stored
		if err := os.Rename(folder, folder+".kept"); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(folder, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := s.rec.Close()
		if cobrowse.CodeOf(err) != cobrowse.CodeUnavailable || got.Gaps != 1 || got.VideoKey != "" {
			t.Errorf("%+v, %v", got, err)
		}
		<-s.returned
	})
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(folder+".kept", folder); err != nil {
		t.Fatal(err)
	}
	got, err := Recover(t.Context(), bucket, testKeys(t), meta)
	if err != nil || got.Gaps != 1 || got.VideoKey == "" {
		t.Errorf("%+v, %v", got, err)
	}
}
