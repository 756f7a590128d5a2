package dynamics

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"
	khttp "github.com/microsoft/kiota-http-go"
)

// fileBody is a JSON object whose last member is a file in Base64. It is encoded while it is sent: kiota takes only bodies that
// are whole in memory, and a block of 4 MB would be there four times over (itself, as Base64, as JSON, and in JSON's buffer).
type fileBody struct {
	head []byte
	raw  []byte
}

const fileBodyTail = `"}`

func newFileBody(members map[string]any, name string, raw []byte) (*fileBody, error) {
	text, err := json.Marshal(members)
	if err != nil {
		return nil, fmt.Errorf("dynamics: %w", err)
	}
	return &fileBody{fmt.Appendf(nil, `%s,%q:"`, bytes.TrimSuffix(text, []byte("}")), name), raw}, nil
}

func (b *fileBody) size() int {
	return len(b.head) + base64.StdEncoding.EncodedLen(len(b.raw)) + len(fileBodyTail)
}

// reader gives the body from its start: kiota sends a request again when Entra asks for a fresh token.
func (b *fileBody) reader() io.ReadCloser {
	return io.NopCloser(io.MultiReader(bytes.NewReader(b.head), &base64Reader{left: b.raw}, strings.NewReader(fileBodyTail)))
}

var fileBodyKey = abs.RequestOptionKey{Key: "cobrowse file body"}

// GetKey implements abs.RequestOption.
func (b *fileBody) GetKey() abs.RequestOptionKey { return fileBodyKey }

// bodies is the middleware that puts a fileBody into its request.
type bodies struct{}

func (bodies) Intercept(p khttp.Pipeline, next int, r *http.Request) (*http.Response, error) {
	if b, ok := r.Context().Value(fileBodyKey).(*fileBody); ok {
		r.Body, r.ContentLength = b.reader(), int64(b.size())
		r.GetBody = func() (io.ReadCloser, error) { return b.reader(), nil }
	}
	return p.Next(r, next)
}

// base64Reader encodes bytes as they are read.
type base64Reader struct {
	left    []byte
	encoded []byte // not read yet; a part of buffer
	buffer  [4096]byte
}

func (r *base64Reader) Read(p []byte) (int, error) {
	if len(r.encoded) == 0 {
		if len(r.left) == 0 {
			return 0, io.EOF
		}
		part := r.left[:min(len(r.left), base64.StdEncoding.DecodedLen(len(r.buffer)))]
		r.left = r.left[len(part):]
		base64.StdEncoding.Encode(r.buffer[:], part)
		r.encoded = r.buffer[:base64.StdEncoding.EncodedLen(len(part))]
	}
	n := copy(p, r.encoded)
	r.encoded = r.encoded[n:]
	return n, nil
}
