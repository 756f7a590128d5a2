package solution

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"cobrowse-connector/adapters/dynamics"
	"cobrowse-connector/adapters/dynamics/dataversefake"
)

const clientID = "8f2b6c1a-0d3e-4f5a-9b7c-1d2e3f4a5b6c"

// texts stand in for the catalogues, which belong to the product.
func texts() map[int]map[string]string {
	all := map[int]map[string]string{1033: {}, 1046: {}}
	for _, key := range []string{"solution", "solutionRecord", "button", "tooltip", "command", "pane", "paneHelp", "service", "company",
		"sendDirectly", "table", "tables", "tableHelp", "subject", "conversationid", "outcome", "recordingurl", "recordingsha256",
		"roleConnector", "roleAgent"} {
		all[1033][key], all[1046][key] = key+" & more", key+" e mais"
	}
	return all
}

func input() Input {
	return Input{Service: "https://cobrowse.example.com", Company: "acme", Languages: texts(), Bundles: fstest.MapFS{
		TabBundle: {Data: []byte("tab()")}, PaneBundle: {Data: []byte("pane()")},
	}}
}

// world is an organisation with an application user, and its administrator who installs.
type world struct {
	*Setup
	fake   *dataversefake.Server
	writes *int // other requests than reads
	said   []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	fake := dataversefake.New()
	fake.Installable(1033, 1031)
	app := fake.AddUser(dataversefake.User{Name: "# Co-browse", Application: true, ByRoles: true, Unit: "services"})
	fake.SetApplication(app, clientID)
	fake.AddToken("service", app)
	admin := fake.AddUser(dataversefake.User{Name: "Administrator", Reads: dataversefake.Organization, Customizer: true})
	fake.AddToken("admin", admin)
	w := &world{fake: fake, writes: new(int)}
	fake.OnRequest(func(method, _ string) {
		if method != http.MethodGet {
			*w.writes++
		}
	})
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	w.Setup = &Setup{Input: input(), Application: clientID, Poll: 1, Org: w.as(t, server.URL, "admin")}
	return w
}

func (w *world) as(t *testing.T, url, token string) *dynamics.Admin {
	t.Helper()
	org, err := dynamics.NewAdmin(dynamics.Config{URL: url, Credential: dynamics.StaticToken(token)})
	if err != nil {
		t.Fatal(err)
	}
	return org
}

func (w *world) say(line string) { w.said = append(w.said, line) }

func (w *world) install(t *testing.T) {
	t.Helper()
	if err := w.Install(t.Context(), false, w.say); err != nil {
		t.Fatal(err)
	}
}

func (w *world) uninstall(t *testing.T) {
	t.Helper()
	if err := w.Uninstall(t.Context(), false, w.say); err != nil {
		t.Fatal(err)
	}
}

func (w *world) wrong(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, f := range w.Doctor(t.Context()) {
		if f.Wrong() {
			all = append(all, f.What)
		}
	}
	return all
}

func TestInstalledExaminedAndTakenAwayAgain(t *testing.T) {
	w := newWorld(t)
	before := w.fake.Inventory()
	w.fake.SlowJobs(2)
	w.install(t)
	if wrong := w.wrong(t); len(wrong) != 1 || !strings.Contains(wrong[0], "timeline") {
		t.Errorf("after installing only the timeline is for a person to do, the doctor says %q", wrong)
	}
	w.fake.ShowInTimeline(table)
	if wrong := w.wrong(t); len(wrong) != 0 {
		t.Errorf("with everything done the doctor says %q", wrong)
	}
	w.fake.HideFromTimeline()
	w.uninstall(t)
	if after := w.fake.Inventory(); !slices.Equal(before, after) {
		t.Errorf("uninstalling left a difference:\n%s", difference(before, after))
	}
}

func difference(a, b []string) string {
	var out []string
	for _, l := range a {
		if !slices.Contains(b, l) {
			out = append(out, "- "+l)
		}
	}
	for _, l := range b {
		if !slices.Contains(a, l) {
			out = append(out, "+ "+l)
		}
	}
	return strings.Join(out, "\n")
}

func TestTheDeskFindsWhatItNeedsAfterwards(t *testing.T) {
	w := newWorld(t)
	w.install(t)
	server := httptest.NewServer(w.fake)
	defer server.Close()
	d, err := dynamics.New(dynamics.Config{URL: server.URL, Credential: dynamics.StaticToken("service")})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestASecondInstallationChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.install(t)
	before := w.fake.Inventory()
	*w.writes = 0
	w.install(t)
	if *w.writes != 1 { // publishing, which is not seen from outside
		t.Errorf("the second installation wrote %d times", *w.writes)
	}
	if after := w.fake.Inventory(); !slices.Equal(before, after) {
		t.Errorf("the second installation changed:\n%s", difference(before, after))
	}
}

func TestDryRunsWriteNothing(t *testing.T) {
	w := newWorld(t)
	if err := w.Install(t.Context(), true, w.say); err != nil {
		t.Fatal(err)
	}
	if *w.writes != 0 || len(w.said) != len(w.Steps()) {
		t.Errorf("a dry installation wrote %d times and said %q", *w.writes, w.said)
	}
	w.install(t)
	*w.writes, w.said = 0, nil
	if err := w.Uninstall(t.Context(), true, w.say); err != nil {
		t.Fatal(err)
	}
	if *w.writes != 0 || len(w.said) != len(w.Steps()) {
		t.Errorf("a dry removal wrote %d times and said %q", *w.writes, w.said)
	}
}

// TestAnInstallationThatBreaksOffIsStartedAgain loses each write of an installation once, before or after it was carried out.
func TestAnInstallationThatBreaksOffIsStartedAgain(t *testing.T) {
	whole := newWorld(t)
	var writes []int // which of the requests they are
	n := 0
	whole.fake.OnRequest(func(method, _ string) {
		if method != http.MethodGet {
			writes = append(writes, n)
		}
		n++
	})
	whole.install(t)
	want := whole.fake.Inventory()
	for _, kind := range []dataversefake.Failure{dataversefake.LostRequest, dataversefake.LostAnswer} {
		for _, n := range writes {
			w := newWorld(t)
			before := w.fake.Inventory()
			failed := w.fake.FailAfter(n, kind)
			err := w.Install(t.Context(), false, w.say)
			if !failed() || err == nil {
				t.Fatalf("the loss of request %d was not noticed: %v", n, err)
			}
			w.install(t)
			if wrong := w.wrong(t); len(wrong) != 1 {
				t.Errorf("after the loss of request %d: %q", n, wrong)
			}
			if got := len(w.fake.Inventory()); got != len(want) {
				t.Errorf("after the loss of request %d there are %d things instead of %d", n, got, len(want))
			}
			w.uninstall(t)
			if after := w.fake.Inventory(); !slices.Equal(before, after) {
				t.Errorf("after the loss of request %d uninstalling left a difference:\n%s", n, difference(before, after))
			}
		}
	}
}

// TestARemovalThatBreaksOffIsStartedAgain does the same to the removal.
func TestARemovalThatBreaksOffIsStartedAgain(t *testing.T) {
	for n := 0; ; n++ {
		w := newWorld(t)
		before := w.fake.Inventory()
		w.install(t)
		failed := w.fake.FailAfter(n, dataversefake.LostAnswer)
		err := w.Uninstall(t.Context(), false, w.say)
		if !failed() {
			if err != nil {
				t.Error(err)
			}
			return
		}
		w.uninstall(t)
		if after := w.fake.Inventory(); !slices.Equal(before, after) {
			t.Errorf("after the loss of request %d uninstalling left a difference:\n%s", n, difference(before, after))
		}
	}
}

func TestARefusedPackageSaysWhyAndIsTriedAgain(t *testing.T) {
	w := newWorld(t)
	w.fake.RefuseImport("a control of this name belongs to somebody else")
	err := w.Install(t.Context(), false, w.say)
	if err == nil || !strings.Contains(err.Error(), "belongs to somebody else") {
		t.Errorf("the organisation's reason is lost: %v", err)
	}
	w.install(t)
}

func TestAnotherAddressIsImportedAgain(t *testing.T) {
	w := newWorld(t)
	w.install(t)
	w.Service = "https://other.example.com"
	if wrong := w.wrong(t); len(wrong) != 3 { // package, address, timeline
		t.Errorf("the doctor says %q of an installation for another address", wrong)
	}
	w.install(t)
	if wrong := w.wrong(t); len(wrong) != 1 {
		t.Errorf("after installing for the new address: %q", wrong)
	}
}

func TestRowsThatPeopleChangedArePutRight(t *testing.T) {
	w := newWorld(t)
	w.install(t)
	err := w.Org.Update(t.Context(), "msdyn_conversationactions("+id("msdyn_conversationaction", Main)+")", map[string]any{"msdyn_eventparameter": "other"})
	if err != nil {
		t.Fatal(err)
	}
	if wrong := w.wrong(t); len(wrong) != 2 {
		t.Errorf("a changed action is not noticed: %q", wrong)
	}
	w.install(t)
	if wrong := w.wrong(t); len(wrong) != 1 {
		t.Errorf("after installing again: %q", wrong)
	}
}

func TestSessionsAreLeftUnlessAskedFor(t *testing.T) {
	w := newWorld(t)
	w.install(t)
	if err := w.Org.Create(t.Context(), table+"s", "", map[string]any{"subject": "a session"}); err != nil {
		t.Fatal(err)
	}
	if err := w.Uninstall(t.Context(), true, w.say); err != nil || !strings.HasPrefix(w.said[len(w.said)-1], "would be left, ") {
		t.Errorf("a dry removal promises to drop sessions (%v): %s", err, w.said[len(w.said)-1])
	}
	w.uninstall(t)
	if last := w.said[len(w.said)-1]; !strings.HasPrefix(last, "left, with everything that it stands on: the table") || w.fake.Count(table) != 1 {
		t.Errorf("the table with a session was not left: %s", last)
	}
	w.WithRecords = true
	w.uninstall(t)
	if w.fake.Count(table) != 0 || w.fake.Count("solution") != 0 || w.fake.Count("publisher") != 0 {
		t.Error("the table was asked to go and is there")
	}
}

func TestWhatIsNotThereIsNotSaidToBeRemoved(t *testing.T) {
	w := newWorld(t)
	for _, dry := range []bool{true, false} {
		w.said = nil
		if err := w.Uninstall(t.Context(), dry, w.say); err != nil {
			t.Fatal(err)
		}
		for _, line := range w.said {
			if !strings.HasPrefix(line, "is not there: ") {
				t.Errorf("of nothing installed it says %q", line)
			}
		}
	}
	if *w.writes != 0 {
		t.Errorf("removing nothing wrote %d times", *w.writes)
	}
}

func TestWithoutTheRightsItSaysWhichIsMissing(t *testing.T) {
	w := newWorld(t)
	w.fake.AddToken("agent", w.fake.AddUser(dataversefake.User{Name: "Agent", Reads: dataversefake.Organization}))
	server := httptest.NewServer(w.fake)
	defer server.Close()
	w.Org = w.as(t, server.URL, "agent")
	err := w.Install(t.Context(), false, w.say)
	if err == nil || !strings.Contains(err.Error(), "prvCreatePublisher") {
		t.Errorf("the missing right is not named: %v", err)
	}
	w.fake.AddToken("nobody", w.fake.AddUser(dataversefake.User{Name: "Nobody", Reads: dataversefake.Nothing}))
	w.Org = w.as(t, server.URL, "nobody")
	if found := w.Doctor(t.Context()); len(found) < 10 {
		t.Errorf("the doctor stopped after %d findings where it may look at little", len(found))
	}
	w.Org = w.as(t, server.URL, "wrong")
	if found := w.Doctor(t.Context()); len(found) != 1 || found[0].State != Unknown {
		t.Errorf("without signing in the doctor says %v", found)
	}
}

func TestWithoutAnApplicationUserTheRestIsInstalled(t *testing.T) {
	w := newWorld(t)
	w.Application = "00000000-0000-0000-0000-00000000000f"
	err := w.Install(t.Context(), false, w.say)
	if err == nil || !strings.Contains(err.Error(), "Application users") {
		t.Errorf("the way to an application user is not told: %v", err)
	}
	if wrong := w.wrong(t); len(wrong) != 3 { // the user, its role, the timeline
		t.Errorf("the doctor says %q", wrong)
	}
}

func TestAPackageImportedByHandIsTakenAwayToo(t *testing.T) {
	w := newWorld(t)
	before := w.fake.Inventory()
	w.importRecord(t)
	w.uninstall(t)
	if after := w.fake.Inventory(); !slices.Equal(before, after) {
		t.Errorf("uninstalling left a difference:\n%s", difference(before, after))
	}
}

func TestAJobThatDoesNotEndIsLeftWithTheContext(t *testing.T) {
	w := newWorld(t)
	w.fake.SlowJobs(1 << 30)
	ctx, cancel := context.WithCancel(t.Context())
	w.fake.OnRequest(func(_, path string) {
		if strings.Contains(path, "/asyncoperations(") {
			cancel()
		}
	})
	if err := w.Install(ctx, false, w.say); !errors.Is(err, context.Canceled) {
		t.Errorf("the installation ended with %v", err)
	}
}
