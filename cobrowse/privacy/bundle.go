package privacy

import (
	"crypto/rand"
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"

	"cobrowse-connector/cobrowse"
)

//go:embed page/*.ts
var pageSources embed.FS

// worldName is the extension's name, and therefore the name of the engine's execution contexts.
const worldName = "cobrowse"

// Bundle is the in-page half of a session's privacy, ready to be written into its extension.
//
// The manifest must carry "name": WorldName, "content_scripts": ContentScripts, "background": {"service_worker": "sw.js"},
// the permissions of Permissions and "host_permissions": ["<all_urls>"].
type Bundle struct {
	Files          map[string][]byte // by name inside the extension's folder
	ContentScripts []ContentScript
	Permissions    []string
	WorldName      string // executionContextName of the engine's worlds
	Binding        string // for Runtime.addBinding together with WorldName
	Rules          []byte // a JavaScript expression, the argument of __cobrowse.setRules

	names   names
	version int
}

// ContentScript is one entry of a manifest's content_scripts.
type ContentScript struct {
	Matches               []string `json:"matches"`
	CSS                   []string `json:"css,omitempty"`
	JS                    []string `json:"js,omitempty"`
	World                 string   `json:"world,omitempty"`
	RunAt                 string   `json:"run_at"`
	AllFrames             bool     `json:"all_frames"`
	MatchAboutBlank       bool     `json:"match_about_blank"`
	MatchOriginAsFallback bool     `json:"match_origin_as_fallback"`
}

// Message is what the engine sends through the binding. T says which fields count:
//
//	ready    At: epoch milliseconds at which the masks were in place and two frames had passed
//	beat     At: that of the last ready, 0 when the document is not ready; once a second
//	refused  How, Name, Rule
//	layer    the private layer changed: call collect
//	focus    Editable, InputMode, Masked, EnterKey
//	hides    Values: what hidden fields of the document hold, so it must not show in others. In memory only
//	copied   Text: what a person or the page had copied
//	ask      Ask, By: a field wants its list, date or colour; __cobrowse.answerAsk takes the answer
//	wants    Reason: what the page wants and does not get: location, devices, notifications, printer, pointer
//	failed   Reason: the engine gave up; the gate must close
type Message struct {
	T         string  `json:"t"`
	At        float64 `json:"at,omitempty"`
	How       string  `json:"how,omitempty"`
	Name      string  `json:"name,omitempty"`
	Rule      string  `json:"rule,omitempty"`
	Editable  bool    `json:"editable,omitempty"`
	InputMode string  `json:"inputMode,omitempty"`
	EnterKey  string  `json:"enterKey,omitempty"`
	Masked    bool    `json:"masked,omitempty"`
	Reason    string  `json:"reason,omitempty"`
	Text      string  `json:"text,omitempty"`

	Values []string `json:"values,omitempty"`

	By  cobrowse.Role `json:"by,omitempty"`
	Ask cobrowse.Ask  `json:"ask,omitzero"`
}

// names are the words of one session that a page must not be able to guess.
type names struct {
	Mark      string `json:"mark"`      // attribute: hidden, with all it contains
	Contents  string `json:"contents"`  // attribute: has display:contents and therefore needs a box
	Pseudo    string `json:"pseudo"`    // attribute: its generated content is hidden
	PseudoAll string `json:"pseudoAll"` // attribute: generated content below is hidden
	Reveal    string `json:"reveal"`    // attribute: exempt from the selector rules and from modes, with all it contains
	Painted   string `json:"painted"`   // attribute: pseudo elements below have a text colour of their own
	Words     string `json:"words"`     // attribute: has text of its own that a mode hides; of the root: there is a mode that does
	Lift      string `json:"lift"`      // attribute of a root whose curtain is lifted
	Variable  string `json:"variable"`  // custom property that only the user sheet sets
	Signal    string `json:"signal"`    // event by which the page's world reports
	Binding   string `json:"binding"`
}

func newNames() names {
	word := func() string { return "c" + strings.ToLower(rand.Text()[:12]) }
	return names{
		Mark: word(), Contents: word(), Pseudo: word(), PseudoAll: word(), Reveal: word(), Painted: word(), Words: word(), Lift: word(),
		Variable: "--" + word(), Signal: word(), Binding: word(),
	}
}

// pageRules is what the engine needs of a policy; page/config.ts mirrors it.
type pageRules struct {
	Version    int                  `json:"version"` // newer rules have a higher one
	PII        []string             `json:"pii"`
	Patterns   []cobrowse.Pattern   `json:"patterns"`
	Masks      []cobrowse.MaskRule  `json:"masks"`
	Guards     []cobrowse.GuardRule `json:"guards"`
	Modes      []cobrowse.SiteMode  `json:"modes"`
	Own        []string             `json:"own"` // ids of the masks and guards that tell how they do
	FieldsOnly bool                 `json:"fieldsOnly"`
	HideTyping bool                 `json:"hideTyping"`
	Fields     string               `json:"fields"`   // selector of what the modes take for fields
	Pictures   string               `json:"pictures"` // the same for pictures
	CSS        userSheet            `json:"css"`
}

// Compile makes the bundle of one session. Every call has names of its own, so a page cannot learn them from another session.
func Compile(policy cobrowse.Policy) (*Bundle, error) { return bundleFor(newNames(), 1, policy) }

// With returns the bundle for a changed policy of the same session. Write its files over the old ones, each in one step (a rename), then
// call setRules in every document there is and in those that appear meanwhile: Chromium reads content scripts once, so a later
// document starts with the first rules and learns the current ones from rules.json before anything of it is seen.
func (b *Bundle) With(policy cobrowse.Policy) (*Bundle, error) {
	return bundleFor(b.names, b.version+1, policy)
}

func bundleFor(n names, version int, policy cobrowse.Policy) (*Bundle, error) {
	if err := Validate(policy); err != nil {
		return nil, err
	}
	scripts, err := bundled()
	if err != nil {
		return nil, err
	}
	rules, err := json.Marshal(pageRules{
		Version: version, PII: nonNil(policy.PII), Patterns: forPages(policy.Patterns), Masks: nonNil(policy.Masks), Guards: slices.Concat(ourGuards, policy.Guards),
		Modes: nonNil(policy.Modes), Own: ownRules(policy), FieldsOnly: policy.FieldsOnly, HideTyping: policy.HideTyping,
		Fields: fieldSelector, Pictures: pictureSelector, CSS: userSheetFor(n, version, policy),
	})
	if err != nil {
		return nil, err
	}
	engine, err := json.Marshal(struct {
		names
		Rules json.RawMessage `json:"rules"`
	}{n, rules})
	if err != nil {
		return nil, err
	}
	page, err := json.Marshal(map[string]string{"signal": n.Signal})
	if err != nil {
		return nil, err
	}
	everywhere := func(c ContentScript) ContentScript {
		c.Matches, c.RunAt, c.AllFrames, c.MatchAboutBlank, c.MatchOriginAsFallback = []string{"<all_urls>"}, "document_start", true, true, true
		return c
	}
	return &Bundle{
		Files: map[string][]byte{
			"engine.js":  withConfig(engine, scripts["engine"]),
			"main.js":    withConfig(page, scripts["main"]),
			"sw.js":      scripts["sw"],
			"mask.css":   []byte(authorSheet(n)),
			"rules.json": rules,
		},
		ContentScripts: []ContentScript{
			everywhere(ContentScript{CSS: []string{"mask.css"}, JS: []string{"engine.js"}}),
			everywhere(ContentScript{JS: []string{"main.js"}, World: "MAIN"}),
		},
		Permissions: []string{"scripting", "tabs"},
		WorldName:   worldName,
		Binding:     n.Binding,
		Rules:       rules,
		names:       n,
		version:     version,
	}, nil
}

// ownRules are the masks and guards that the product does not bring: how those of the product do is of use to nobody, and they are many.
func ownRules(p cobrowse.Policy) []string {
	brought := Defaults()
	ids := []string{}
	for _, m := range p.Masks {
		if !slices.Contains(brought.Masks, m) {
			ids = append(ids, m.ID)
		}
	}
	for _, g := range p.Guards {
		if !slices.Contains(brought.Guards, g) {
			ids = append(ids, g.ID)
		}
	}
	return ids
}

func nonNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// withConfig gives a bundled script its constant without leaving a name in the world's global scope.
func withConfig(config, script []byte) []byte {
	return fmt.Appendf(nil, "(()=>{const CONFIG=%s;\n%s})();", config, script)
}

// bundled are the in-page scripts without their configuration. They are the same for all sessions.
var bundled = sync.OnceValues(func() (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, name := range []string{"engine", "main", "sw"} {
		js, err := bundleScript(name + ".ts")
		if err != nil {
			return nil, err
		}
		out[name] = js
	}
	return out, nil
})

func bundleScript(entry string) ([]byte, error) {
	r := api.Build(api.BuildOptions{
		EntryPoints:       []string{entry},
		Bundle:            true,
		Format:            api.FormatIIFE,
		Target:            api.ES2022,
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: true,
		Charset:           api.CharsetASCII,
		LogLevel:          api.LogLevelSilent,
		Plugins:           []api.Plugin{fromEmbedded},
	})
	if len(r.Errors) > 0 {
		e := r.Errors[0]
		where := entry
		if e.Location != nil {
			where = fmt.Sprintf("%s:%d", e.Location.File, e.Location.Line)
		}
		return nil, cobrowse.Errorf(cobrowse.CodeInternal, "page_scripts", "%s: %s", where, e.Text)
	}
	return r.OutputFiles[0].Contents, nil
}

// fromEmbedded lets esbuild read page/ from the binary.
var fromEmbedded = api.Plugin{Name: "embedded", Setup: func(b api.PluginBuild) {
	b.OnResolve(api.OnResolveOptions{Filter: `.*`}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		name := strings.TrimSuffix(path.Base(a.Path), ".ts") + ".ts"
		return api.OnResolveResult{Path: name, Namespace: "page"}, nil
	})
	b.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: "page"}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
		src, err := pageSources.ReadFile("page/" + a.Path)
		if err != nil {
			return api.OnLoadResult{}, err
		}
		text := string(src)
		return api.OnLoadResult{Contents: &text, Loader: api.LoaderTS}, nil
	})
}}
