package agentdesk

import (
	"slices"
	"testing"

	"cobrowse-connector/e2e/people"
)

const pastes = `(() => {
	const data = new DataTransfer();
	data.setData('text/plain', 'CL-20388');
	return document.querySelector('.live-keyboard').dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
})()`

// TestClipboardIsARight: an agent pastes and copies where the company lets them.
func TestClipboardIsARight(t *testing.T) {
	ana, s := sharing(t, people.Desktop, "en")
	people.Eval[bool](ana, pastes)
	ana.Hears("You may not do this in this session")

	allowed := welcome("live", agent, customer)
	allowed["rights"] = append(slices.Clone(allowed["rights"].([]string)), "clipboard")
	s.say(allowed)
	s.goLive()
	people.Eval[bool](ana, `(navigator.clipboard.writeText = async () => { throw new DOMException('no', 'NotAllowedError') }, true)`)
	s.say(object{"type": "copied", "text": "CL-20389"})
	ana.Hears("Copied. Press here to take it")
	ana.See("main[data-state=live][data-veil='']") // the picture that came before it may still be decoded
	fits(t, ana, "copied")
	ana.Press("Copied")
	ana.Gone(".live-copied")
	people.Eval[bool](ana, pastes)
	if ev := s.hears("input")["ev"].(object); ev["kind"] != "text" || ev["text"] != "CL-20388" {
		t.Errorf("pasting arrived as %v", ev)
	}
}
