package cobrowse

// AskID names a question of a page inside one session.
type AskID string

// AskKind is what a page asks for.
type AskKind string

// What pages ask for.
const (
	AskAlert   AskKind = "alert"
	AskConfirm AskKind = "confirm"
	AskPrompt  AskKind = "prompt"
	AskLeave   AskKind = "leave" // whether to leave a page with what was typed into it
	AskLogin   AskKind = "login" // a user's name and password, by the server
	AskChoose  AskKind = "choose"
	AskSuggest AskKind = "suggest" // the proposals for a text field
	// AskStuck: the page does not respond: whether to leave it. The service asks, not the page.
	AskStuck AskKind = "stuck"
	// AskExternal: a mail, a call: whether the customer's own device is to open it. Default is its address.
	AskExternal AskKind = "external"
	// The fields with a picker are called as their types are.
	AskDate     AskKind = "date"
	AskTime     AskKind = "time"
	AskDateTime AskKind = "datetime-local"
	AskMonth    AskKind = "month"
	AskWeek     AskKind = "week"
	AskColor    AskKind = "color"
)

// Holds tells whether the page waits for the answer: nobody can do anything else in it. The others are gone with the next press.
func (k AskKind) Holds() bool {
	switch k {
	case AskAlert, AskConfirm, AskPrompt, AskLeave, AskLogin:
		return true
	}
	return false
}

// Ask is something that a page asks people outside of its picture: a dialog, a list that drops down, a picker, a password. All texts
// are raw and the customer's alone.
type Ask struct {
	ID      AskID   `json:"id"`
	Tab     TabID   `json:"tab"`
	Kind    AskKind `json:"kind"`
	Host    string  `json:"host"` // who asks
	Message string  `json:"message,omitempty"`
	Default string  `json:"default,omitempty"` // what the field holds
	// Choices are named by their place in this list: their values are the page's business.
	Choices  []AskChoice `json:"choices,omitempty"`
	Multiple bool        `json:"multiple,omitempty"`
	Min      string      `json:"min,omitempty"`
	Max      string      `json:"max,omitempty"`
	Step     string      `json:"step,omitempty"`
	// Rect is the field's place, in CSS pixels of the Viewport.
	Rect LayerRect `json:"rect"`

	// URL is the page or the frame that asks.
	URL string `json:"-"`
	// By is who made the page ask, as far as that is beyond doubt.
	By Role `json:"-"`
	// Guarded says that there is something that agents may not do: they never say yes there.
	Guarded bool `json:"-"`
}

// AskChoice is one line of a list.
type AskChoice struct {
	Label    string `json:"label"`
	Group    string `json:"group,omitempty"`
	Disabled bool   `json:"disabled,omitempty"`
	Selected bool   `json:"selected,omitempty"`
}

// Reply is what a person says to an Ask. Values are the places of what was chosen, or the text, the date, the user's name and password.
type Reply struct {
	OK     bool     `json:"ok"`
	Values []string `json:"values"`
}

// say is how much of an answer a person may give.
type say string

const (
	sayAll  say = "all"
	sayNo   say = "no" // they may put it aside
	sayNone say = ""
)

// saysTo is what a person in this role may say. Only who made the page ask answers for it; an agent never agrees to anything where
// something is guarded, as what a page does after a yes is not known before. What is typed is the customer's.
func (a Ask) saysTo(r Role) say {
	switch {
	case r == RoleCustomer && !a.Kind.Holds() && a.Kind != AskExternal && a.By == RoleAgent:
		return sayNo
	case r == RoleCustomer:
		return sayAll
	case r != RoleAgent:
		return sayNone
	case a.Kind == AskAlert:
		return sayAll
	case a.Kind == AskPrompt, a.Kind == AskLogin, a.Kind == AskExternal, a.By != RoleAgent:
		return sayNone
	case a.Kind.Holds() && a.Guarded:
		return sayNo
	}
	return sayAll
}
