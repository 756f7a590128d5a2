package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cobrowse-connector/e2e/people"
)

// transcribed is how a transcript's lines look.
var transcribed = regexp.MustCompile(`^\d\d:\d\d:\d\d +(–|\d+:\d\d)  \S`)

// readTranscript: the supervisor saves it from the timeline's card. It tells in order what both did, and nothing private.
func (c *call) readTranscript(boss *people.Person, attached string) {
	c.t.Helper()
	c.savesTranscript(boss, attached)
	rest := attached
	for _, words := range []string{
		"Company: Casa Lume", "Agent: Ana Ribeiro", "Customer: Martin Weber", "ended by the agent", "Outcome: solved", "Recording: yes",
		"Customer Martin Weber joined", "agreed to share, and to be recorded", "Sharing began", "Page: ", "/checkout", "“Buy now”: refused",
		"Customer Martin Weber paused", "Customer Martin Weber continued", "End of the session: ended by the agent",
	} {
		_, after, found := strings.Cut(rest, words)
		if !found {
			c.t.Fatalf("%q is not in the transcript, or not in its place:\n%s", words, attached)
		}
		rest = after
	}
	_, events, _ := strings.Cut(attached, "what happened:\n\n")
	for _, line := range strings.Split(strings.TrimSuffix(events, "\n"), "\n") {
		if !transcribed.MatchString(line) {
			c.t.Errorf("%q is no line of a transcript", line)
		}
	}
	if strings.Contains(attached, card[:6]) {
		c.t.Errorf("the transcript holds the card number:\n%s", attached)
	}
	c.t.Logf("\n%s", attached)
}

// savesTranscript presses the link to it on a page, and finds what stands on the case.
func (c *call) savesTranscript(p *people.Person, attached string) {
	c.t.Helper()
	saved := p.SavesFiles()
	p.See(`a[download$="-transcript.txt"], a.transcript`)
	people.Eval[bool](p, `(document.querySelector('a[download$="-transcript.txt"], a.transcript').scrollIntoView({block: 'center'}), true)`)
	p.Click(`a[download$="-transcript.txt"], a.transcript`)
	people.Eventually(c.t, "the transcript is saved", func() error {
		files, err := filepath.Glob(filepath.Join(saved, "cobrowse-*-transcript.txt"))
		if err != nil || len(files) != 1 {
			return fmt.Errorf("%q (%w)", files, err)
		}
		text, err := os.ReadFile(files[0])
		if err == nil && string(text) != attached {
			err = fmt.Errorf("it says\n%s", text)
		}
		return err
	})
	p.Shot("transcript")
}

// TestTranscriptWithoutARecording: a customer who does not want to be recorded leaves a transcript all the same.
func TestTranscriptWithoutARecording(t *testing.T) {
	c := newCall(t)
	c.customer.Open(c.demo.Join)
	c.customer.Press("Get my PIN")
	c.shareAs(false)
	c.end()
	timeline := c.demo.Timelines[1].URL
	boss := people.New(t, "supervisor", people.Desktop)
	boss.Open(timeline)
	boss.Hears("-transcript.txt")
	boss.Shot("timeline-unrecorded")
	attached := string(c.attached(timeline[strings.LastIndex(timeline, "/")+1:], "-transcript.txt"))
	for _, words := range []string{"agreed to share, but not to be recorded", "Recording: none", "Page: "} {
		if !strings.Contains(attached, words) {
			t.Errorf("%q is not in the transcript:\n%s", words, attached)
		}
	}
	c.savesTranscript(boss, attached)
}
