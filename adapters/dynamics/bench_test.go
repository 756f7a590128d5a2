package dynamics

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"cobrowse-connector/adapters/desk"
)

// BenchmarkSessionRequests tells what a session costs an organisation: scheduled, open and completed, without its files. What a
// desk learns once (names, limits, an agent's id) is learned before.
func BenchmarkSessionRequests(b *testing.B) {
	for name, custom := range map[string]bool{"custom": true, "fallback": false} {
		b.Run(name, func(b *testing.B) {
			w := newOrganisation(custom)
			w.server = httptest.NewServer(w.fake)
			defer w.server.Close()
			w.desk = w.connect(b, w.fake.Token())
			w.put(b, w.entry())
			before := w.fake.Requests()
			for b.Loop() {
				e := w.entry()
				w.put(b, w.at(e, desk.Scheduled), w.at(e, desk.Open), e)
			}
			b.ReportMetric(float64(w.fake.Requests()-before)/float64(b.N), "requests/session")
		})
	}
}

// zeros is a file of so many bytes.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	n := int(min(int64(len(p)), z.left))
	if n == 0 {
		return 0, io.EOF
	}
	clear(p[:n])
	z.left -= int64(n)
	return n, nil
}

// BenchmarkUpload128MB tells how much more of the heap is alive while a file of 128 MB goes up in blocks. A note of a real
// organisation takes 98 MB at most; the stand-in is told to take more, and does not keep the blocks: they would be on the same
// heap.
func BenchmarkUpload128MB(b *testing.B) {
	const size = 128 << 20
	var peak uint64
	w := newOrganisation(true)
	w.fake.SetMaxUpload(2 * size)
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/UploadBlock"):
			_, _ = io.CopyN(io.Discard, r.Body, r.ContentLength/2)
			peak = max(peak, liveHeap()) // in the middle of a block
			_, _ = io.Copy(io.Discard, r.Body)
			rw.WriteHeader(http.StatusNoContent)
		case strings.HasSuffix(r.URL.Path, "/CommitAnnotationBlocksUpload"):
			_, _ = rw.Write([]byte("{}"))
		default:
			w.fake.ServeHTTP(rw, r)
		}
	}))
	defer w.server.Close()
	w.desk = w.connect(b, w.fake.Token())
	e := w.entry()
	w.put(b, e)
	b.SetBytes(size)
	before := liveHeap()
	for b.Loop() {
		f := desk.File{Key: e.Key, Name: "recording.webm", Type: "video/webm", Size: size, Agent: e.Agent, Record: e.Record,
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(&zeros{size}), nil },
			Keep: func(context.Context, string) error { return nil }}
		if err := w.desk.PutFile(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(peak-before)/(1<<20), "MiB-live")
}

// liveHeap is what is alive, after a collection.
func liveHeap() uint64 {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
