package browser

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	cdpio "github.com/chromedp/cdproto/io"
	"github.com/chromedp/cdproto/network"
)

// Chromium shows a PDF in a viewer that no engine can look into, so nobody could say what of it is private. Instead a page of ours
// takes the file's place, at the file's own address: to the engine it is a page like any other. It covers in its pictures what the
// engine hides in its text.

const (
	// largestPDF is the largest file that is shown, in bytes: it is held in memory while the page is made.
	largestPDF = 32 << 20
	// pdfTime bounds the wait for a PDF's bytes.
	pdfTime = time.Minute
)

// responses is what is looked at for that.
var responses = &fetch.RequestPattern{ResourceType: network.ResourceTypeDocument, RequestStage: fetch.RequestStageResponse}

// isPDF tells whether a response would be shown as one. What is to be saved is not shown.
func isPDF(e *fetch.EventRequestPaused) bool {
	kind, _, _ := mime.ParseMediaType(header(e, "Content-Type"))
	how, _, _ := mime.ParseMediaType(header(e, "Content-Disposition"))
	return e.ResponseStatusCode == http.StatusOK && kind == "application/pdf" && how != "attachment"
}

func header(e *fetch.EventRequestPaused, name string) string {
	for _, h := range e.ResponseHeaders {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

// answered takes in a response to the request for a document. Caller holds mu.
func (b *Browser) answered(s session, e *fetch.EventRequestPaused) {
	if !isPDF(e) {
		b.spawn(func() {
			_, err := s.begin(fetch.CommandContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID})
			b.logError("response", err)
		})
		return
	}
	b.spawn(func() {
		ctx, cancel := context.WithTimeout(b.ctx, pdfTime)
		defer cancel()
		if err := b.showPDF(ctx, s, e); err != nil {
			b.logError("pdf", err)
			_ = call(ctx, s, fetch.FailRequest, fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: network.ErrorReasonFailed})
		}
	})
}

func (b *Browser) showPDF(ctx context.Context, s session, e *fetch.EventRequestPaused) error {
	file, err := bodyOf(ctx, s, e.RequestID)
	if err != nil {
		return err
	}
	nonce := rand.Text()
	return call(ctx, s, fetch.FulfillRequest, fetch.FulfillRequestParams{
		RequestID: e.RequestID, ResponseCode: http.StatusOK,
		ResponseHeaders: viewerHeaders(e, nonce), Body: fillViewer(b.launcher.config.PDFViewer, file, nameOf(e), nonce),
	})
}

// bodyOf reads a response. One that is too large is nil.
func bodyOf(ctx context.Context, s session, id fetch.RequestID) ([]byte, error) {
	taken, err := cdp.Call(ctx, s, fetch.TakeResponseBodyAsStream, fetch.TakeResponseBodyAsStreamParams{RequestID: id})
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	defer func() { _ = call(ctx, s, cdpio.Close, cdpio.CloseParams{Handle: taken.Stream}) }()
	var file bytes.Buffer
	for {
		var part struct { // cdproto takes every part for base64
			Data          string `json:"data"`
			Base64Encoded bool   `json:"base64Encoded"`
			EOF           bool   `json:"eof"`
		}
		if err := s.Call(ctx, cdpio.CommandRead, cdpio.ReadParams{Handle: taken.Stream, Size: 1 << 20}, &part); err != nil {
			return nil, fmt.Errorf("body: %w", err)
		}
		var data io.Reader = strings.NewReader(part.Data)
		if part.Base64Encoded {
			data = base64.NewDecoder(base64.StdEncoding, data)
		}
		if _, err := file.ReadFrom(data); err != nil {
			return nil, fmt.Errorf("body: %w", err)
		}
		if file.Len() > largestPDF {
			return nil, nil
		}
		if part.EOF {
			return file.Bytes(), nil
		}
	}
}

// viewerHeaders let the page do no more than draw, and let nobody frame it whom the file did not let.
func viewerHeaders(e *fetch.EventRequestPaused, nonce string) []*fetch.HeaderEntry {
	policy := "default-src 'none'; script-src 'nonce-" + nonce + "'; worker-src blob:; style-src 'unsafe-inline'; img-src blob: data:; " +
		"font-src data:; connect-src blob:; base-uri 'none'; form-action 'none'"
	for _, directive := range strings.Split(header(e, "Content-Security-Policy"), ";") {
		if strings.HasPrefix(strings.ToLower(strings.TrimSpace(directive)), "frame-ancestors ") {
			policy += "; " + strings.TrimSpace(directive)
		}
	}
	headers := []*fetch.HeaderEntry{
		{Name: "Content-Type", Value: "text/html; charset=utf-8"}, {Name: "Content-Security-Policy", Value: policy},
		{Name: "Cache-Control", Value: "no-store"}, {Name: "Referrer-Policy", Value: "no-referrer"},
	}
	if frames := header(e, "X-Frame-Options"); frames != "" {
		headers = append(headers, &fetch.HeaderEntry{Name: "X-Frame-Options", Value: frames})
	}
	return headers
}

// fillViewer puts the file into the page.
func fillViewer(page, file []byte, name, nonce string) []byte {
	problem := ""
	if file == nil {
		problem = "large"
	}
	return []byte(strings.NewReplacer(
		"{{TITLE}}", html.EscapeString(name), "{{NONCE}}", nonce, "{{PROBLEM}}", problem,
		"{{DOCUMENT}}", base64.StdEncoding.EncodeToString(file),
	).Replace(string(page)))
}

// nameOf is what the file is called.
func nameOf(e *fetch.EventRequestPaused) string {
	_, params, _ := mime.ParseMediaType(header(e, "Content-Disposition"))
	if name := params["filename"]; name != "" {
		return path.Base(name)
	}
	if e.Request != nil {
		if u, err := url.Parse(e.Request.URL); err == nil && path.Base(u.Path) != "/" && u.Path != "" {
			return path.Base(u.Path)
		}
	}
	return "PDF"
}
