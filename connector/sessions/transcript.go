package sessions

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/web/src/i18n"
)

// Transcript gives a session's transcript to those who may see its recording.
func (s *Sessions) Transcript(ctx context.Context, who auth.Identity, id string) (*desk.Transcript, error) {
	r, err := s.mayWatch(ctx, who, id)
	if err != nil {
		return nil, err
	}
	if !hasTranscript(r) {
		return nil, cobrowse.Errorf(cobrowse.CodeNotFound, "transcript_unknown", "this session has no transcript")
	}
	co, err := s.Companies.Get(ctx, r.company)
	if err != nil {
		return nil, err
	}
	return transcriptOf(co, r), nil
}

// hasTranscript: sessions that never got live have nothing to tell, and those of before there were transcripts have not kept it.
func hasTranscript(r *row) bool {
	return r.state.Final() && !r.live.IsZero() && r.summary.Moments != nil
}

// transcriptOf tells a session that is over as a text file in the company's first language; nil when it has none. It does not need the
// recording, and outlives it.
func transcriptOf(co company.Company, r *row) *desk.Transcript {
	if !hasTranscript(r) {
		return nil
	}
	zone := co.Location()
	t := transcript{texts{i18n.Entry(co.Languages)}, i18n.Player(co.Languages), zone, r}
	lines := slices.Concat(t.heading(co.Name), []string{"", t.Say("transcript.head", "{zone}", zone.String()), ""})
	for _, m := range r.summary.Moments {
		lines = append(lines, fmt.Sprintf("%s %7s  %s", m.At.In(zone).Format(time.TimeOnly), t.elapsed(m.At), oneLine(t.tell(m))))
	}
	if n := r.summary.Untold; n > 0 {
		lines = append(lines, "", t.Say("transcript.full", "{n}", fmt.Sprint(n)))
	}
	return &desk.Transcript{
		Name:    "cobrowse-" + r.live.In(zone).Format("2006-01-02-1504") + "-transcript.txt",
		Text:    strings.Join(lines, "\n") + "\n",
		Refused: desk.Line{Label: t.Say("transcript"), Value: t.Say("transcript.refused")},
	}
}

// transcript writes one session's.
type transcript struct {
	texts
	player i18n.Texts // says of an event what the player does
	zone   *time.Location
	r      *row
}

func (t transcript) heading(companyName string) []string {
	r, sum := t.r, t.r.summary
	recording := t.Say("recording.none")
	switch {
	case unfinished(r):
		recording = t.Say("recording.later")
	case recorded(r):
		recording = t.Say("transcript.recording.yes")
	}
	lines := []string{t.Say("transcript.title"), ""}
	for _, l := range []desk.Line{
		{Label: t.Say("transcript.session"), Value: r.id},
		{Label: t.Say("transcript.case"), Value: t.caseName()},
		{Label: t.Say("transcript.company"), Value: companyName},
		{Label: t.player.Say("role.agent"), Value: r.agent.Name},
		{Label: t.player.Say("role.customer"), Value: r.customerName},
		{Label: t.player.Say("role.supervisor"), Value: strings.Join(supervisors(sum.Moments), ", ")},
		{Label: t.Say("transcript.started"), Value: t.moment(r.live)},
		{Label: t.Say("transcript.finished"), Value: t.moment(r.ended) + ", " + t.ending(sum)},
		{Label: t.Say("duration"), Value: t.spell(r.ended.Sub(r.live))},
		{Label: t.Say("outcome"), Value: t.Say("outcome." + sum.Outcome)},
		{Label: t.Say("recording"), Value: recording},
	} {
		if l.Value != "" {
			lines = append(lines, oneLine(l.Label+": "+l.Value))
		}
	}
	return lines
}

func (t transcript) caseName() string {
	r := t.r.record
	if r.Case.IsZero() {
		return ""
	}
	return t.Say("transcript.case.named", "{title}", r.CaseTitle, "{id}", r.Case.ID)
}

func (t transcript) moment(at time.Time) string {
	at = at.In(t.zone)
	offset := "UTC" + strings.TrimPrefix(at.Format("-07:00"), "+00:00")
	return t.Say("transcript.moment", "{time}", at.Format(time.DateTime), "{zone}", offset)
}

// supervisors are the names of those who came.
func supervisors(moments []cobrowse.Moment) (names []string) {
	for _, m := range moments {
		if m.By == cobrowse.RoleSupervisor && !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	return names
}

// elapsed is the time since sharing began, as the player writes it; what came before has none.
func (t transcript) elapsed(at time.Time) string {
	d := at.Sub(t.r.live).Truncate(time.Second)
	switch seconds := int(d.Seconds()) % 60; {
	case d < 0:
		return "–"
	case d < time.Hour:
		return fmt.Sprintf("%d:%02d", int(d.Minutes()), seconds)
	default:
		return fmt.Sprintf("%d:%02d:%02d", int(d.Hours()), int(d.Minutes())%60, seconds)
	}
}

// tell says what happened.
func (t transcript) tell(m cobrowse.Moment) string {
	switch m.Kind {
	case "live", "recording", "interrupted":
		return t.Say("transcript." + m.Kind)
	case "joined", "left":
		return t.player.Say("event."+m.Kind, "{name}", t.who(m))
	case "consent":
		return t.Say(strings.TrimSuffix("transcript.consent."+m.What, "."), "{who}", t.who(m))
	case "page":
		key := "transcript.page"
		if m.What == "" {
			key = "transcript.page.unnamed"
		}
		return t.Say(key, "{title}", m.What, "{url}", m.URL)
	case "private":
		return t.player.Say("notice.page_private")
	case "input":
		said := t.player.Say("event."+m.What, "{who}", t.who(m))
		if m.Count > 1 {
			said = t.Say("transcript.times", "{what}", said, "{times}", t.times(m.Count))
		}
		return said
	case "refusal":
		key := "event.refusal"
		if m.What == "" {
			key = "event.refusalNoName"
		}
		return t.player.Say(key, "{who}", t.who(m), "{what}", m.What)
	case "notice":
		return t.notice(m.What)
	case "end":
		return t.Say("transcript.end", "{how}", t.ending(t.r.summary))
	default: // pause, resume
		return t.player.Say("event."+m.Kind, "{who}", t.who(m))
	}
}

func (t transcript) notice(what string) string {
	if said, known := t.player["notice."+what]; known {
		return said
	}
	return t.player.Say("event.notice", "{what}", what)
}

// who names somebody with their role; the customer of a call may have no name.
func (t transcript) who(m cobrowse.Moment) string {
	name := m.Name
	switch m.By {
	case cobrowse.RoleAgent:
		name = cmp.Or(name, t.r.agent.Name)
	case cobrowse.RoleCustomer:
		name = cmp.Or(name, t.r.customerName)
	}
	role := t.player.Say("role." + string(m.By))
	if name == "" {
		return role
	}
	return t.Say("transcript.person", "{role}", role, "{name}", name)
}

// oneLine keeps a title from looking like further lines, or like another text than it is.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Bidi_Control, r)
	}), " ")
}
