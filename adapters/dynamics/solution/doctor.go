package solution

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"cobrowse-connector/adapters/desk"
)

// Finding is one thing that Doctor looked at.
type Finding struct {
	OK   bool
	What string
	Do   string // what an administrator does about it, "" when nothing
}

// What only a person can do, with the way there.
const (
	taskApplicationUser = "Power Platform admin center → Environments → this environment → Settings → Users + permissions → Application users → " +
		"New app user → Add an app → choose the registration → the root business unit → Create"
	taskTimeline = "make.powerapps.com → Tables → Case → Forms → the main form that agents use → Timeline → Record types to show → " +
		"Activity types → add Co-browse session → Save and publish"
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
	var me struct{ UserID string }
	if err := s.Org.Get(ctx, "WhoAmI", nil, &me); err != nil {
		return []Finding{failed("signing in to "+s.Org.Organisation(), err)}
	}
	all := []Finding{{OK: true, What: "signing in to " + s.Org.Organisation()}, s.lookAtUser(ctx)}
	for _, step := range s.Steps() {
		done, err := step.Check(ctx)
		switch {
		case err != nil:
			all = append(all, failed(step.Name, err))
		case done:
			all = append(all, Finding{OK: true, What: step.Name})
		default:
			all = append(all, Finding{What: step.Name + " is missing or differs", Do: "connector solution install"})
		}
	}
	return append(all, s.lookAtTimeline(ctx), s.lookAtFiles(ctx))
}

func failed(what string, err error) Finding {
	f := Finding{What: fmt.Sprintf("%s: %v", what, err)}
	if errors.Is(err, desk.ErrDenied) {
		f.Do = "have it looked at by somebody with this right, such as a system administrator"
	}
	return f
}

func (s *Setup) lookAtUser(ctx context.Context) Finding {
	u, err := s.findApplicationUser(ctx)
	switch {
	case err != nil:
		return failed("the application user", err)
	case u == nil:
		return Finding{What: "there is no application user for the client id " + s.Application, Do: taskApplicationUser}
	case u.IsDisabled:
		return Finding{What: "the application user is deactivated", Do: "Application users → the user → Activate"}
	}
	return Finding{OK: true, What: "the application user"}
}

// lookAtTimeline finds out whether a form of the case shows sessions in its timeline.
func (s *Setup) lookAtTimeline(ctx context.Context) Finding {
	const mainForm = "2"
	var forms list[struct{ Name, FormXML string }]
	err := s.Org.Get(ctx, "systemforms", url.Values{"$select": {"name,formxml"}, "$filter": {"objecttypecode eq 'incident' and type eq " + mainForm}}, &forms)
	if err != nil {
		return failed("the timeline of the case", err)
	}
	for _, f := range forms.Value {
		if timelineShows(f.FormXML, table) {
			return Finding{OK: true, What: "the timeline of the form " + f.Name + " shows sessions"}
		}
	}
	return Finding{What: "no form of the case shows sessions in its timeline", Do: taskTimeline}
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
	var orgs list[struct {
		MaxUploadFileSize  int
		BlockedAttachments string
	}]
	if err := s.Org.Get(ctx, "organizations", selecting("maxuploadfilesize,blockedattachments"), &orgs); err != nil {
		return failed("the limits of attachments", err)
	}
	if len(orgs.Value) == 0 {
		return Finding{What: "the organisation does not tell its limits of attachments"}
	}
	o := orgs.Value[0]
	for _, t := range recordingTypes {
		if strings.Contains(";"+o.BlockedAttachments+";", ";"+t+";") {
			return Finding{What: "files that end in ." + t + " are refused, so recordings are only linked",
				Do: "Power Platform admin center → Environments → this environment → Settings → Product → Privacy + Security → Blocked Attachments"}
		}
	}
	return Finding{OK: true, What: fmt.Sprintf("recordings of up to %d KB are attached to notes, larger ones are linked", o.MaxUploadFileSize/4*3/1024)}
}
