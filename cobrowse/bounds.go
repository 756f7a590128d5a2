package cobrowse

import "unicode/utf8"

// longestWords bounds the addresses, titles and messages of pages that a session deals with: a page may make millions of characters of
// them many times a second, and all are searched for what is private. No honest one comes near.
const longestWords = 2000

// boundAddress leaves the host of an address that is too long. The middle of it is no place to cut: half a number is not recognised.
func boundAddress(address string) string {
	if len(address) > longestWords {
		return HostOnly(address)
	}
	return address
}

// boundText leaves nothing of a text that is too long, for the same reason.
func boundText(text string) string {
	if len(text) > longestWords {
		return "…"
	}
	return text
}

// shortened is the beginning of a text, for the customer's eyes.
func shortened(text string) string {
	if len(text) <= longestWords {
		return text
	}
	end := longestWords
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// bounded is an event whose words are as long as they may be.
func bounded(e BrowserEvent) BrowserEvent {
	switch e := e.(type) {
	case TabsEvent:
		tabs := make([]Tab, len(e.Tabs))
		for i, t := range e.Tabs {
			t.URL, t.Title = boundAddress(t.URL), boundText(t.Title)
			t.Vetted = Page{URL: boundAddress(t.Vetted.URL), Title: boundText(t.Vetted.Title)}
			tabs[i] = t
		}
		e.Tabs = tabs
		return e
	case NavigatedEvent:
		e.URL = boundAddress(e.URL)
		return e
	case PageFailedEvent:
		e.URL = boundAddress(e.URL)
		return e
	case AskEvent:
		e.Ask = boundAsk(e.Ask)
		return e
	case RefusedEvent:
		e.Refusal.Name = boundText(e.Refusal.Name)
		return e
	}
	return e
}
