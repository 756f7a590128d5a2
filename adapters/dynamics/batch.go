package dynamics

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"

	"github.com/google/uuid"
	abs "github.com/microsoft/kiota-abstractions-go"

	"cobrowse-connector/adapters/desk"
)

// write is one operation of a change set: a PATCH under a condition.
type write struct {
	path    string
	only    string // onlyNew or onlyOld
	version string // of onlyOld: the etag that the record must have; "" for any
	body    map[string]any
}

// changeSet runs writes in one transaction: all of them or none. The error is that of the write that failed.
func (c *client) changeSet(ctx context.Context, agent string, writes []write) error {
	batch, set := "batch_"+uuid.NewString(), "changeset_"+uuid.NewString()
	body, err := encodeChangeSet(c.base, batch, set, writes)
	if err != nil {
		return err
	}
	a, err := c.send(ctx, call{method: abs.POST, path: "$batch", agent: agent, kind: `multipart/mixed; boundary="` + batch + `"`, body: body})
	if err != nil {
		return err
	}
	if !a.isBatch() {
		return a.failure()
	}
	failed, err := a.failedPart()
	if err != nil {
		return err
	}
	if failed != nil {
		return failed.failure()
	}
	return nil
}

// encodeChangeSet writes the multipart text. Its lines end in CR LF: other ends are not understood.
func encodeChangeSet(base, batch, set string, writes []write) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "--%s\r\nContent-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n", batch, set)
	for i, w := range writes {
		body, err := json.Marshal(w.body)
		if err != nil {
			return nil, fmt.Errorf("dynamics: %w", err)
		}
		fmt.Fprintf(&b, "--%s\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: %d\r\n\r\n", set, i+1)
		fmt.Fprintf(&b, "PATCH %s/%s HTTP/1.1\r\nContent-Type: application/json; type=entry\r\n%s: %s\r\n\r\n%s\r\n",
			base, w.path, w.only, cmp.Or(w.version, "*"), body)
	}
	fmt.Fprintf(&b, "--%s--\r\n\r\n--%s--\r\n", set, batch)
	return b.Bytes(), nil
}

var errBatch = &desk.Transient{Err: errors.New("the answer to a change set is broken off")}

// isBatch tells that the answer is one to a batch, whose parts say how it went.
func (a *answer) isBatch() bool {
	kind, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	return err == nil && kind == "multipart/mixed"
}

// failedPart is the error inside a batch's answer: a failed change set answers with one error part in its place. nil when
// the change set went through.
func (a *answer) failedPart() (*answer, error) {
	_, params, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil {
		return nil, errBatch
	}
	part, err := multipart.NewReader(bytes.NewReader(a.body), params["boundary"]).NextRawPart()
	if err != nil {
		return nil, errBatch
	}
	if inner, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")); inner == "multipart/mixed" {
		return nil, nil
	}
	return readPart(part)
}

func readPart(r io.Reader) (*answer, error) {
	br := bufio.NewReader(r)
	tp := textproto.NewReader(br)
	line, err := tp.ReadLine()
	if err != nil {
		return nil, errBatch
	}
	var status int
	if _, err := fmt.Sscanf(line, "HTTP/1.1 %d", &status); err != nil {
		return nil, errBatch
	}
	header, err := tp.ReadMIMEHeader()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, errBatch
	}
	body, err := io.ReadAll(br)
	if err != nil {
		return nil, errBatch
	}
	return &answer{status, http.Header(header), body}, nil
}
