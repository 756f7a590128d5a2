package solution

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"cobrowse-connector/adapters/desk"
)

// State is how a check ended.
type State string

const (
	OK      State = "ok"
	Missing State = "missing" // something is to be done
	Unknown State = "unknown" // it could not be looked at
	Note    State = "note"    // to be known; everything works
)

// Finding is one thing that Doctor looked at. The JSON form is for monitoring.
type Finding struct {
	ID    string `json:"id"` // never changes
	State State  `json:"state"`
	What  string `json:"what"`
	Do    string `json:"do"` // what an administrator does about it, "" when nothing
}

// Wrong tells whether somebody has to do something about it.
func (f Finding) Wrong() bool { return f.State == Missing || f.State == Unknown }

func (f Finding) missing(what, do string) Finding {
	return Finding{f.ID, Missing, what, do}
}

func (f Finding) unknown(err error) Finding {
	f.State, f.What = Unknown, fmt.Sprintf("%s: %v", f.What, err)
	if errors.Is(err, desk.ErrDenied) {
		f.Do = "have it looked at by somebody with this right, such as a system administrator"
	}
	return f
}

// What only a person can do, with the way there.
const (
	taskApplicationUser = "Power Platform admin center → Environments → this environment → Settings → Users + permissions → Application users → " +
		"New app user → Add an app → choose the registration → the root business unit → Create"
	taskTimeline = "make.powerapps.com → Tables → Case → Forms → the main form that agents use → Timeline → Record types to show → " +
		"Activity types → add Co-browse session → Save and publish"
	taskNarrow = "unless somebody wanted it so: Power Platform admin center → Environments → this environment → Settings → Users + permissions → " +
		"Security roles → the role → Edit → set these rights back → Save + close"
)

// ByHand is what cannot be seen from outside, in the order in which it is done.
var ByHand = []string{
	"Give agents the security role " + RoleAgent + ": Power Platform admin center → Environments → this environment → Settings → " +
		"Users + permissions → Security roles → " + RoleAgent + " → Members → Add people",
	"Choose the provider for each chat widget: Copilot Service admin center → Customer support → Workstreams → the chat workstream → " +
		"the chat widget → Edit → Conversation options → Remote assistance → Co-browse provider → " + providerName + " → Save",
	"Add the pane to the experience profile: Copilot Service admin center → Support experience → Workspaces → Agent experience profiles → " +
		"the profile → Productivity pane → Edit → turn on " + providerName + " → Save",
	"Only where Strict CSP is on: Power Platform admin center → Environments → this environment → Settings → Product → Privacy + Security → " +
		"Content security policy → Model-driven → frame-src and connect-src → add the service's address → Save",
	"Only for Microsoft's contact centre in other desktops: make.powerapps.com → Solutions → Default Solution → Web resources → " +
		DriverFile + " → replace its content by the file that connector solution build wrote → Save → Publish",
}

// Doctor looks at everything and goes on where it may not look.
func (s *Setup) Doctor(ctx context.Context) []Finding {
	signIn := Finding{ID: "sign-in", State: OK, What: "signing in to " + s.Org.Organisation()}
	if err := s.Org.Get(ctx, "WhoAmI", nil, &struct{}{}); err != nil {
		return []Finding{signIn.unknown(err)}
	}
	all := []Finding{signIn, s.lookAtUser(ctx)}
	for _, step := range s.Steps() {
		all = append(all, s.look(ctx, step))
	}
	for _, r := range roles {
		all = append(all, s.lookAtWidth(ctx, r))
	}
	return append(all, s.lookAtTimeline(ctx), s.lookAtFiles(ctx))
}

func (s *Setup) look(ctx context.Context, step Step) Finding {
	f := Finding{ID: step.ID, State: OK, What: step.Name}
	lacks, err := step.Check(ctx)
	switch {
	case err != nil:
		return f.unknown(err)
	case len(lacks) > 0:
		return f.missing(step.Name+": "+strings.Join(lacks, ", "), "connector solution install "+s.Company)
	}
	return f
}

func (s *Setup) lookAtUser(ctx context.Context) Finding {
	f := Finding{ID: "application-user", State: OK, What: "the application user"}
	u, err := s.findApplicationUser(ctx)
	switch {
	case err != nil:
		return f.unknown(err)
	case u == nil:
		return f.missing("there is no application user for the client id "+s.Application, taskApplicationUser)
	case u.IsDisabled:
		return f.missing("the application user is deactivated", "Power Platform admin center → Environments → this environment → Settings → "+
			"Users + permissions → Application users → the user → Activate")
	}
	return f
}

// lookAtTimeline finds out whether a form of the case shows sessions in its timeline.
func (s *Setup) lookAtTimeline(ctx context.Context) Finding {
	const mainForm = "2"
	f := Finding{ID: "timeline", State: OK, What: "the timeline of the case"}
	var forms list[struct{ Name, FormXML string }]
	err := s.Org.Get(ctx, "systemforms", url.Values{"$select": {"name,formxml"}, "$filter": {"objecttypecode eq 'incident' and type eq " + mainForm}}, &forms)
	if err != nil {
		return f.unknown(err)
	}
	for _, form := range forms.Value {
		if timelineShows(form.FormXML, table) {
			f.What = "the timeline of the form " + form.Name + " shows sessions"
			return f
		}
	}
	return f.missing("no form of the case shows sessions in its timeline", taskTimeline)
}

// timelineShows tells whether a form's timeline lists a type of activity.
func timelineShows(form, activity string) bool {
	const open, shut = "<UClientActivities>", "</UClientActivities>"
	for {
		_, rest, found := strings.Cut(form, open)
		if !found {
			return false
		}
		listed, after, _ := strings.Cut(rest, shut)
		if strings.Contains(","+listed+",", ","+activity+",") {
			return true
		}
		form = after
	}
}

// recordingTypes are the endings of what is attached to notes.
var recordingTypes = []string{"webm", "txt"}

// lookAtFiles compares the organisation's limits with what is attached. A recording that is too large is linked, so that is no fault.
func (s *Setup) lookAtFiles(ctx context.Context) Finding {
	f := Finding{ID: "attachments", State: OK, What: "the limits of attachments"}
	var orgs list[struct {
		MaxUploadFileSize  int
		BlockedAttachments string
	}]
	if err := s.Org.Get(ctx, "organizations", selecting("maxuploadfilesize,blockedattachments"), &orgs); err != nil {
		return f.unknown(err)
	}
	if len(orgs.Value) == 0 {
		return f.unknown(errors.New("the organisation does not tell them"))
	}
	o := orgs.Value[0]
	for _, t := range recordingTypes {
		if strings.Contains(";"+o.BlockedAttachments+";", ";"+t+";") {
			return f.missing("files that end in ."+t+" are refused, so recordings are only linked",
				"Power Platform admin center → Environments → this environment → Settings → Product → Privacy + Security → Blocked Attachments")
		}
	}
	f.What = fmt.Sprintf("recordings of up to %d KB are attached to notes, larger ones are linked", o.MaxUploadFileSize/4*3/1024)
	return f
}
