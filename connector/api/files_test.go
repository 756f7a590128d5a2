package api_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

const customersToken = "the-customers"

func (l *liveStub) Downloaded(_ context.Context, token, id string) (cobrowse.Download, io.ReadSeekCloser, error) {
	switch {
	case token != customersToken:
		return cobrowse.Download{}, nil, cobrowse.Errorf(cobrowse.CodeDenied, "no_right", "not yours")
	case id != "d1":
		return cobrowse.Download{}, nil, cobrowse.Errorf(cobrowse.CodeNotFound, "file_gone", "not here")
	}
	return cobrowse.Download{ID: id, Name: "Fatura nº 1.html", Bytes: int64(len(videoBytes))}, reader{strings.NewReader(videoBytes)}, nil
}

func (l *liveStub) Upload(_ context.Context, token, wanted, name string, content io.Reader) error {
	text, err := io.ReadAll(content)
	if token != customersToken {
		return cobrowse.Errorf(cobrowse.CodeDenied, "no_right", "not yours")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.uploaded = wanted + " " + name + " " + string(text)
	return err
}

// TestFilesOfTheCustomer: they pass by the token of the live socket, an editor's by that of its own.
func TestFilesOfTheCustomer(t *testing.T) {
	for _, live := range []string{"/v1/live", "/v1/console/live"} {
		each(t, func(t *testing.T, s *service) { filesPass(t, s, live) })
	}
}

func filesPass(t *testing.T, s *service, live string) {
	t.Helper()
	w := s.do(get(live+"/downloads/d1", customersToken))
	if w.Code != http.StatusOK || w.Body.String() != videoBytes {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/octet-stream", "Content-Disposition": "attachment; filename*=utf-8''Fatura%20n%C2%BA%201.html",
		"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	s.refused(get(live+"/downloads/d1", ""), 401, "token_missing")
	s.refused(get(live+"/downloads/d1", "another"), 403, "no_right")
	s.refused(get(live+"/downloads/d2", customersToken), 404, "file_gone")

	large := strings.Repeat("x", 1<<20) // more than any other request may have
	file := request{method: http.MethodPost, path: live + "/uploads/u1", token: customersToken, body: large, header: map[string]string{
		"Content-Type": "application/octet-stream", "Content-Disposition": "attachment; filename*=UTF-8''n%C2%BA%201.pdf",
	}}
	if w := s.do(file); w.Code != http.StatusNoContent || s.live.uploaded != "u1 nº 1.pdf "+large {
		t.Errorf("%d %s, uploaded %.40s", w.Code, w.Body, s.live.uploaded)
	}
	file.token = "another"
	s.refused(file, 403, "no_right")
	file.token = ""
	s.refused(file, 401, "token_missing")
	file.token, file.header["Content-Disposition"] = customersToken, "attachment"
	s.refused(file, 400, "body")
	if strings.Contains(s.log.String(), "1.pdf") || strings.Contains(s.log.String(), "Fatura") {
		t.Error("the log names files")
	}
}
