package live_test

import (
	"io"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/cobrowsetest"
	"cobrowse-connector/connector/live"
)

// TestFilesByToken: the customer of the session has its files, and nobody else who has a token.
func TestFilesByToken(t *testing.T) {
	h := open(t)
	files := h.server.Config.Handler.(*live.Handler)
	if _, _, err := files.Downloaded(h.ctx, "tok-customer", "d1"); cobrowse.ReasonOf(err) != "session_over" {
		t.Errorf("before anybody joined: %v", err)
	}
	customer, _ := h.live()
	h.browser.Emit(cobrowse.DownloadEvent{Download: cobrowse.Download{ID: "d1", Name: "a.pdf", State: cobrowse.DownloadReady, Tab: "t1"}})
	customer.await("download")
	h.browser.Emit(cobrowse.UploadWantedEvent{Wanted: cobrowse.UploadWanted{ID: "u1", Tab: "t1"}})
	customer.await("upload_wanted")
	for token, reason := range map[string]string{"tok-agent": "no_right", "tok-intruder": "no_right", "tok-none": "token_unknown"} {
		if _, _, err := files.Downloaded(h.ctx, token, "d1"); cobrowse.ReasonOf(err) != reason {
			t.Errorf("%s downloads: %v", token, err)
		}
		if err := files.Upload(h.ctx, token, "u1", "a.txt", strings.NewReader("A")); cobrowse.ReasonOf(err) != reason {
			t.Errorf("%s uploads: %v", token, err)
		}
	}
	d, file, err := files.Downloaded(h.ctx, "tok-customer", "d1")
	if err != nil || d.Name != "a.pdf" {
		t.Fatalf("%+v %v", d, err)
	}
	if content, err := io.ReadAll(file); err != nil || string(content) != "d1" {
		t.Errorf("%s %v", content, err)
	}
	if err := files.Upload(h.ctx, "tok-customer", "u1", "a.txt", strings.NewReader("A")); err != nil {
		t.Error(err)
	}
	if err := h.browser.Await(h.ctx, func(d cobrowsetest.Done) bool { return d.Arg == "u1 a.txt: A" }); err != nil {
		t.Error(err)
	}
}
