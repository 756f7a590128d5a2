package cobrowse

// What a person copies in the shared page is theirs to keep: the customer gets it as it is, an agent who has the right gets what agents
// may get of a text. Pages never get anything of people's clipboards but what is pasted, which comes as text that is typed.

// CopiedEvent: a press of somebody had the page copy a text. Of an agent's it holds nothing that the page hides.
type CopiedEvent struct {
	Tab  TabID
	By   Role
	Text string // raw
}

func (CopiedEvent) browserEvent() {}

// Copied is for the clipboard of the person who gets it.
type Copied struct {
	Text string `json:"text"`
}

func (Copied) message() {}

func (s *Session) copied(e CopiedEvent) {
	p := s.people.customer()
	if gated(e.By) {
		p = s.people.byID[s.claimedBy]
		e.Text = s.copiedByAgent(e)
	}
	if p != nil && s.sees(p) && p.can(RightClipboard) && e.Text != "" {
		p.send(Copied{e.Text})
	}
}

// copiedByAgent is nothing where it is not known yet what the page hides, or where agents get no texts.
func (s *Session) copiedByAgent(e CopiedEvent) string {
	t, shown := s.shownTab()
	if !shown || t.ID != e.Tab || t.Withheld || !t.vetted() || s.out.wordless.has(t.URL) || len(e.Text) > longestWords {
		return ""
	}
	return e.Text
}
