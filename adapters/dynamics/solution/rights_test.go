package solution

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// finding is the doctor's one of an id.
func (w *world) finding(t *testing.T, id string) Finding {
	t.Helper()
	for _, f := range w.Doctor(t.Context()) {
		if f.ID == id {
			return f
		}
	}
	t.Fatalf("the doctor has no finding %s", id)
	return Finding{}
}

// depth is how far a role reaches now.
func (w *world) depth(t *testing.T, r role, privilege string) string {
	t.Helper()
	held, err := w.heldRights(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(held, func(h heldRight) bool { return h.Name == privilege })
	return held[i].depth
}

func TestARoleThatReachesLessIsNoticedAndPutRight(t *testing.T) {
	agent := roles[1]
	for depth, says := range map[string]string{
		"Basic": "prvReadContact reaches User instead of Business Unit",
		"":      "prvReadContact is not there",
	} {
		w := newWorld(t)
		w.install(t)
		w.fake.SetDepth(RoleAgent, "prvReadContact", depth)
		if f := w.finding(t, "role-agent"); f.State != Missing || f.Do != "connector solution install acme" || !strings.Contains(f.What, says) {
			t.Errorf("%q: the doctor says %+v", depth, f)
		}
		w.said = nil
		if err := w.Install(t.Context(), true, w.say); err != nil || !strings.Contains(strings.Join(w.said, "\n"), says) {
			t.Errorf("%q: a dry run does not say it (%v): %q", depth, err, w.said)
		}
		w.install(t)
		if f := w.finding(t, "role-agent"); f.State != OK || w.depth(t, agent, "prvReadContact") != "Local" {
			t.Errorf("%q: after installing again it is %s, the doctor says %+v", depth, w.depth(t, agent, "prvReadContact"), f)
		}
	}
}

// TestARoleThatReachesFurtherIsToldAndLeft: somebody wanted it so, and adding privileges would not shorten it.
func TestARoleThatReachesFurtherIsToldAndLeft(t *testing.T) {
	w := newWorld(t)
	w.install(t)
	w.fake.SetDepth(RoleAgent, "prvReadContact", "Deep")
	w.fake.SetDepth(RoleAgent, "prvDeleteNote", "Global") // not one of ours
	*w.writes = 0
	w.install(t)
	if *w.writes != 1 || w.depth(t, roles[1], "prvReadContact") != "Deep" {
		t.Errorf("installing wrote %d times, and the role reaches %s", *w.writes, w.depth(t, roles[1], "prvReadContact"))
	}
	f := w.finding(t, "role-agent-width")
	if f.State != Note || f.Wrong() || !strings.Contains(f.What, "prvReadContact reaches Parent: Child Business Units instead of Business Unit") ||
		strings.Contains(f.What, "prvDeleteNote") || !strings.Contains(f.Do, "Security roles → the role") {
		t.Errorf("the doctor says %+v", f)
	}
	if f := w.finding(t, "role-connector-width"); f.State != OK {
		t.Errorf("of the other role it says %+v", f)
	}
}

// TestADepthOfAnotherKindIsNoFaultOfTheRole, and nothing to be put right without somebody looking.
func TestADepthOfAnotherKindIsNoFaultOfTheRole(t *testing.T) {
	w := newWorld(t)
	w.install(t)
	w.fake.SetDepth(RoleAgent, "prvDeleteNote", "Filtered") // not one of ours
	if f := w.finding(t, "role-agent"); f.State != OK {
		t.Errorf("of a right that is not ours the doctor says %+v", f)
	}
	w.fake.SetDepth(RoleAgent, "prvReadContact", "Filtered")
	if f := w.finding(t, "role-agent"); f.State != Unknown || !strings.Contains(f.What, "how far prvReadContact reaches is not known here: Filtered") {
		t.Errorf("of ours it says %+v", f)
	}
}

// TestThePackageAndTheInstallationGiveTheSameRights: who imports the package of the roles has nothing left to install of them.
func TestThePackageAndTheInstallationGiveTheSameRights(t *testing.T) {
	w := newWorld(t)
	w.importRecord(t)
	for _, id := range []string{"role-connector", "role-agent", "role-connector-width", "role-agent-width"} {
		if f := w.finding(t, id); f.State != OK {
			t.Errorf("after importing: %+v", f)
		}
	}
}

// importRecord imports the package of the table and the roles, as an administrator does by hand.
func (w *world) importRecord(t *testing.T) {
	t.Helper()
	p, err := build(w.Input, Record, true)
	if err != nil {
		t.Fatal(err)
	}
	var job struct{ AsyncOperationID string }
	err = w.Org.Act(t.Context(), "ImportSolutionAsync", map[string]any{"OverwriteUnmanagedCustomizations": false, "PublishWorkflows": false,
		"CustomizationFile": p.Zip, "ImportJobId": clientID}, &job)
	if err := errors.Join(err, w.finish(t.Context(), job.AsyncOperationID)); err != nil {
		t.Fatal(err)
	}
}
