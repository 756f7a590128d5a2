package dataversefake

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// exchange is one request and answer that Microsoft's documentation prints.
type exchange struct {
	ID      string
	Request struct {
		Method, Path, Body string
		Headers            [][2]string
		JSON               json.RawMessage
	}
	Response struct {
		Status  int
		Headers [][2]string
		JSON    map[string]any
		Body    string
	}
}

// leftOut are exchanges about what the connector does not use, with the reason.
var leftOut = map[string]string{
	"initialize-from":         "the answer is not published",
	"error-annotations":       "the error comes from the page's own plug-in",
	"activity-parties-put":    "e-mails, which the connector does not write",
	"create-table-definition": "definitions are the solution's business",
}

const (
	sampleAccount = "00000000-0000-0000-0000-000000000001"
	sampleCaller  = "e39c5d16-675b-48d1-8e67-667427e9c084"
)

// absent are the exchanges whose account must not exist beforehand.
var absent = []string{"upsert-prevent-create-404"}

// corrections are slips of the pages, with what is meant.
var corrections = map[string][2]string{
	"retrieve-references":            {"AccountTasks", "Account_Tasks"},
	"file-column-expand-attachments": {"$filter=sample_filecolumn ne null&", ""}, // one record is not filtered
}

func TestExchangesOfTheDocumentation(t *testing.T) {
	var file struct{ Exchanges []exchange }
	if !referenceFile(t, "exchanges.json", &file) {
		return
	}
	replayed := 0
	for _, x := range file.Exchanges {
		if why, left := leftOut[x.ID]; left {
			t.Logf("left out: %s (%s)", x.ID, why)
			continue
		}
		replayed++
		t.Run(x.ID, func(t *testing.T) { replay(t, x) })
	}
	if replayed < 64 {
		t.Errorf("only %d exchanges were replayed", replayed)
	}
	for _, id := range slices.Sorted(maps.Keys(leftOut)) {
		if !slices.ContainsFunc(file.Exchanges, func(x exchange) bool { return x.ID == id }) {
			t.Errorf("%s is left out but not in the documentation", id)
		}
	}
}

// sample is an organisation as the documentation's examples suppose it.
type sample struct {
	*Server
	note, token, download string
	file                  fileSample
}

func newSample(t *testing.T, x exchange) *sample {
	s := &sample{Server: New(), note: uuid.NewString()}
	s.AddUser(User{ObjectID: sampleCaller, Name: "Impersonated User", Reads: Organization})
	s.AddUser(User{ID: applicationID, Name: "# Co-browse", Application: true, Delegate: true, Reads: Organization, Customizer: true})
	contact := s.AddContact("", "Rene", "Valdes")
	if !slices.Contains(absent, x.ID) {
		s.seed("account", sampleAccount, row{"name": "Adventure Works (sample)", "primarycontactid": reference("contact", contact), "description": "old"})
	}
	if x.ID == "impersonate-createdonbehalfby" {
		s.do(t, "PATCH", "/api/data/v9.2/accounts(00000000-0000-0000-0000-000000000003)",
			http.Header{"CallerObjectId": {sampleCaller}}, `{"name":"Sample Account created using impersonation"}`)
	}
	s.seed("annotation", s.note, row{"subject": "large PDF file", "objectid": reference("account", sampleAccount), "documentbody": "aGVsbG8=", "filename": "a.pdf"})
	if strings.HasPrefix(x.ID, aboutFiles) {
		s.addSampleFile(t)
	}
	s.token = s.started(t, "InitializeAnnotationBlocksUpload")
	s.download = s.started(t, "InitializeAnnotationBlocksDownload")
	return s
}

func (s *sample) started(t *testing.T, action string) string {
	t.Helper()
	body := fmt.Sprintf(`{"Target":{"@odata.type":"Microsoft.Dynamics.CRM.annotation","annotationid":%q,"filename":"25mb.pdf"}}`, s.note)
	a := s.do(t, "POST", "/api/data/v9.2/"+action, nil, body)
	var out struct{ FileContinuationToken string }
	if err := json.Unmarshal(a.Body.Bytes(), &out); err != nil || out.FileContinuationToken == "" {
		t.Fatalf("%s: %s", action, a.Body)
	}
	return out.FileContinuationToken
}

// do sends a request with the headers that every request must have.
func (s *sample) do(t *testing.T, method, path string, h http.Header, body string) *httptest.ResponseRecorder {
	t.Helper()
	u, err := url.Parse("https://org.example" + strings.ReplaceAll(path, " ", "%20"))
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, u.String(), strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+s.Token())
	r.Header.Set("OData-Version", "4.0")
	r.Header.Set("OData-MaxVersion", "4.0")
	r.Header.Set("Accept", "application/json")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for k, v := range h {
		r.Header.Set(k, v[0])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

var blockIDs = regexp.MustCompile(`"BlockList":\s*\[[^\]]*\]`)

// fill puts real values in the place of those that Microsoft left out.
func (s *sample) fill(t *testing.T, x exchange, text string) string {
	text = strings.NewReplacer("<annotationid>", s.note, "<organizationid>", organizationID, "[Organization URI]", "https://org.example", "[Organization Uri]", "https://org.example",
		"00000000-0000-0000-000000000003", "00000000-0000-0000-0000-000000000003").Replace(text)
	text = s.file.fill(x.ID, text)
	switch x.ID {
	case "annotation-upload-block":
		text = strings.NewReplacer(`"BlockData":"<Removed for brevity>"`, `"BlockData":"aGVsbG8="`, `"FileContinuationToken":"<Removed for brevity>"`, `"FileContinuationToken":"`+s.token+`"`).Replace(text)
	case "annotation-commit-upload":
		const id = "Yjc3ZmU5MjgtZjBlNi00NTY5LThkYjMtYmFlZDkzOGE1ODFm"
		s.do(t, "POST", "/api/data/v9.2/UploadBlock", nil, fmt.Sprintf(`{"BlockId":%q,"BlockData":"aGVsbG8=","FileContinuationToken":%q}`, id, s.token))
		text = strings.ReplaceAll(blockIDs.ReplaceAllString(text, `"BlockList":["`+id+`"]`), "<Removed for brevity>", s.token)
	case "annotation-download-block":
		text = strings.ReplaceAll(text, "<Removed for brevity>", s.download)
	}
	return text
}

func replay(t *testing.T, x exchange) {
	s := newSample(t, x)
	s.addSalesSamples()
	body := x.Request.Body
	if len(x.Request.JSON) > 0 {
		body = compact(t, x.Request.JSON)
	}
	body = strings.ReplaceAll(s.fill(t, x, body), "\n", "\r\n")
	h := http.Header{}
	for _, kv := range x.Request.Headers {
		if kv[0] != "Content-Length" {
			h.Set(kv[0], kv[1])
		}
	}
	if strings.HasPrefix(body, "--") && h.Get("Content-Type") == "" {
		boundary, _, _ := strings.Cut(strings.TrimPrefix(body, "--"), "\r\n")
		h.Set("Content-Type", "multipart/mixed; boundary="+boundary)
	}
	if x.ID == "conditional-get-not-modified" { // the row's version is ours
		h.Set("If-None-Match", s.do(t, "GET", x.Request.Path, nil, "").Header().Get("ETag"))
	}
	fix := corrections[x.ID]
	got := s.do(t, x.Request.Method, strings.Replace(s.fill(t, x, x.Request.Path), fix[0], fix[1], 1), h, body)
	if got.Code != x.Response.Status {
		t.Fatalf("answered %d, the documentation %d: %s", got.Code, x.Response.Status, got.Body)
	}
	compareAnswer(t, x, got)
}

func compact(t *testing.T, v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(strings.ReplaceAll(string(text), `\u003c`, "<"), `\u003e`, ">")
}

// namedHeaders are those of the documentation's answers that must be there.
var namedHeaders = []string{"OData-EntityId", "OData-Version", "Location", "Accept-Ranges", "x-ms-file-size", "x-ms-file-name", "mimetype"}

var statusLine = regexp.MustCompile(`HTTP/1\.1 [0-9]{3}`)

func compareAnswer(t *testing.T, x exchange, got *httptest.ResponseRecorder) {
	t.Helper()
	for _, kv := range x.Response.Headers {
		if kv[0] == "Preference-Applied" && got.Header().Get(kv[0]) != kv[1] {
			t.Errorf("%s is %q, the documentation has %q", kv[0], got.Header().Get(kv[0]), kv[1])
		}
		if kv[0] == "x-ms-chunk-size" && got.Header().Get(kv[0]) != kv[1] {
			t.Errorf("%s is %q, the documentation has %q", kv[0], got.Header().Get(kv[0]), kv[1])
		}
		if slices.Contains(namedHeaders, kv[0]) && got.Header().Get(kv[0]) == "" {
			t.Errorf("the answer has no %s", kv[0])
		}
	}
	if strings.HasPrefix(x.Response.Body, "--batchresponse") {
		// A change set with a GET after it, or parts of their own: the statuses must come in the same order.
		want, have := statusLine.FindAllString(x.Response.Body, -1), statusLine.FindAllString(got.Body.String(), -1)
		if !slices.Equal(want, have) {
			t.Errorf("the parts answer %v, the documentation %v", have, want)
		}
		return
	}
	if x.Response.JSON == nil {
		if x.ID == "retrieve-count" && got.Body.String() != x.Response.Body {
			t.Errorf("the answer is %q, the documentation has %q", got.Body, x.Response.Body)
		}
		return
	}
	var have map[string]any
	if err := json.Unmarshal(got.Body.Bytes(), &have); err != nil {
		t.Fatal(err)
	}
	for name, v := range x.Response.JSON {
		if list, isList := v.([]any); isList {
			compareList(t, name, list, have[name])
		}
		if _, there := have[name]; !there && name != "_transactioncurrencyid_value" {
			t.Errorf("the answer has no %s", name)
		}
		if name == "error" {
			compareError(t, v.(map[string]any), have["error"].(map[string]any))
		}
	}
}

func compareError(t *testing.T, want, have map[string]any) {
	t.Helper()
	if want["code"] != have["code"] || want["message"] != have["message"] {
		t.Errorf("the error is %v, the documentation has %v", have, want)
	}
}

// compareList wants as many members as the documentation shows, each with its properties.
func compareList(t *testing.T, name string, want []any, have any) {
	t.Helper()
	got, _ := have.([]any)
	if len(got) != len(want) {
		t.Errorf("%s has %d members, the documentation shows %d", name, len(got), len(want))
		return
	}
	for i, v := range want {
		member, _ := got[i].(map[string]any)
		for property := range v.(map[string]any) {
			if member[property] == nil {
				t.Errorf("%s: member %d has no %s", name, i, property)
			}
		}
	}
}
