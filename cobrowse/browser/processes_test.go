package browser

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

// TestChromiumsWindowHasNoProcess: nobody sees Chromium's own window. A process that paints its bars would cost each session tens of
// megabytes.
func TestChromiumsWindowHasNoProcess(t *testing.T) {
	s := site(t, map[string]string{"/": red})
	r := launch(t, Spec{Session: "processes"})
	if _, err := r.Open(t.Context(), s.URL); err != nil {
		t.Fatal(err)
	}
	await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
	for _, pid := range processesMentioning(r.running().process.folder.path) {
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err == nil && strings.Contains(string(line), "--top-chrome-webui") {
			t.Errorf("process %d paints Chromium's window", pid)
		}
	}
}
