package cobrowse_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/wire"
)

// planted is what the tests below put into everything that a page or a person can say.
const planted = "4111secret1111"

// plant puts it into every string that can be reached from v, in place of what is there. Fields that a machine fills are left out.
func plant(v reflect.Value, path string, ours map[string]bool) {
	switch v.Kind() {
	case reflect.String:
		if !ours[path] && v.CanSet() {
			v.SetString(strings.ReplaceAll(v.String(), planted, "") + planted)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			plant(v.Field(i), path+"."+v.Type().Field(i).Name, ours)
		}
	case reflect.Slice:
		if v.Len() == 0 && v.CanSet() {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		for i := range v.Len() {
			plant(v.Index(i), path, ours)
		}
	}
}

// ours are fields that the service itself fills with its own words. Whoever adds one here has thought about it.
var ours = map[string]bool{
	".Ask.ID": true, ".Ask.Tab": true, ".Ask.Kind": true, ".Ask.By": true, ".ID": true, ".What": true, ".Codec": true,
	".Tabs.Icon": true, // what the host gives to strangers
	".Tabs.ID":   true, ".Shown": true, ".Reason": true, ".Tab": true, ".Code": true, ".Kind": true, ".Layer.Tab": true, ".Focus.Tab": true,
	".Refusal.Tab": true, ".Refusal.By": true, ".Refusal.How": true, ".Refusal.Rule": true, ".Applied": true, ".Matched": true, ".Lost": true, ".By": true,
	".Download.ID": true, ".Download.State": true, ".Download.Reason": true, ".Download.Tab": true, ".Wanted.ID": true, ".Wanted.Tab": true, ".Wanted.By": true,
}

// browserEvents are all that a browser can tell, each with the secret in all that comes of a page.
func browserEvents() []cobrowse.BrowserEvent {
	samples := []cobrowse.BrowserEvent{
		&cobrowse.LayerEvent{Layer: cobrowse.Layer{Tab: "t1"}},
		&cobrowse.HiddenEvent{},
		&cobrowse.TabsEvent{Shown: "t1", Tabs: []cobrowse.Tab{
			{ID: "t1", Title: "titleword", URL: "https://shop.example/pathword", Vetted: cobrowse.Page{Title: "titleword", URL: "https://shop.example/pathword"}},
			{ID: "t2"},
		}},
		&cobrowse.NavigatedEvent{Tab: "t1", URL: "https://shop.example/pathword?x="},
		&cobrowse.FocusEvent{Focus: cobrowse.Focus{Tab: "t1"}},
		&cobrowse.RefusedEvent{Refusal: cobrowse.Refusal{Tab: "t1", By: cobrowse.RoleAgent, How: "mouse", Rule: "r"}},
		&cobrowse.PageFailedEvent{Tab: "t1", Code: "dns", URL: "https://shop.example/?x="},
		&cobrowse.DialogEvent{Tab: "t1", Kind: "alert"},
		&cobrowse.TabsFullEvent{Most: 10},
		&cobrowse.AskEvent{Ask: cobrowse.Ask{ID: "a1", Tab: "t1", Kind: cobrowse.AskChoose, By: cobrowse.RoleAgent, Choices: []cobrowse.AskChoice{{}}}},
		&cobrowse.AskGoneEvent{},
		&cobrowse.PictureEvent{FPS: 15, Reason: "load"},
		&cobrowse.WantedEvent{Tab: "t1", What: "location"},
		&cobrowse.RulesEvent{Applied: []string{"r"}, Matched: []string{"r"}},
		&cobrowse.GateEvent{Open: true},
		&cobrowse.CopiedEvent{Tab: "t1", By: cobrowse.RoleAgent},
		&cobrowse.DownloadEvent{Download: cobrowse.Download{ID: "d1", State: cobrowse.DownloadReady, Tab: "t1"}},
		&cobrowse.UploadWantedEvent{Wanted: cobrowse.UploadWanted{ID: "u1", Tab: "t1"}},
		&cobrowse.LostEvent{Restored: true, Lost: []string{"forms"}},
	}
	var all []cobrowse.BrowserEvent
	for _, s := range samples {
		plant(reflect.ValueOf(s).Elem(), "", ours)
		all = append(all, reflect.ValueOf(s).Elem().Interface().(cobrowse.BrowserEvent))
	}
	return all
}

// declared lists the types of this package that have a method, so that a new one cannot be forgotten by the tests below.
func declared(t *testing.T, method string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != method {
				continue
			}
			if name, ok := f.Recv.List[0].Type.(*ast.Ident); ok {
				names[name.Name] = true
			}
		}
	}
	return names
}

// TestNothingPrivateLeaves: whatever a page or a person says, no agent, no supervisor and nothing that is stored or logged repeats what
// is private. Every event and every message type is looked at; a new one fails here until somebody has decided about it.
func TestNothingPrivateLeaves(t *testing.T) {
	for name, hostsOnly := range map[string]bool{"": false, "hosts only": true} {
		t.Run(name, func(t *testing.T) { nothingPrivateLeaves(t, hostsOnly) })
	}
}

func nothingPrivateLeaves(t *testing.T, hostsOnly bool) {
	var log bytes.Buffer
	var made []cobrowse.Suggestion
	play(t, func(c *cobrowse.Config, sc *scene) {
		listeningAgents(c, sc)
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		c.Redact, c.Policy.HideLinks, c.Policy.MayReveal, c.Policy.AgentSeesFileNames = &literals{}, hostsOnly, true, true
		c.Policy.Rights = slices.Concat(cobrowse.AllAgentRights, cobrowse.GrantedRights)
		c.OnSuggestion = func(s cobrowse.Suggestion) { made = append(made, s) }
	}, func(sc *scene) {
		events := browserEvents()
		if want := declared(t, "browserEvent"); len(want) != len(events) {
			t.Fatalf("%d kinds of browser events, planted in %d", len(want), len(events))
		}
		sc.b.Guard(cobrowse.InputWheel, planted)
		sc.b.Emit(cobrowse.PageFailedEvent{Tab: "t1", Code: "dns", URL: "https://" + planted + ".example/" + planted}) // before it is live
		customer := sc.join(ana)
		sc.claim()
		agent := sc.join(bo)
		sc.join(sue)
		customer.must(cobrowse.Consent{Granted: true, Recording: true})
		sc.is(cobrowse.StateLive)
		sc.b.Gate(true, "")
		sc.b.Picture(true, "picture")
		agent.must(cobrowse.Listen{On: true})
		sc.b.Sound("sound")
		for range 2 { // the second time others have joined, and what is private is known
			for _, e := range events {
				sc.b.Emit(e)
				synctest.Wait()
			}
			agent.must(input("t1", cobrowse.InputWheel))
			agent.must(input("t1", cobrowse.InputMove))
			customer.must(input("t1", cobrowse.InputDown))
			customer.must(input("t1", cobrowse.InputKeyDown))
			customer.must(cobrowse.Input{Tab: "t1", Ev: cobrowse.InputEvent{Kind: cobrowse.InputText, Text: planted}})
			customer.must(cobrowse.Navigate{Tab: "t1", URL: "https://" + planted + ".forbidden.example/" + planted})
			customer.must(cobrowse.Reveal{Tab: "t1", Item: planted})
			sc.b.Point(cobrowse.Picked{Name: planted, Host: "shop.example", Choices: []cobrowse.Choice{{Selector: "#" + planted}, {Selector: "#a"}}})
			agent.must(cobrowse.Suggest{Tab: "t1"})
			sc.b.Point(cobrowse.Picked{Name: planted})
			agent.must(cobrowse.Suggest{Tab: "t1"}) // there is nothing
			sc.b.Gate(false, "masks")
			time.Sleep(5 * time.Second) // until the customer is told
			sc.b.Gate(true, "")
			customer.must(cobrowse.SetViewport{Viewport: cobrowse.Viewport{Width: 600, Height: 400}})
			customer.must(cobrowse.Pause{})
			customer.must(cobrowse.Resume{})
			agent.leave()
			agent = sc.join(bo)
		}
		agent.must(cobrowse.End{Outcome: "solved", Note: planted})
		result := sc.over()
		heard := map[string]bool{}
		var got []cobrowse.Message
		for _, v := range sc.viewers {
			if v.Role == cobrowse.RoleCustomer {
				continue
			}
			got = append(got, v.heard()...)
		}
		for _, m := range got {
			heard[reflect.TypeOf(m).Name()] = true
			frame, _, err := wire.Encode(m)
			if err != nil {
				t.Errorf("%T: %v", m, err)
			}
			clean(t, "an agent gets", frame, hostsOnly)
		}
		for name := range declared(t, "message") {
			if !heard[name] && !customersOwn[name] {
				t.Errorf("no agent got a %s: let this test make one", name)
			}
			if heard[name] && customersOwn[name] {
				t.Errorf("an agent got a %s", name)
			}
		}
		for what, v := range map[string]any{"summary and health": result, "track": sc.rec.Events(), "suggestions": made} {
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			clean(t, what, text, hostsOnly)
		}
		if len(made) != 2 || len(result.Health) != 1 || len(result.Summary.Refusals) == 0 || result.Summary.Note == "" || len(sc.rec.Events()) < 20 {
			t.Errorf("too little happened: %+v, %+v, %d events", made, result, len(sc.rec.Events()))
		}
	})
	clean(t, "the log has", log.Bytes(), true)
}

// clean looks for what is private, and for more than hosts where there must be no more.
func clean(t *testing.T, what string, text []byte, hostsOnly bool) {
	t.Helper()
	for _, word := range []string{"secret", "pathword", "titleword"} {
		if bytes.Contains(bytes.ToLower(text), []byte(word)) && (word == "secret" || hostsOnly) {
			t.Errorf("%s %s", what, text)
		}
	}
}

// customersOwn are messages that nobody else gets.
var customersOwn = map[string]bool{"LayerChanged": true, "Stuck": true, "DownloadChanged": true, "UploadAsked": true}
