// Package desks has the desks that agents work at where the real ones cannot run: Microsoft's pages around the scripts of the package for Dynamics.
// Their host objects (connector/web/src/mockhost) are held against Microsoft's typings.
package desks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"cobrowse-connector/connector/web"
)

// The places that the package puts the product in.
const (
	Tab  = "tab"  // of a chat
	Pane = "pane" // beside whatever the agent works on
	Case = "case" // the form of a case
	CIF  = "cif"  // a channel provider
)

// Conversation is one of the agent's.
type Conversation struct {
	ID           string `json:"id"`
	Channel      string `json:"channel"` // chat, voice
	CustomerName string `json:"customerName"`
	CustomerID   string `json:"customerId"`
	CaseID       string `json:"caseId"`
	Assigned     bool   `json:"assigned"`
	Closed       bool   `json:"closed"`
	Recorded     bool   `json:"recorded"`
}

// CaseRecord is a row of the table incident.
type CaseRecord struct {
	ID       string  `json:"incidentid"`
	Title    string  `json:"title"`
	Number   string  `json:"ticketnumber"`
	State    int     `json:"statecode"`
	Customer string  `json:"_customerid_value"`
	Contact  *string `json:"_primarycontactid_value"`
}

// Setup is what a workspace shows.
type Setup struct {
	Service       string            `json:"service"`
	Company       string            `json:"company"`
	Surface       string            `json:"surface"`
	Conversations []Conversation    `json:"conversations"`
	Cases         []CaseRecord      `json:"cases"`
	Variables     map[string]string `json:"variables"` // of the environment
	Without       []string          `json:"without"`   // host objects that are not there
}

var page = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Workspace</title><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/mock.css"></head>
<body><script>window.mockSetup = {{.Setup}};</script><script src="/{{.Script}}"></script></body>
</html>
`))

// tab is the web resource as the package has it.
var tab = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Co-browse</title><style>html,body{height:100%;margin:0}</style>
<script src="cobrowse-tab.js" data-service="{{.Service}}" data-company="{{.Company}}"></script></head>
<body></body>
</html>
`))

// Dynamics serves a workspace with what setup says until the test ends, and returns its address: another site than the service's. The widget of
// another desktop is at /embedded there.
func Dynamics(t testing.TB, setup Setup) string {
	t.Helper()
	if err := web.Ready("dynamics-tab.js", "dynamics-pane.js", "dynamics-cti.js"); err != nil {
		t.Fatal(err)
	}
	setup.Conversations, setup.Cases, setup.Without = some(setup.Conversations), some(setup.Cases), some(setup.Without)
	if setup.Variables == nil {
		setup.Variables = map[string]string{}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", fill(t, page, map[string]any{"Setup": setup, "Script": "main.js"}))
	mux.HandleFunc("GET /embedded", fill(t, page, map[string]any{"Setup": setup, "Script": "embedded.js"}))
	mux.HandleFunc("GET /WebResources/cob_/cobrowse.html", fill(t, tab, setup))
	mux.HandleFunc("GET /WebResources/cob_/cobrowse-tab.js", built("dynamics-tab.js"))
	mux.HandleFunc("GET /pane.js", built("dynamics-pane.js"))
	mux.HandleFunc("GET /cti.js", built("dynamics-cti.js"))
	for path, source := range map[string]string{"main.js": "main.ts", "embedded.js": "cti.ts", "webresources/Widget/msdyn_ciLibrary.js": "cilibrary.ts", "mock.css": "mock.css"} {
		mux.HandleFunc("GET /"+path, bundle(t, source))
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
}

// some is a list that JSON has as one, also when it is empty.
func some[T any](list []T) []T { return append([]T{}, list...) }

func fill(t testing.TB, page *template.Template, with any) http.HandlerFunc {
	t.Helper()
	var out bytes.Buffer
	if err := page.Execute(&out, with); err != nil {
		t.Fatal(err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(out.Bytes()) // fails only when the reader is gone
	}
}

func built(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, web.FS, name) }
}

var bundles sync.Map // source → bytes

// bundle serves a source of the stand-in, bundled once for all tests.
func bundle(t testing.TB, source string) http.HandlerFunc {
	t.Helper()
	made, ok := bundles.Load(source)
	if !ok {
		_, here, _, _ := runtime.Caller(0)
		folder := filepath.Join(filepath.Dir(here), "../../connector/web/src/mockhost")
		result := api.Build(api.BuildOptions{EntryPoints: []string{filepath.Join(folder, source)}, Bundle: true, Format: api.FormatIIFE, Target: api.ES2022})
		if len(result.Errors) > 0 {
			t.Fatal(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}))
		}
		made = result.OutputFiles[0].Contents
		bundles.Store(source, made)
	}
	kind := "text/javascript"
	if filepath.Ext(source) == ".css" {
		kind = "text/css"
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(made.([]byte)) // fails only when the reader is gone
	}
}

// Did is an expression of how often the workspace was asked for something, e.g. Did("sent", "id", "c-1").
func Did(what string, fields ...string) string {
	wanted := map[string]string{"what": what}
	for i := 0; i < len(fields); i += 2 {
		wanted[fields[i]] = fields[i+1]
	}
	b, err := json.Marshal(wanted)
	if err != nil {
		panic(err) // texts always marshal
	}
	return fmt.Sprintf("mock.done.filter((d) => Object.entries(%s).every(([k, v]) => String(d[k]).includes(v))).length", b)
}
