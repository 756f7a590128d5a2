package cobrowse

import (
	"regexp"
	"slices"
	"strings"
)

// outward decides what of a string may leave for agents, supervisors, the summary, the recording, the desk and the log. Everything that
// comes from a page or a person passes through it, and nothing else decides.
type outward struct {
	redact    Redactor
	hostsOnly bool // Policy.HideLinks
	fileNames bool // Policy.AgentSeesFileNames
	wordless  *wordless
}

// links are addresses in a text.
var links = regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]*://[^\s"'<>]+`)

// Plain is a text without what PostgreSQL keeps in no text: U+0000, and bytes that are no UTF-8. What is redacted is made plain before, so
// that nothing private is torn apart until then.
func Plain(s string) string { return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "") }

// Text is a text as it may leave.
func (o outward) Text(s string) string {
	s = Plain(s)
	if o.hostsOnly {
		s = links.ReplaceAllStringFunc(s, HostOnly)
	}
	return o.redact.Text(s)
}

// URL is an address as it may leave.
func (o outward) URL(s string) string {
	s = Plain(s)
	if o.hostsOnly {
		s = HostOnly(s)
	}
	return o.redact.URL(s)
}

// page is a vetted title and address as they may leave.
func (o outward) page(p Page) Page {
	if o.hostsOnly || o.wordless.has(p.URL) {
		return Page{Title: o.redact.Text(HostOf(p.URL)), URL: o.URL(p.URL)}
	}
	return Page{Title: o.Text(p.Title), URL: o.URL(p.URL)}
}

// remember keeps values that must not leave any more.
func (o outward) remember(values ...string) {
	r, ok := o.redact.(Remembering)
	if !ok {
		return
	}
	for _, v := range values {
		r.Remember(Plain(v)) // as the texts are in which it is looked for
	}
}

// theirs is what agents and supervisors get of a message; false when it is not for them. What is not listed here they do not get.
func (o outward) theirs(m Message) (Message, bool) {
	switch m := m.(type) {
	case TabsChanged:
		return o.tabs(m), true
	case Refused:
		m.Name = orDots(o.Text(m.Name))
		return m, true
	case Blocked:
		if m.Name != "" { // which takes back
			m.Name = orDots(o.Text(m.Name))
		}
		return m, true
	case Copied:
		m.Text = o.Text(m.Text)
		return m, true
	case FocusChanged:
		if !slices.Contains(inputModes, m.InputMode) {
			m.InputMode = "text"
		}
		if !slices.Contains(enterKeys, m.EnterKey) {
			m.EnterKey = ""
		}
		return m, true
	case Asked:
		return o.ask(m), true
	case Notice:
		return o.notice(m), m.Code != noticePrivate
	case Welcome, StateChanged, ParticipantsChanged, HiddenChanged, PictureConfig, Picture, GateChanged, QualityChanged, Cursor, AskGone, ViewportChanged, Ended, Failure:
		return m, true // nothing of a page is in them
	}
	return nil, false
}

// inputModes are those of Focus.
var inputModes = []string{"text", "numeric", "decimal", "tel", "email", "url", "search", "none"}

// enterKeys are those of Focus.
var enterKeys = []string{"enter", "done", "go", "next", "previous", "search", "send"}

// noticePrivate is the code of the notice that the customer gets on pages that only they see.
const noticePrivate = "page_private"

// tabs are tabs with as much of title and address as is vetted.
func (o outward) tabs(m TabsChanged) TabsChanged {
	tabs := make([]TabView, 0, len(m.Tabs))
	for _, view := range m.Tabs {
		told := o.page(view.Vetted)
		view.Private = told != view.Vetted || view.Withheld
		view.Title, view.URL = told.Title, told.URL
		if view.Withheld || o.wordless.has(view.Vetted.URL) {
			view.Icon = ""
		}
		view.Audible = view.Audible && !view.Withheld
		tabs = append(tabs, view)
	}
	m.Tabs = tabs
	return m
}

// notice takes what a page may have said out of all that a notice tells, whatever it is called.
func (o outward) notice(n Notice) Notice {
	params := make(map[string]any, len(n.Params))
	for name, value := range n.Params {
		text, isText := value.(string)
		switch {
		case isText && name == "url":
			params[name] = o.URL(HostOnly(text))
		case isText:
			params[name] = o.Text(text)
		default:
			params[name] = value
		}
	}
	return Notice{n.Code, params}
}
