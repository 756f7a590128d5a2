package dynamics

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	azauth "github.com/microsoft/kiota-authentication-azure-go"
	khttp "github.com/microsoft/kiota-http-go"

	"cobrowse-connector/adapters/desk"
)

// The tests of this file each show one default of kiota that would hurt us, with kiota as it comes, and that our client is without
// it. Where kiota no longer falls into a trap, the first half fails, and what keeps us out of it can go.

// listener is a server that keeps what it was sent.
type listener struct {
	*httptest.Server
	requests []*http.Request
	bodies   []string
}

func listen(t *testing.T, answer http.HandlerFunc) *listener {
	t.Helper()
	l := &listener{}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		l.requests, l.bodies = append(l.requests, r), append(l.bodies, string(body))
		answer(w, r)
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *listener) last() *http.Request { return l.requests[len(l.requests)-1] }

// kiota sends a request as kiota's own documentation shows it, with these middlewares or the default ones.
func (l *listener) kiota(ri *abs.RequestInformation, middlewares ...khttp.Middleware) error {
	adapter, err := khttp.NewNetHttpRequestAdapterWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		&authentication.AnonymousAuthenticationProvider{}, nil, nil, khttp.GetDefaultClient(middlewares...))
	if err != nil {
		return err
	}
	adapter.SetBaseUrl(l.URL)
	return adapter.SendNoContent(context.Background(), ri, nil)
}

func kiotaRequest(method abs.HttpMethod, template string) *abs.RequestInformation {
	return abs.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(method, "{+baseurl}/"+template, map[string]string{})
}

func kiotaPost() *abs.RequestInformation {
	ri := kiotaRequest(abs.POST, "tasks")
	ri.SetStreamContentAndContentType(bytes.Repeat([]byte(" "), 2000), "application/json")
	return ri
}

func (l *listener) ours(t *testing.T) *client { return l.oursWith(t, StaticToken("t")) }

func (l *listener) oursWith(t *testing.T, cred azcore.TokenCredential) *client {
	t.Helper()
	base, err := url.Parse(l.URL)
	if err != nil {
		t.Fatal(err)
	}
	c, err := newClient(base, cred, nil, &Budgets{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var longBody = map[string]any{"description": strings.Repeat(" ", 2000)}

func noContent(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

func TestTrapBodiesAreCompressed(t *testing.T) {
	l := listen(t, noContent)
	if err := l.kiota(kiotaPost()); err != nil || l.last().Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("kiota sends %q (%v)", l.last().Header.Get("Content-Encoding"), err)
	}
	if err := l.ours(t).patch(t.Context(), "", "tasks(1)", onlyOld, longBody); err != nil || l.last().Header.Get("Content-Encoding") != "" {
		t.Errorf("we send %q (%v)", l.last().Header.Get("Content-Encoding"), err)
	}
}

func TestTrapMiddlewaresInRandomOrder(t *testing.T) {
	orders := map[string]bool{}
	for range 50 {
		var names []string
		for _, m := range khttp.GetDefaultMiddlewares() {
			names = append(names, reflect.TypeOf(m).String())
		}
		orders[strings.Join(names, " ")] = true
	}
	if len(orders) < 2 {
		t.Errorf("kiota has %d orders", len(orders))
	}
	l := listen(t, noContent)
	sent := map[string]bool{}
	for range 50 {
		if err := l.ours(t).patch(t.Context(), "", "tasks(1)", onlyOld, longBody); err != nil {
			t.Fatal(err)
		}
		sent[fmt.Sprint(l.last().Header)] = true
	}
	if len(sent) != 1 {
		t.Errorf("our requests differ: %v", sent)
	}
}

func TestTrapBodiesAreChunked(t *testing.T) {
	l := listen(t, noContent)
	if err := l.kiota(kiotaPost(), khttp.NewUserAgentHandler()); err != nil || len(l.last().TransferEncoding) == 0 {
		t.Errorf("kiota sends %v (%v)", l.last().TransferEncoding, err)
	}
	c := l.ours(t)
	file, err := newFileBody(map[string]any{"a": "b"}, "data", make([]byte, 20000))
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.do(t.Context(), call{method: abs.POST, path: "UploadBlock", file: file, expect: []int{http.StatusNoContent}})
	if err := errors.Join(err, c.patch(t.Context(), "", "tasks(1)", onlyOld, longBody)); err != nil {
		t.Fatal(err)
	}
	for _, r := range l.requests[1:] {
		if len(r.TransferEncoding) > 0 || r.ContentLength <= 0 {
			t.Errorf("%s is sent with the length %d, %v", r.URL.Path, r.ContentLength, r.TransferEncoding)
		}
	}
}

func busy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", "1")
	w.Header().Set("REQ_ID", "0b5c6f3e-7a44-4a3f-9d53-0c3f7b6a1e02")
	w.WriteHeader(http.StatusTooManyRequests)
	_, _ = w.Write([]byte(`{"error":{"code":"0x80072322","message":"busy"}}`))
}

// TestTrapRetries: options without ShouldRetry panic at the first 429. Retries are the outbox's.
func TestTrapRetries(t *testing.T) {
	l := listen(t, busy)
	panicked := func() (v any) {
		defer func() { v = recover() }()
		return l.kiota(kiotaPost(), khttp.NewRetryHandlerWithOptions(khttp.RetryHandlerOptions{MaxRetries: 2}))
	}()
	if _, isError := panicked.(interface{ RuntimeError() }); !isError {
		t.Errorf("kiota says %v", panicked)
	}
	before := len(l.requests)
	var transient *desk.Transient
	err := l.ours(t).patch(t.Context(), "", "tasks(1)", onlyOld, longBody)
	if !errors.As(err, &transient) || transient.After != time.Second || len(l.requests) != before+1 {
		t.Errorf("we sent %d requests: %v", len(l.requests)-before, err)
	}
}

// TestTrapErrorsLoseTheirBodies, and the headers of answers with them.
func TestTrapErrorsLoseTheirBodies(t *testing.T) {
	l := listen(t, func(w http.ResponseWriter, r *http.Request) {
		busyHeaders := httptest.NewRecorder()
		busy(busyHeaders, r)
		w.Header().Set("REQ_ID", busyHeaders.Header().Get("REQ_ID"))
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"error":{"code":"0x80040220","message":"secret of a record"}}`))
	})
	if err := l.kiota(kiotaPost(), khttp.NewUserAgentHandler()); err == nil || strings.Contains(err.Error(), "0x80040220") {
		t.Errorf("kiota says %v", err)
	}
	err := l.ours(t).patch(t.Context(), "", "tasks(1)", onlyOld, longBody)
	if !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), "0x80040220") || !strings.Contains(err.Error(), "0b5c6f3e") {
		t.Errorf("we say %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "secret") {
		t.Error("the message of the organisation may quote a record")
	}
}

// TestTrapForeignHostsGetNoToken, and the request leaves all the same.
func TestTrapForeignHostsGetNoToken(t *testing.T) {
	l := listen(t, noContent)
	auth, err := azauth.NewAzureIdentityAuthenticationProviderWithScopesAndValidHosts(StaticToken("t"), []string{"https://org.example/.default"}, []string{"org.example"})
	if err != nil {
		t.Fatal(err)
	}
	adapter, err := khttp.NewNetHttpRequestAdapter(auth)
	if err != nil {
		t.Fatal(err)
	}
	adapter.SetBaseUrl(l.URL)
	if err := adapter.SendNoContent(t.Context(), kiotaPost(), nil); err != nil || l.last().Header.Get("Authorization") != "" {
		t.Errorf("kiota sends %q (%v)", l.last().Header.Get("Authorization"), err)
	}
	before, c := len(l.requests), l.ours(t)
	_, port, _ := strings.Cut(strings.TrimPrefix(l.URL, "http://"), ":")
	c.base = "http://localhost:" + port + "/api/data/v9.2" // the same server under a name that was not told
	var permanent *desk.Permanent
	if err := c.get(t.Context(), "", "WhoAmI", nil, nil); !errors.As(err, &permanent) || len(l.requests) != before {
		t.Errorf("we sent %d requests: %v", len(l.requests)-before, err)
	}
}

// TestTrapOnlyHTTPS: kiota refuses to send a token over http when the first request is made; we say so at once.
func TestTrapOnlyHTTPS(t *testing.T) {
	if _, err := New(Config{URL: "http://contoso.crm.dynamics.com", Credential: StaticToken("t")}); err == nil {
		t.Error("an address without https was taken")
	}
}

// TestTrapQueryNamesAreEscaped: OData does not know %24select.
func TestTrapQueryNamesAreEscaped(t *testing.T) {
	l := listen(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) })
	ri := kiotaRequest(abs.GET, "tasks{?%24select}")
	ri.QueryParameters["%24select"] = "subject"
	if err := l.kiota(ri, khttp.NewUserAgentHandler()); err != nil || !strings.Contains(l.last().RequestURI, "%24select") {
		t.Errorf("kiota asks for %s (%v)", l.last().RequestURI, err)
	}
	query := url.Values{"$filter": {"subject eq 'a b+c'"}}
	if err := l.ours(t).get(t.Context(), "", "tasks", query, nil); err != nil {
		t.Fatal(err)
	}
	if got := l.last(); got.URL.Query().Get("$filter") != "subject eq 'a b+c'" || strings.Contains(got.RequestURI, "+") {
		t.Errorf("we ask for %s", got.RequestURI)
	}
}

// TestTrapNoBatches: kiota has none of OData, so the text is ours.
func TestTrapNoBatches(t *testing.T) {
	l := listen(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "multipart/mixed; boundary=b")
		_, _ = w.Write([]byte("--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c--\r\n--b--\r\n"))
	})
	writes := []write{{path: "tasks(1)", only: onlyOld, version: `W/"7"`, body: map[string]any{"subject": "ü"}}, {path: "annotations(2)", only: onlyNew, body: map[string]any{}}}
	if err := l.ours(t).changeSet(t.Context(), "", writes); err != nil {
		t.Fatal(err)
	}
	body := l.bodies[0]
	if strings.Contains(strings.ReplaceAll(body, "\r\n", ""), "\n") || !strings.HasPrefix(l.last().Header.Get("Content-Type"), `multipart/mixed; boundary="batch_`) {
		t.Errorf("%s: %q", l.last().Header.Get("Content-Type"), body)
	}
	for _, part := range []string{"If-Match: W/\"7\"\r\n", "If-None-Match: *\r\n", "Content-ID: 2\r\n", "/api/data/v9.2/annotations(2) HTTP/1.1\r\n", `{"subject":"ü"}`} {
		if !strings.Contains(body, part) {
			t.Errorf("the batch holds no %q", part)
		}
	}
}

// TestTrapRedirectsAreSuccess: a page to sign in at is not what was asked for, nor is another status of success.
func TestTrapRedirectsAreSuccess(t *testing.T) {
	for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusOK, http.StatusAccepted} {
		l := listen(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/login")
			w.WriteHeader(status)
		})
		if err := l.kiota(kiotaPost(), khttp.NewUserAgentHandler()); err != nil {
			t.Errorf("kiota says %v of %d", err, status)
		}
		var transient *desk.Transient
		if err := l.ours(t).patch(t.Context(), "", "tasks(1)", onlyOld, longBody); !errors.As(err, &transient) || len(l.requests) != 2 {
			t.Errorf("we say %v of %d, after %d requests", err, status, len(l.requests))
		}
	}
}

// claimsCredential gives a fresh token when Entra asks for one by claims.
type claimsCredential struct{}

func (claimsCredential) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token := "old"
	if o.Claims != "" {
		token = "fresh"
	}
	return azcore.AccessToken{Token: token, ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// TestTrapChallenges: a request that is sent again for a challenge has its whole body again, also a file's.
func TestTrapChallenges(t *testing.T) {
	l := listen(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer fresh" {
			w.Header().Set("WWW-Authenticate", `Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	c := l.oursWith(t, claimsCredential{})
	if err := c.patch(t.Context(), "", "tasks(1)", onlyOld, longBody); err != nil {
		t.Fatal(err)
	}
	file, err := newFileBody(map[string]any{"a": "b"}, "data", bytes.Repeat([]byte("xyz"), 5000))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.do(t.Context(), call{method: abs.POST, path: "UploadBlock", file: file, expect: []int{http.StatusNoContent}}); err != nil {
		t.Fatal(err)
	}
	if len(l.bodies) != 4 || l.bodies[0] != l.bodies[1] || l.bodies[2] != l.bodies[3] || len(l.bodies[3]) != file.size() {
		t.Errorf("%d requests, with the lengths %v", len(l.bodies), lengths(l.bodies))
	}
}

func lengths(texts []string) (n []int) {
	for _, s := range texts {
		n = append(n, len(s))
	}
	return n
}
