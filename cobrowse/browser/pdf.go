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
	// largestPDF is the largest file that is shown, in bytes: it is held in memory while the page is made. A session reads one file at a
	// time, so that a page full of them, or one that comes slowly, is waited for by that session only.
	largestPDF = 32 << 20
	// pdfTime bounds the wait for a PDF's bytes, and for one's turn.
	pdfTime = time.Minute
	// handedOver is how many pages with files a launcher gives to Chromium at a time: each is in memory several times then.
	handedOver = 2
)

// responses is what is looked at for that.
var responses = &fetch.RequestPattern{ResourceType: network.ResourceTypeDocument, RequestStage: fetch.RequestStageResponse}

// isPDF tells whether a response would be shown as one. What is to be saved is not shown: by the word of the server, or of a link for
// downloads, which asks for anything where a document is asked for as such.
func isPDF(e *fetch.EventRequestPaused) bool {
	if e.Request == nil {
		return false
	}
	if accept, _ := e.Request.Headers["Accept"].(string); !strings.Contains(accept, "text/html") {
		return false
	}
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
func (b *Browser) answered(p *page, s session, e *fetch.EventRequestPaused) {
	p.awaits = p.awaits && string(e.FrameID) != string(p.target)
	if b.launcher.config.PDFViewer == nil || !isPDF(e) {
		b.spawn(func() {
			_, err := s.begin(fetch.CommandContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID})
			b.logError("response", err)
		})
		return
	}
	shown := 0 // of the tab's document
	if string(e.FrameID) == string(p.target) {
		shown = 1
	}
	p.reading += shown
	b.spawn(func() {
		defer func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			p.reading -= shown
		}()
		ctx, cancel := context.WithTimeout(b.ctx, pdfTime)
		defer cancel()
		if err := b.showPDF(ctx, s, e); err != nil {
			b.logError("pdf", err)
			_ = call(ctx, s, fetch.FailRequest, fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: network.ErrorReasonFailed})
		}
	})
}

func (b *Browser) showPDF(ctx context.Context, s session, e *fetch.EventRequestPaused) error {
	doneReading, err := turn(ctx, b.reading)
	if err != nil {
		return err
	}
	defer doneReading()
	nonce := rand.Text()
	page, err := b.viewerWith(ctx, s, e, nonce)
	if err != nil {
		return err
	}
	doneHanding, err := turn(ctx, b.launcher.handing)
	if err != nil {
		return err
	}
	defer doneHanding()
	return call(ctx, s, fetch.FulfillRequest, fetch.FulfillRequestParams{
		RequestID: e.RequestID, ResponseCode: http.StatusOK, ResponseHeaders: viewerHeaders(e, nonce), Body: page,
	})
}

// turn waits for one of the places that a channel has room for.
func turn(ctx context.Context, places chan struct{}) (done func(), err error) {
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("others are before it: %w", context.Cause(ctx))
	}
}

// viewerWith is the page that takes a file's place, with the file in it as far as it is not too large.
func (b *Browser) viewerWith(ctx context.Context, s session, e *fetch.EventRequestPaused, nonce string) ([]byte, error) {
	var page bytes.Buffer
	before, after := viewerParts(b.launcher.config.PDFViewer, nameOf(e), nonce, "")
	page.WriteString(before)
	encoded := base64.NewEncoder(base64.StdEncoding, &page)
	switch size, err := copyBody(ctx, s, e.RequestID, encoded); {
	case err != nil:
		return nil, fmt.Errorf("body: %w", err)
	case size > largestPDF:
		before, after = viewerParts(b.launcher.config.PDFViewer, nameOf(e), nonce, "large")
		return []byte(before + after), nil
	}
	_ = encoded.Close() // writes to a buffer
	page.WriteString(after)
	return page.Bytes(), nil
}

// copyBody reads a response, but for what is too large of it, and tells how much that is.
func copyBody(ctx context.Context, s session, id fetch.RequestID, to io.Writer) (size int64, err error) {
	taken, err := cdp.Call(ctx, s, fetch.TakeResponseBodyAsStream, fetch.TakeResponseBodyAsStreamParams{RequestID: id})
	if err != nil {
		return 0, err
	}
	defer func() { _ = call(ctx, s, cdpio.Close, cdpio.CloseParams{Handle: taken.Stream}) }()
	for size <= largestPDF {
		var part struct { // cdproto takes every part for base64
			Data          string `json:"data"`
			Base64Encoded bool   `json:"base64Encoded"`
			EOF           bool   `json:"eof"`
		}
		if err := s.Call(ctx, cdpio.CommandRead, cdpio.ReadParams{Handle: taken.Stream, Size: 1 << 20}, &part); err != nil {
			return size, err
		}
		var data io.Reader = strings.NewReader(part.Data)
		if part.Base64Encoded {
			data = base64.NewDecoder(base64.StdEncoding, data)
		}
		n, err := io.Copy(to, data)
		size += n
		if err != nil || part.EOF {
			return size, err
		}
	}
	return size, nil
}

// viewerHeaders let the page do no more than draw, and let nobody frame it whom the file did not let.
func viewerHeaders(e *fetch.EventRequestPaused, nonce string) []*fetch.HeaderEntry {
	policy := "default-src 'none'; script-src 'nonce-" + nonce + "' 'wasm-unsafe-eval'; worker-src blob:; style-src 'unsafe-inline'; img-src blob: data:; " +
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

// viewerParts are what stands in the page before and after the file.
func viewerParts(page []byte, name, nonce, problem string) (before, after string) {
	before, after, _ = strings.Cut(string(page), "{{DOCUMENT}}")
	fill := strings.NewReplacer("{{TITLE}}", html.EscapeString(name), "{{NONCE}}", nonce, "{{PROBLEM}}", problem)
	return fill.Replace(before), fill.Replace(after)
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
