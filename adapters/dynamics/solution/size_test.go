package solution

import (
	"strings"
	"testing"
	"testing/fstest"
)

// largest is how long a file is whose Base64 is as long as an organisation takes it.
const largest = 5120 << 10 / 4 * 3

func withScripts(tab, pane, driver int) Input {
	in := input()
	in.Bundles = fstest.MapFS{TabBundle: {Data: make([]byte, tab)}, PaneBundle: {Data: make([]byte, pane)}, driverBundle: {Data: make([]byte, driver)}}
	return in
}

func TestAScriptThatGrewTooLargeIsRefusedBeforeACustomerSeesIt(t *testing.T) {
	if _, err := Packages(withScripts(largest, largest, 0)); err != nil {
		t.Errorf("what just fits: %v", err)
	}
	for name, c := range map[string]struct {
		in   Input
		says string
	}{
		"the tab":  {withScripts(largest+1, 0, 0), "cobrowse-tab.js"},
		"the pane": {withScripts(0, largest+1, 0), "bundle.js"},
	} {
		if _, err := Packages(c.in); err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "at most 5120 KB") {
			t.Errorf("%s too large: %v", name, err)
		}
	}
	if _, err := Driver(withScripts(0, 0, largest)); err == nil || !strings.Contains(err.Error(), DriverFile) {
		t.Errorf("the driver, which has a line more than its script: %v", err)
	}
}

func TestAPackageThatNoRequestCarriesIsRefused(t *testing.T) {
	if err := checkRequest(make([]byte, 95<<20)); err != nil {
		t.Error(err)
	}
	if err := checkRequest(make([]byte, 96<<20)); err == nil || !strings.Contains(err.Error(), "at most 128 MB") {
		t.Errorf("a package of 96 MB: %v", err)
	}
}

// TestTheStandInHasTheLimitOfItsOrganisation: one that takes less than others says so in the job.
func TestTheStandInHasTheLimitOfItsOrganisation(t *testing.T) {
	for name, in := range map[string]Input{"a web resource": withScripts(4000, 0, 0), "a control": withScripts(0, 4000, 0)} {
		w := newWorld(t)
		w.fake.SetMaxUpload(4096)
		w.Input = in
		if err := w.Install(t.Context(), false, w.say); err == nil || !strings.Contains(err.Error(), "content size is too big") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
