package solution

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestTheDriverKnowsItsDeploymentBeforeItRuns(t *testing.T) {
	in := input()
	in.Bundles = fstest.MapFS{TabBundle: {}, PaneBundle: {}, "dynamics-cti.js": {Data: []byte("drive();")}}
	in.Company = `a</script>"`
	driver, err := Driver(in)
	if err != nil {
		t.Fatal(err)
	}
	line, script, _ := strings.Cut(string(driver), "\n")
	if want := `window.cobrowseDesk = {"company":"a\u003c/script\u003e\"","service":"` + in.Service + `"};`; line != want || script != "drive();" {
		t.Errorf("the driver is %s", driver)
	}
}

func TestNoDriverWithoutItsScript(t *testing.T) {
	in := input()
	in.Bundles = fstest.MapFS{TabBundle: {}, PaneBundle: {}}
	if _, err := Driver(in); err == nil || !strings.Contains(err.Error(), "dynamics-cti.js is not among the built pages") {
		t.Errorf("without the script: %v", err)
	}
}
