package dynamics

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"
	"testing/iotest"
)

// TestFileBody: what is sent bit by bit is the JSON that it stands for, of the length that was announced.
func TestFileBody(t *testing.T) {
	for _, size := range []int{0, 1, 2, 3, 3071, 3072, 3073, 100_000} {
		raw := bytes.Repeat([]byte{1, 2, 250, 7, 9}, size/5+1)[:size]
		b, err := newFileBody(map[string]any{"filename": `a "b".webm`, "n": 1}, "documentbody", raw)
		if err != nil {
			t.Fatal(err)
		}
		for name, read := range map[string]func(io.Reader) io.Reader{"whole": func(r io.Reader) io.Reader { return r }, "by bytes": iotest.OneByteReader} {
			text, err := io.ReadAll(read(b.reader()))
			if err != nil {
				t.Fatal(err)
			}
			var got struct {
				Filename     string
				Documentbody []byte
			}
			if err := json.Unmarshal(text, &got); err != nil || len(text) != b.size() || got.Filename != `a "b".webm` || !bytes.Equal(got.Documentbody, raw) {
				t.Errorf("%d bytes, %s: %d of %d, %v", size, name, len(text), b.size(), err)
			}
		}
	}
}
