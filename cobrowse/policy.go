package cobrowse

// Policy is what a company wants in its sessions. It is fixed when a session starts; changes count from the next one.
type Policy struct {
	Masks   []MaskRule  `json:"masks"`
	Guards  []GuardRule `json:"guards"`
	PII     []string    `json:"pii"`     // classes masked by pattern: card, iban, cpf, ssn, email, phone
	Allow   []string    `json:"allow"`   // host patterns ("shop.example", "*.example"); empty = every public host
	Block   []string    `json:"block"`   // host patterns; wins over Allow
	Private []string    `json:"private"` // host:port on private networks that may be reached (demo, staging)
	Rights  []Right     `json:"rights"`  // of agents, who always look; nil = all of them
}

// MaskRule hides what Selector matches from agents and recordings, on pages whose host matches Site ("" = every site).
type MaskRule struct {
	ID       string `json:"id"`
	Site     string `json:"site,omitempty"`
	Selector string `json:"selector"`
	Reveal   bool   `json:"reveal,omitempty"` // the opposite: show what is hidden by default (canvas, pictures)
}

// GuardRule keeps agents from acting on an element: one that Selector matches, whose accessible name contains Name
// (case and accents ignored), or, with Submits, any form submission.
type GuardRule struct {
	ID       string `json:"id"`
	Site     string `json:"site,omitempty"`
	Selector string `json:"selector,omitempty"`
	Name     string `json:"name,omitempty"`
	Submits  bool   `json:"submits,omitempty"`
}
