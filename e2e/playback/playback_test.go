// Package playback checks that what Chromium encodes, package record keeps and Chromium plays, at every moment.
package playback

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/record"
	"cobrowse-connector/cobrowse/record/seal"
	"cobrowse-connector/cobrowse/stream"
	"cobrowse-connector/e2e/people"
)

type chunk struct {
	Key  bool   `json:"key"`
	Data []byte `json:"data"`
}

type moment struct {
	At     float64 `json:"at"`
	Colour string  `json:"colour"`
}

type watched struct {
	Duration float64  `json:"duration"`
	Width    int      `json:"width"`
	Height   int      `json:"height"`
	Colours  []string `json:"colours"`
	Ended    float64  `json:"ended"`
	Lasted   float64  `json:"lasted"`
}

func TestChromiumPlaysRecordings(t *testing.T) {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	keys, err := seal.NewLocalKeys(make([]byte, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join("testdata", "page.html"))
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	})
	mux.HandleFunc("GET /video/{session}", func(w http.ResponseWriter, r *http.Request) {
		meta := record.Meta{Session: r.PathValue("session"), Company: "acme"}
		rec, err := record.Recover(r.Context(), bucket, keys, meta)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		video, _, err := record.OpenVideo(r.Context(), bucket, keys, meta, rec.VideoKey)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer video.Close()
		w.Header().Set("Content-Type", rec.Videos[0].Type)
		http.ServeContent(w, r, "", time.Time{}, video)
	})
	service := httptest.NewServer(mux)
	defer service.Close()
	viewer := people.New(t, "viewer", people.Desktop)
	viewer.Open(service.URL)

	for session, codec := range map[string]string{"av1": "av01.0.08M.08", "vp9": "vp09.00.40.08", "h264": "avc1.42E028"} {
		t.Run(session, func(t *testing.T) {
			chunks := people.Eval[[]chunk](viewer, fmt.Sprintf("encode(%q)", codec))
			if len(chunks) != 30 {
				t.Fatalf("%d chunks", len(chunks))
			}
			rec := keep(t, bucket, keys, record.Meta{Session: session, Company: "acme"}, codec, chunks)
			if rec.Gaps != 0 || rec.Duration != 9*time.Second {
				t.Errorf("recording %+v", rec)
			}
			// Red for four seconds, green for two, blue for three; in each the page rests most of the time.
			moments := []moment{{0, "red"}, {3, "red"}, {3.9, "red"}, {4.1, "green"}, {5.9, "green"}, {7, "blue"}, {8.9, "blue"}, {2, "red"}, {4, "green"}}
			asked, err := json.Marshal(moments)
			if err != nil {
				t.Fatal(err)
			}
			got := people.Eval[watched](viewer, fmt.Sprintf("watch('/video/%s', %s)", session, asked))
			var want []string
			for _, m := range append(moments, moment{3.2, "red"}) {
				want = append(want, m.Colour)
			}
			if !slices.Equal(got.Colours, want) {
				t.Errorf("seen %v, want %v", got.Colours, want)
			}
			if got.Duration != 9 || got.Width != 320 || got.Height != 240 {
				t.Errorf("Chromium sees %+v", got)
			}
			if got.Lasted < 0.5 || got.Ended != 9 {
				t.Errorf("from 3.2 s to the green at 4 s took %.2f s, and it ended at %.2f", got.Lasted, got.Ended)
			}
		})
	}
}

// keep records ten pictures each at 0, 4 and 6 seconds, and ends after nine.
func keep(t *testing.T, bucket *blob.Bucket, keys record.Keys, meta record.Meta, codec string, chunks []chunk) (rec cobrowse.Recording) {
	synctest.Test(t, func(t *testing.T) {
		recorder, err := record.Start(t.Context(), bucket, keys, meta, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		hub := stream.NewHub(func() {})
		hub.Configure(stream.Config{Generation: 1, Codec: codec, Width: 320, Height: 240})
		go recorder.Record(hub.Subscribe(true))
		began := time.Now()
		for n, c := range chunks {
			at := []time.Duration{0, 4 * time.Second, 6 * time.Second}[n/10] + time.Duration(n%10)*40*time.Millisecond
			synctest.Wait()
			time.Sleep(time.Until(began.Add(at)))
			hub.Publish(stream.Chunk{Generation: 1, Key: c.Key, Timestamp: at, Captured: at, Data: c.Data})
		}
		synctest.Wait()
		time.Sleep(time.Until(began.Add(9 * time.Second)))
		if rec, err = recorder.Close(); err != nil {
			t.Fatal(err)
		}
	})
	return rec
}
