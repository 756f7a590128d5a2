package cobrowse

import "cmp"

// Policy is what a company wants in its sessions. It is fixed when a session starts; changes count from the next one, except for
// masks that are added to a running session (Session.SetPolicy).
type Policy struct {
	Masks    []MaskRule    `json:"masks"`
	Guards   []GuardRule   `json:"guards"`
	PII      []string      `json:"pii"`                // classes masked by pattern: card, iban, cpf, ssn, nif, email, phone
	Patterns []Pattern     `json:"patterns,omitempty"` // the company's own classes, masked like those of PII
	Modes    []SiteMode    `json:"modes,omitempty"`    // sites that hide more than the rules name
	Pauses   []PageRule    `json:"pauses,omitempty"`   // pages on which agents and recordings see nothing
	Requests []RequestRule `json:"requests,omitempty"` // requests that fail while an agent acts

	FieldsOnly bool `json:"fieldsOnly,omitempty"` // agents type into text fields only, so no page hot key is theirs
	HideLinks  bool `json:"hideLinks,omitempty"`  // agents and summaries get hosts instead of addresses, titles and link targets
	MayReveal  bool `json:"mayReveal,omitempty"`  // the customer may show a hidden picture, canvas or video to both
	HideTyping bool `json:"hideTyping,omitempty"` // what the customer types is hidden until the field is left: no prefix of a number shows

	RefusedFiles       []string `json:"refusedFiles,omitzero"`        // endings of files that pages neither give nor get; nil = the product's
	AgentSeesFileNames bool     `json:"agentSeesFileNames,omitempty"` // agents learn what files are called that pages give

	Allow   []string `json:"allow"`           // host patterns ("shop.example", "*.example"); empty = every public host
	Block   []string `json:"block"`           // host patterns; wins over Allow
	Ports   []int    `json:"ports,omitempty"` // of public hosts that may be reached beside 80 and 443
	Private []string `json:"private"`         // host:port on private networks that may be reached (demo, staging)
	Rights  []Right  `json:"rights"`          // of agents, who always look; nil = AllAgentRights

	MaxTabs     int   `json:"maxTabs,omitempty"`     // open at the same time, 1 to MostTabs; 0 = 10
	MobileAgent *bool `json:"mobileAgent,omitempty"` // sites are told of a phone where the customer has one; nil = they are
}

// MostTabs keeps a page that opens windows in a loop from taking the machine.
const MostTabs = 20

// TabLimit is how many tabs may be open at the same time.
func (p Policy) TabLimit() int { return min(cmp.Or(p.MaxTabs, 10), MostTabs) }

// SaysPhone tells whether sites hear from a phone that it is one.
func (p Policy) SaysPhone() bool { return p.MobileAgent == nil || *p.MobileAgent }

// MaskRule hides what Selector matches from agents and recordings, on pages whose host matches Site ("" = every site).
type MaskRule struct {
	ID       string `json:"id"`
	Site     string `json:"site,omitempty"`
	Selector string `json:"selector"`
	Reveal   bool   `json:"reveal,omitempty"` // the opposite: show what is hidden by default (canvas, pictures) or by the site's mode
}

// GuardRule keeps agents from acting on an element: one that Selector matches, whose accessible name contains Name
// (case and accents ignored), that leads to an address like Link, that downloads a file, that lies in a frame of a host like
// Frame, or, with Submits, any form submission. Exactly one of them is set.
type GuardRule struct {
	ID        string `json:"id"`
	Site      string `json:"site,omitempty"`
	Selector  string `json:"selector,omitempty"`
	Name      string `json:"name,omitempty"`
	Link      string `json:"link,omitempty"`  // an address pattern, see PageRule
	Frame     string `json:"frame,omitempty"` // a host pattern, e.g. of payment frames: nothing in them is the agent's
	Downloads bool   `json:"downloads,omitempty"`
	Submits   bool   `json:"submits,omitempty"`
}

// Pattern is a company's own class of private text. Expression is a regular expression without lookaround and backreferences, of at
// most 200 characters, tried on plain text as in package privacy; Check validates what it found.
type Pattern struct {
	ID         string `json:"id"`
	Expression string `json:"expression"`
	Check      string `json:"check,omitempty"` // "", luhn, mod97, mod11, verhoeff: over the digits that were found
}

// SiteMode hides whole kinds of content on pages of Site ("" = every site): "inputs" every field, "text" all text and fields,
// "listed" all text, fields and pictures. Reveal rules name what is shown all the same.
type SiteMode struct {
	Site string `json:"site,omitempty"`
	Mode string `json:"mode"`
}

// PageRule names pages by address. URL is host and path with * for any run of characters, e.g. "bank.example/statements/*";
// a part in front of :// restricts the scheme. The query counts only if the pattern has a question mark.
type PageRule struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

// RequestRule makes a request fail while an agent acts: one whose method is Method ("" = any but GET, HEAD and OPTIONS) and whose
// address is like URL, see PageRule.
type RequestRule struct {
	ID     string `json:"id"`
	Method string `json:"method,omitempty"`
	URL    string `json:"url"`
}

// Picked is one thing of a page that a person pointed at, and the rules that would name it, the most durable first.
type Picked struct {
	Tag     string    `json:"tag"`
	Name    string    `json:"name"` // what a person would call it; nothing that was typed or is hidden
	Host    string    `json:"host"` // of its document, which may be a frame's
	Rect    LayerRect `json:"rect"`
	Hidden  string    `json:"hidden,omitempty"`  // why it is masked, as LayerItem.Reason
	Blocked string    `json:"blocked,omitempty"` // id of the guard that keeps agents from it
	Choices []Choice  `json:"choices"`
	Above   []Picked  `json:"above,omitempty"` // what holds it, the innermost first: a row, a card, a section
}

// Choice is one way to name a picked thing. By says what it relies on: id, name, autocomplete, label, role, test, class, link, inside
// (its kind within something that is told apart), position.
type Choice struct {
	Selector string `json:"selector"`
	By       string `json:"by"`
	Matches  int    `json:"matches"` // in this document
}

// Outline is a document's shape as HTML: elements with the words that rules rely on, nothing that anybody wrote or typed. Shadow trees
// stand in templates.
type Outline struct {
	Host string `json:"host"`
	HTML string `json:"html"`
}

// RuleHealth says how often a mask or guard found something, without content. Pages counts documents of Host on which it applied.
type RuleHealth struct {
	Rule    string `json:"rule"`
	Host    string `json:"host"`
	Pages   int    `json:"pages"`
	Matched int    `json:"matched"` // documents with at least one match
}

// Suggestion is a mask that an agent asked for in a running session; it holds there at once and waits for the administrator.
type Suggestion struct {
	By     Participant
	Page   string // redacted address
	Rule   MaskRule
	Picked Picked
}
